"""What can go wrong, as one clear line each. The command line turns these into exit codes."""

from collections.abc import Iterable


class TenfoldError(Exception):
    """Something the user can mend; the message is one line that names the file and what to do. Exit code 1.

    Line breaks and other control characters, which a file's name may hold, are shown escaped.
    """

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(_printable(message))


class UsageError(TenfoldError, ValueError):
    """A wrong argument: an unknown name, a number out of range. Exit code 2."""

    exit_code = 2


class DataError(TenfoldError, ValueError):
    """A data set that cannot be used; the message names file and line, row or byte. Exit code 1."""


class PictureError(TenfoldError, ValueError):
    """A picture that cannot be opened. Exit code 3."""

    exit_code = 3


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that no registry holds; it lists the names there are."""
    return UsageError(f"unknown {kind} '{name}'; known: {', '.join(sorted(known))}")
