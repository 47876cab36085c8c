"""What a user got wrong: where, what, why, and the fix."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Literal

import msgspec

MOST_NAMED = 24
"""A fix does not list more names than this."""


class Source(msgspec.Struct, frozen=True):
    """A text file as it was read; `name` is how messages call it."""

    name: str
    lines: tuple[str, ...]


class Span(msgspec.Struct, frozen=True):
    """A stretch of a source; lines and columns count from 1, the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake. `what` makes sense alone: lower case, no full stop."""

    slug: str
    at: Span | None = None
    what: str
    why: str = ""
    fix: str = ""
    severity: Literal["error", "warning"] = "error"


class ProblemError(Exception):
    """What was read cannot be used; carries every problem that was found, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.what for problem in self.problems))


def did_you_mean(name: str, known: Collection[str]) -> str:
    """A fix that names the closest of `known`, or what there is when none is close."""
    close = get_close_matches(name, sorted(known), n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    named = ", ".join(f"`{each}`" for each in sorted(known)[:MOST_NAMED])
    more = len(known) - MOST_NAMED
    return f"one of {named}" + (f" and {more} more" if more > 0 else "")
