"""The shapes of what the service takes and gives, for the OpenAPI document, with an example each."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tenfold.serving.bodies import FORM, PICTURE_TYPES
from tenfold.serving.problems import MEDIA_TYPE

Layout = Literal["auto", "digit", "number", "page"]
Box = list[int]

GUESS: dict[str, Any] = {"digit": 7, "confidence": 0.2416}
DIGIT: dict[str, Any] = {"digit": 1, "confidence": 0.7411, "box": [12, 9, 31, 60], "line": 0, "runner_up": GUESS}
READING: dict[str, Any] = {
    "file": "-",
    "status": "ok",
    "text": "1",
    "digits": [DIGIT],
    "layout": "digit",
    "confidence": 0.7411,
}


class Shape(BaseModel):
    """What all shapes have in common: nothing is left unsaid."""

    model_config = ConfigDict(extra="forbid")


class Guess(Shape):
    """A digit and its probability."""

    digit: int | str
    confidence: float = Field(ge=0, le=1)


class ReadDigit(Shape):
    """One digit of a picture; a doubtful one comes with its runner-up."""

    digit: int | str
    confidence: float = Field(ge=0, le=1)
    box: Box = Field(min_length=4, max_length=4, description="x, y, width, height in pixels of the upright original")
    line: int = Field(ge=0)
    runner_up: Guess | None = None


class ExplainedDigit(ReadDigit):
    """A digit with all probabilities and the image that the network saw."""

    doubtful: bool
    probabilities: dict[str, float]
    image: str = Field(description="28x28, as the data URL of a PNG")


class Explanation(Shape):
    """Why a picture was read as it was; with the status `rejected`, `digits` holds the guesses that were not believed."""

    hints: list[str]
    digits: list[ExplainedDigit]


class ReadLine(Shape):
    """One number of a picture, or one line of a page."""

    text: str
    confidence: float = Field(ge=0, le=1)
    box: Box = Field(min_length=4, max_length=4)


class RefusedInk(Shape):
    """Ink among digits that is none."""

    box: Box = Field(min_length=4, max_length=4)
    line: int = Field(ge=0)


class PictureReading(BaseModel):
    """What was read in one picture: what `tenfold read --json` prints on a line."""

    model_config = ConfigDict(json_schema_extra={"examples": [READING]})

    file: str = Field(description="the name in the form; - for a picture sent as it is")
    status: Literal["ok", "empty", "rejected", "error"]
    text: str
    digits: list[ReadDigit]
    layout: Literal["digit", "number", "page"] = Field("digit", description="how the picture was read")
    confidence: float = Field(0, ge=0, le=1, description="that all of it is right")
    lines: list[ReadLine] = Field([], description="the numbers, one a line; not with the layout digit")
    refused: list[RefusedInk] = Field([], description="ink that is no digit; not with the layout digit")
    error: str = ""
    explanation: Explanation | None = None


class Kept(Shape):
    """Where a correction lies in the folder of corrections."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "7", "kept": "7/5e884898da28047151d0.png"}]})

    label: str
    kept: str


class ProblemShape(BaseModel):
    """A request that was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str


REFUSALS = {
    400: "The body is not what its type says",
    408: "The body came too slowly",
    409: "The box lies outside the picture",
    413: "The body is over the limit, or the form holds too many pictures",
    415: "The body is of no type that is taken",
    422: "A picture that cannot be opened, or a parameter that there is not",
    500: "An unexpected error",
    503: "Too busy; Retry-After says when to come back",
}


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these status codes."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {code: {"description": REFUSALS[code], "content": content} for code in codes}


def picture_body(form: bool) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes a picture as it is, or several in a form."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
    schema = {"type": "object", "properties": {"picture": files}, "required": ["picture"], "additionalProperties": False}
    content: dict[str, Any] = dict.fromkeys(PICTURE_TYPES, binary)
    if form:
        content[FORM] = {"schema": schema}
    return {"requestBody": {"required": True, "content": content}}
