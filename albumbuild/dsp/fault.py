"""What is wrong in a sound, and where."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. What is None holds all along, in all channels, or has no level."""

    kind: str
    at_s: float | None = None
    length_s: float | None = None
    channel: int | None = None
    level_db: float | None = None
    detail: str


class Finder(Protocol):
    """Looks for one kind of fault in a sound that passes in blocks of any length."""

    def add(self, block: "Block") -> None:
        """Takes the next block in."""

    def faults(self) -> Iterable[Fault]:
        """What was found; the sound is over."""
