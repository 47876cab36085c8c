"""A file of text that people write: read whole, as UTF-8, without what cannot be seen."""

import re
from pathlib import Path

from albumbuild.model.problem import Problem, ProblemError, Source, Span

MAX_BYTES = 4 * 1024 * 1024

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what YAML counts as the end of a line
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")


def read_bytes(path: Path, name: str) -> bytes:
    """What the file holds.

    Raises: ProblemError when it cannot be read or is larger than `MAX_BYTES`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProblemError([_unreadable(name, error)]) from error
    if len(data) > MAX_BYTES:
        raise ProblemError([_too_large(name)])
    return data


def source_of(name: str, text: str) -> Source:
    """The text in lines, as YAML counts them."""
    return Source(name, tuple(_BREAK.split(text)))


def decoded(data: bytes, name: str) -> str:
    """The text in `data`, if it is UTF-8 and can be seen.

    Raises: ProblemError with the place of the first character that is wrong.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        lines = data.decode("utf-8", errors="replace")
        raise ProblemError([_not_utf8(_place(name, lines, len(before)))]) from error
    strange = _CONTROL.search(text)
    if strange is not None:
        at = _place(name, text, strange.start())
        raise ProblemError([_control_character(strange.group(), at)])
    return text


def point(source: Source, line: int, column: int) -> Span:
    """The one character at that place; both count from 1."""
    return Span(source, line, column, line, column + 1)


def _place(name: str, text: str, index: int) -> Span:
    before = _BREAK.split(text[:index])
    return point(source_of(name, text), len(before), len(before[-1]) + 1)


def _unreadable(name: str, error: OSError) -> Problem:
    """The file is missing, or may not be read."""
    missing = isinstance(error, FileNotFoundError)
    return Problem(
        slug="unreadable-document",
        what=f"`{name}` does not exist" if missing else f"`{name}` cannot be read",
        why="" if missing else (error.strerror or str(error)).lower(),
        fix="check the name of the file" if missing else "check the file and its permissions",
    )


def _too_large(name: str) -> Problem:
    """A manifest is written by hand; what is larger is something else."""
    return Problem(
        slug="document-too-large",
        what=f"`{name}` is larger than {MAX_BYTES // 1024**2} MiB",
        why="a manifest is text that people write",
        fix="check that it is the right file",
    )


def _not_utf8(at: Span) -> Problem:
    """The bytes are no UTF-8."""
    return Problem(
        slug="not-utf8",
        at=at,
        what="this is not UTF-8 text",
        why="YAML is read as UTF-8, and the bytes here are something else",
        fix="save the file as UTF-8",
    )


def _control_character(character: str, at: Span) -> Problem:
    """A character that YAML does not allow, among them NUL and the byte order mark."""
    if character == "\ufeff":
        what, fix = "a byte order mark", "save the file as UTF-8 without a byte order mark"
    else:
        what, fix = f"the control character U+{ord(character):04X}", "delete the character"
    return Problem(
        slug="control-character",
        at=at,
        what=f"{what} stands in the text",
        why="it cannot be seen, and YAML does not allow it here",
        fix=fix,
    )
