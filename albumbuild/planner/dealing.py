"""Blocks dealt out to sides in any order, so that the longest is as short as can be."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

import numpy as np

MOST_EXACT = 16
"""Of so many blocks every deal is weighed; of more, moves and swaps until none helps."""

Hand = tuple[int, ...]


def dealt(frames: Sequence[int], gaps: Sequence[int], count: int) -> list[Hand]:
    """The numbers of the blocks on each of `count` sides, rising.

    A side is as long as its blocks, and the gaps before all of them but the first. The longest
    side is the shortest that can be, then the shortest side the longest; up to `MOST_EXACT`
    blocks no deal is better.
    """
    assert 1 <= count <= len(frames)
    if len(frames) > MOST_EXACT:
        return _traded(frames, gaps, count)
    return _Deals(frames, gaps, count).best()


class _Deals:
    """Every set of blocks as the bits of a number, and how long a side of them is."""

    def __init__(self, frames: Sequence[int], gaps: Sequence[int], count: int) -> None:
        self._count = count
        self._blocks = len(frames)
        self._all = (1 << self._blocks) - 1
        whole = np.zeros(1, dtype=np.int64)
        for frame, gap in zip(frames, gaps, strict=True):
            whole = np.concatenate([whole, whole + frame + gap])
        self._whole = whole
        self._most_gap = max(gaps)
        sets = np.arange(len(whole))
        first = sets & -sets
        lengths = whole.copy()
        for at, gap in enumerate(gaps):
            lengths[first == 1 << at] -= gap
        self._lengths = lengths

    def best(self) -> list[Hand]:
        """The sets of the best deal."""
        known = np.unique(self._lengths[1:]).tolist()
        at = bisect_left(known, True, key=lambda each: self._deal(0, each) is not None)
        longest = known[at]
        at = bisect_left(known, True, key=lambda each: self._deal(each, longest) is None)
        found = self._deal(known[at - 1], longest)
        assert found is not None, "one was found with these limits"
        return [self._hand(each) for each in found]

    def _deal(self, low: int, high: int) -> list[int] | None:
        """A deal whose sides are all of these lengths; None where there is none."""
        fitting = np.flatnonzero((self._lengths >= low) & (self._lengths <= high))
        fitting = fitting[fitting > 0]
        fitting = fitting[np.argsort(-self._lengths[fitting], kind="stable")]
        first = fitting & -fitting
        begun = {1 << at: fitting[first == 1 << at] for at in range(self._blocks)}
        failed: set[tuple[int, int]] = set()

        def search(rest: int, sides: int) -> list[int] | None:
            if sides == 0:
                return None if rest else []
            whole = int(self._whole[rest])
            if whole - sides * self._most_gap > sides * high or whole < sides * low:
                return None
            if (rest, sides) in failed:
                return None
            sets = begun[rest & -rest] if rest else fitting[:0]
            for each in sets[(sets & ~rest) == 0].tolist():
                others = search(rest ^ each, sides - 1)
                if others is not None:
                    return [each, *others]
            failed.add((rest, sides))
            return None

        return search(self._all, self._count)

    def _hand(self, blocks: int) -> Hand:
        return tuple(at for at in range(self._blocks) if blocks >> at & 1)


def _traded(frames: Sequence[int], gaps: Sequence[int], count: int) -> list[Hand]:
    """The longest blocks first, each to the shortest side; then what moves and swaps better."""

    def length(hand: Hand) -> int:
        return sum(frames[at] + gaps[at] for at in hand) - (gaps[hand[0]] if hand else 0)

    hands: list[Hand] = [()] * count
    for at in sorted(range(len(frames)), key=lambda each: -frames[each]):
        shortest = min(range(count), key=lambda side: length(hands[side]))
        hands[shortest] = tuple(sorted((*hands[shortest], at)))
    while True:
        best = min(_trades(hands), key=lambda each: _evenness(map(length, each)))
        if _evenness(map(length, best)) >= _evenness(map(length, hands)):
            return hands
        hands = best


def _evenness(lengths: Iterable[int]) -> tuple[int, int, int]:
    """Less is better: the longest, then the shortest, then all of them."""
    told = [*lengths]
    return max(told), -min(told), sum(each * each for each in told)


def _trades(hands: Sequence[Hand]) -> Iterator[list[Hand]]:
    """Every deal in which one block changes sides, or two do."""
    for giver, taker in permutations(range(len(hands)), 2):
        for given in hands[giver]:
            for taken in (None, *(each for each in hands[taker] if each < given)):
                traded = [*hands]
                back = () if taken is None else (taken,)
                traded[giver] = tuple(sorted({*hands[giver], *back} - {given}))
                traded[taker] = tuple(sorted(({*hands[taker]} - {*back}) | {given}))
                if traded[giver]:
                    yield traded
