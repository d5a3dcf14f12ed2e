"""Errors are one clear line with the right exit code."""

import pytest

from tenfold.errors import DataError, PictureError, TenfoldError, UsageError, unknown_name


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (TenfoldError, 1, "something to mend"),
        (UsageError, 2, "a wrong argument"),
        (DataError, 1, "data that cannot be used"),
        (PictureError, 3, "a picture that cannot be opened"),
    ],
)
def test_exit_codes(error: type[TenfoldError], code: int, reason: str) -> None:
    """Each kind of error has the exit code that scripts rely on."""
    assert error("x").exit_code == code, reason


@pytest.mark.parametrize(
    ("text", "shown", "reason"),
    [
        ("a\nb.png: damaged", "a\\nb.png: damaged", "a line break in a file's name"),
        ("a\x1b[2J.png", "a\\x1b[2J.png", "an escape sequence would clear the terminal"),
        ("a\udcff.png", "a\\udcff.png", "a name that is no UTF-8 could not be printed"),
        ("déjà 😀 7.png", "déjà 😀 7.png", "letters of every script stay as they are"),
    ],
)
def test_a_message_is_one_printable_line(text: str, shown: str, reason: str) -> None:
    """Whatever a file is called, the message is one line that any terminal can show."""
    assert str(TenfoldError(text)) == shown, reason


def test_an_unknown_name_lists_the_known_ones() -> None:
    """The error for an unknown name lists every known name, sorted."""
    assert str(unknown_name("fruit", "kiwi", {"pear": 1, "apple": 2})) == "unknown fruit 'kiwi'; known: apple, pear"
