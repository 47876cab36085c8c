"""Why an album was cut into these sides, in words."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from albumbuild.model.time import short_clock
from albumbuild.planner.sides import Cut, Limits, Piece, blocks_of, side_frames


class Choice(NamedTuple):
    """A cut that was chosen, with what it was chosen from."""

    songs: Sequence[str]
    pieces: Sequence[Piece]
    cut: Cut
    limits: Limits
    names: Sequence[str]
    rate_hz: int
    reordered: bool


def reasons(choice: Choice) -> Iterator[str]:
    """A sentence each: what was weighed, what came of it, and what stood in the way."""
    lengths = [_length(choice, side) for side in choice.cut.sides]
    pairs = zip(choice.names, lengths, strict=False)
    told = ", ".join(f"{name} {_clock(choice, length)}" for name, length in pairs)
    order = "in any order" if choice.reordered else "in the order of the sequence"
    yield (
        f"sides were chosen ({told}): the songs {order}, the longest side as short as can be, "
        "then the shortest as long as can be"
    )
    if choice.reordered:
        yield (
            "on each side songs go from loud to calm as their masters measure, and those that are "
            "alike as in the sequence"
        )
    else:
        yield from _next_best(choice, max(lengths))
    yield from _kept(choice)
    for number in choice.cut.broken:
        yield f"the segue into `{choice.songs[number]}` is parted: {_need(choice)}"


def _next_best(choice: Choice, longest: int) -> Iterator[str]:
    """What the longest side would be with one break at the next place for it."""
    starts = [side[0] for side in choice.cut.sides]
    pieces = choice.pieces
    free = [
        number
        for number, piece in enumerate(pieces)
        if number and not piece.overlap and not piece.is_segue
    ]
    moved = []
    for at, start in enumerate(starts[1:], start=1):
        end = starts[at + 1] if at + 1 < len(starts) else len(pieces)
        before = [number for number in free if starts[at - 1] < number < start]
        after = [number for number in free if start < number < end]
        moved += [[*starts[:at], to, *starts[at + 1 :]] for to in (*before[-1:], *after[:1])]
    if moved:
        other = min(max(_lengths(choice, each)) for each in moved)
        told = _clock(choice, other)
        if told != _clock(choice, longest):
            yield f"with a break one place earlier or later the longest side would be {told}"


def _kept(choice: Choice) -> Iterator[str]:
    """What could not be parted."""
    for what, numbers in (
        ("crossfade", [at for at, piece in enumerate(choice.pieces) if at and piece.overlap]),
        ("segue", [at for at, piece in enumerate(choice.pieces) if at and piece.is_segue]),
    ):
        kept = [f"`{choice.songs[at]}`" for at in numbers if at not in choice.cut.broken]
        if kept:
            yield f"no break within the {what} into {', '.join(kept)}"


def _lengths(choice: Choice, starts: Sequence[int]) -> list[int]:
    ends = [*starts[1:], len(choice.pieces)]
    return [_length(choice, range(*span)) for span in zip(starts, ends, strict=True)]


def _length(choice: Choice, side: Sequence[int]) -> int:
    return side_frames(choice.pieces, side, choice.limits.lead_in)


def _need(choice: Choice) -> str:
    """Why so many segues had to part."""
    whole = [number for number, piece in enumerate(choice.pieces) if not piece.is_segue]
    if len(blocks_of(choice.pieces, parted=whole)) < len(choice.cut.sides):
        return f"with fewer parted there are no songs for {len(choice.cut.sides)} sides"
    most = choice.limits.most
    assert math.isfinite(most), "without a limit one parts for want of songs alone"
    return f"with fewer parted no sides would fit in {_clock(choice, most)} each"


def _clock(choice: Choice, frames: float) -> str:
    return short_clock(frames / choice.rate_hz)
