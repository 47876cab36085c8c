"""Where an album is cut into sides: the longest as short as can be, then the shortest as long."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations
from typing import NamedTuple

from albumbuild.planner.dealing import dealt

MOST_WAYS = 500
"""To part so many segues of all there are; each takes a few hundredths of a second at most."""


class Piece(NamedTuple):
    """A song in its order, in frames: the silence before it, or its overlap with the last one."""

    frames: int
    gap: int = 0
    overlap: int = 0
    loudness_lu: float = 0.0

    @property
    def is_segue(self) -> bool:
        """Whether it follows the song before it without a pause."""
        return self.gap == 0 and self.overlap == 0


class Block(NamedTuple):
    """Pieces that stay together, by their numbers; the silence before the first of them."""

    pieces: tuple[int, ...]
    frames: int
    gap: int
    loudness_lu: float


class Cut(NamedTuple):
    """The numbers of the pieces on each side, and the segues that a side break or a move parts."""

    sides: tuple[tuple[int, ...], ...]
    broken: tuple[int, ...] = ()


class Limits(NamedTuple):
    """What a side must keep: frames at most, and the silence that it begins with."""

    most: float = math.inf
    lead_in: int = 0


def side_frames(pieces: Sequence[Piece], side: Sequence[int], lead_in: int = 0) -> int:
    """How long a side of those pieces is; nothing goes before the first of them."""
    inner = sum(pieces[number].gap - pieces[number].overlap for number in side[1:])
    return lead_in + sum(pieces[number].frames for number in side) + inner


def runs_of(pieces: Sequence[Piece], side: Sequence[int], broken: Sequence[int]) -> tuple[int, ...]:
    """Where on a side pieces begin that stay together; places on the side."""
    starts = {block.pieces[0] for block in blocks_of(pieces, parted=_parted(pieces, broken))}
    return tuple(at for at, number in enumerate(side) if number in starts)


def cut_in_order(pieces: Sequence[Piece], count: int, limits: Limits) -> Cut:
    """The best cut of pieces that keep their order into `count` sides; fewer where none is left.

    No side breaks within a crossfade, and within as few segues as let every side fit. Of those
    cuts the longest side is the shortest, then the shortest side the longest; of equal ones
    earlier sides are longer. Where nothing fits the limit is as if there were none.
    """
    blocks = blocks_of(pieces, parted=range(len(pieces)))
    segues = [pieces[block.pieces[0]].is_segue for block in blocks]
    line = _Line(blocks, segues, sides=min(count, len(blocks)), lead_in=limits.lead_in)
    starts = line.best(limits.most)
    ends = [*starts[1:], len(blocks)]
    return Cut(
        sides=tuple(
            tuple(number for block in blocks[first:end] for number in block.pieces)
            for first, end in zip(starts, ends, strict=True)
        ),
        broken=tuple(blocks[first].pieces[0] for first in starts[1:] if segues[first]),
    )


def cut_in_any_order(pieces: Sequence[Piece], count: int, limits: Limits) -> Cut:
    """The best cut of pieces that may change places into `count` sides; fewer where none is left.

    Crossfades and segues stay together; as few segues part as let every side fit, and all where
    there are more than `MOST_WAYS` to choose so many. On each side the loud go first and the calm
    last, and those alike as they were. Judged as in `cut_in_order`; sides come from the longest
    to the shortest.
    """
    segues = [number for number, piece in enumerate(pieces) if number and piece.is_segue]
    count = min(count, len(blocks_of(pieces, parted=range(len(pieces)))))
    whole = sum(piece.frames - piece.overlap for piece in pieces) + count * limits.lead_in
    if whole > limits.most * count:
        limits = Limits(lead_in=limits.lead_in)
    otherwise: Cut | None = None
    for broken in _partings(segues):
        found = [
            Cut(_dealt(blocks, count, limits), each)
            for each in broken
            if len(blocks := blocks_of(pieces, parted=_parted(pieces, each))) >= count
        ]
        best = min(found, key=lambda cut: _judged(pieces, cut, limits), default=None)
        if best is not None and _judged(pieces, best, limits)[0] <= limits.most:
            return best
        otherwise = otherwise or best
    assert otherwise is not None, "with every segue parted there are blocks enough"
    return otherwise


def _partings(segues: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Which segues may part: none, each one, each two and so on, all of them in the end."""
    for number in range(len(segues) + 1):
        if math.comb(len(segues), number) > MOST_WAYS:
            yield [tuple(segues)]
            return
        yield [*combinations(segues, number)]


def blocks_of(pieces: Sequence[Piece], *, parted: Sequence[int]) -> list[Block]:
    """Pieces in runs that begin with the first and with the `parted`, never at a crossfade."""
    starts = [
        number
        for number, piece in enumerate(pieces)
        if number == 0 or (number in parted and not piece.overlap)
    ]
    blocks = []
    for first, end in zip(starts, [*starts[1:], len(pieces)], strict=True):
        run = range(first, end)
        frames = side_frames(pieces, run)
        weight = sum(pieces[number].frames for number in run)
        loudness = sum(pieces[number].loudness_lu * pieces[number].frames for number in run)
        blocks.append(Block(tuple(run), frames, pieces[first].gap, loudness / max(weight, 1)))
    return blocks


def _parted(pieces: Sequence[Piece], broken: Sequence[int]) -> list[int]:
    return [number for number, piece in enumerate(pieces) if number in broken or not piece.is_segue]


def _dealt(blocks: Sequence[Block], count: int, limits: Limits) -> tuple[tuple[int, ...], ...]:
    """Blocks on sides, each side's in its playing order."""
    playing = sorted(blocks, key=lambda block: (-block.loudness_lu, block.pieces))
    hands = dealt([block.frames for block in playing], [block.gap for block in playing], count)

    def length(hand: Sequence[int]) -> int:
        inner = sum(playing[at].gap for at in hand[1:])
        return limits.lead_in + sum(playing[at].frames for at in hand) + inner

    ordered = sorted(hands, key=lambda hand: (-length(hand), hand))
    return tuple(tuple(number for at in hand for number in playing[at].pieces) for hand in ordered)


def _judged(pieces: Sequence[Piece], cut: Cut, limits: Limits) -> tuple[int, int, Cut]:
    lengths = [side_frames(pieces, side, limits.lead_in) for side in cut.sides]
    return max(lengths), -min(lengths), cut


class _Line:
    """Blocks in a row, to be cut into so many sides."""

    def __init__(
        self, blocks: Sequence[Block], segues: Sequence[bool], *, sides: int, lead_in: int
    ) -> None:
        self._segues = [*segues, False]
        self._sides = sides
        self._ends = [0, *accumulate(block.gap + block.frames for block in blocks)]
        self._before = [block.gap - lead_in for block in blocks]
        self._count = len(blocks)

    def best(self, most: float) -> list[int]:
        """Where the sides begin."""
        lengths = sorted(
            {length for first in range(self._count) for _, length in self._from(first)}
        )
        high = most if self._fewest(0, most) < math.inf else math.inf
        broken = self._fewest(0, high)
        at = bisect_left(lengths, True, key=lambda each: self._fewest(0, each) <= broken)
        longest = lengths[at]
        at = bisect_left(lengths, True, key=lambda each: self._fewest(each, longest) > broken)
        return self._starts(lengths[at - 1], longest, broken)

    def _from(self, first: int) -> Iterator[tuple[int, int]]:
        """Each end of a side that begins there, and how long it is."""
        before = self._ends[first] + self._before[first]
        for end in range(first + 1, self._count + 1):
            yield end, self._ends[end] - before

    def _fewest(self, low: float, high: float) -> float:
        """The fewest segues to break for sides of these lengths; infinite where none are."""
        return self._table(low, high)[self._sides][0]

    def _table(self, low: float, high: float) -> list[list[float]]:
        """The fewest segues broken after each block, for each number of sides left."""
        rows = [[math.inf] * self._count + [0.0]]
        for _ in range(self._sides):
            row = [
                min(
                    (
                        rows[-1][end] + self._segues[end]
                        for end, length in self._from(first)
                        if low <= length <= high
                    ),
                    default=math.inf,
                )
                for first in range(self._count)
            ]
            rows.append([*row, math.inf])
        return rows

    def _starts(self, low: float, high: float, broken: float) -> list[int]:
        """Sides of these lengths, the first as long as it can be, then the second."""
        rows = self._table(low, high)
        starts, first = [], 0
        for left in reversed(range(self._sides)):
            starts.append(first)
            first = max(
                end
                for end, length in self._from(first)
                if low <= length <= high and rows[left][end] + self._segues[end] <= broken
            )
            broken -= self._segues[first]
        return starts
