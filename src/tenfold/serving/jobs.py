"""What the service does in its threads: read pictures, run tensors through the network, keep corrections."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tenfold.images import Picture
from tenfold.reading import Reading, Recogniser, read_many
from tenfold.serving.answers import as_json, as_record
from tenfold.serving.corrections import Correction, keep
from tenfold.serving.problems import Problem
from tenfold.serving.tensors import Inferred, infer

log = logging.getLogger("tenfold.serving")


@dataclass(frozen=True)
class ReadOne:
    """One picture to read, sent as it is; a picture that cannot be opened fails the request."""

    picture: Picture
    layout: str
    explain: bool
    weight = 1

    @property
    def kind(self) -> str:
        """Pictures of one layout are read together."""
        return self.layout

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The one."""
        return (self.picture,)

    def answer(self, readings: Sequence[Reading]) -> bytes:
        """What `tenfold read --json -` prints. Raises Problem 422 for a picture that cannot be opened."""
        if readings[0].status == "error":
            raise Problem(422, readings[0].error)
        return as_json(as_record("-", readings[0], self.explain))


@dataclass(frozen=True)
class ReadForm:
    """The pictures of a form, each with its name; one that cannot be opened has the status "error", like in a folder."""

    names: tuple[str, ...]
    pictures: tuple[Picture, ...]
    layout: str
    explain: bool

    @property
    def kind(self) -> str:
        """Pictures of one layout are read together."""
        return self.layout

    @property
    def weight(self) -> int:
        """How many."""
        return len(self.pictures)

    def answer(self, readings: Sequence[Reading]) -> bytes:
        """What `tenfold read --json` prints, a line each, as a list."""
        named = zip(self.names, readings, strict=True)
        return as_json([as_record(name, reading, self.explain) for name, reading in named])


@dataclass(frozen=True)
class Infer:
    """A request of the Open Inference Protocol."""

    body: bytes
    json_size: int | None
    weight = 1
    kind = "tensors"


@dataclass(frozen=True)
class Correct:
    """A picture whose digit was read wrongly."""

    correction: Correction
    folder: Path
    weight = 1
    kind = "corrections"


Job = ReadOne | ReadForm | Infer | Correct
Answer = bytes | Inferred | Exception


def do(jobs: Sequence[Job], recogniser: Recogniser, model: Path | None) -> list[Answer]:
    """The answer to each of `jobs`, which are of one kind; what goes wrong with one is its own answer."""
    reads = [job for job in jobs if isinstance(job, ReadOne | ReadForm)]
    if reads:
        return read_together(reads, model)
    return [_alone(job, recogniser) for job in jobs]


def read_together(jobs: Sequence[ReadOne | ReadForm], model: Path | None) -> list[Answer]:
    """Read the pictures of all `jobs` in one go; should that fail, each for itself, so that one cannot spoil the others."""
    pictures = [picture for job in jobs for picture in job.pictures]
    try:
        readings = iter(list(read_many(pictures, layout=jobs[0].layout, model=model)))
    except Exception as error:
        if len(jobs) == 1:
            log.exception("reading failed")
            return [error]
        return [read_together([job], model)[0] for job in jobs]
    return [_answered(job, [next(readings) for _ in job.pictures]) for job in jobs]


def _answered(job: ReadOne | ReadForm, readings: list[Reading]) -> Answer:
    try:
        return job.answer(readings)
    except Exception as error:
        return error


def _alone(job: Job, recogniser: Recogniser) -> Answer:
    try:
        if isinstance(job, Infer):
            return infer(job.body, job.json_size, recogniser)
        assert isinstance(job, Correct)
        return as_json(keep(job.correction, job.folder))
    except Exception as error:
        return error
