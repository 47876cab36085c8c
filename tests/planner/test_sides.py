"""The planner of sides, against every cut there is."""

import time
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pytest

from albumbuild.planner.dealing import dealt
from albumbuild.planner.sides import (
    Cut,
    Limits,
    Piece,
    blocks_of,
    cut_in_any_order,
    cut_in_order,
    runs_of,
    side_frames,
)

Score = tuple[int, int, int]


def album(seed: int, songs: int, *, joined: float = 0.4) -> list[Piece]:
    """Songs of one to nine minutes in hundredths, some joined to the one before them."""
    draw = np.random.default_rng(seed)
    pieces = []
    for number in range(songs):
        gap, overlap = int(draw.integers(50, 600)), 0
        if number and draw.random() < joined:
            gap = 0
            overlap = int(draw.integers(100, 900)) if draw.random() < 0.5 else 0
        loudness = float(draw.integers(-3, 4))
        pieces.append(Piece(int(draw.integers(6_000, 54_000)), gap, overlap, loudness))
    return pieces


def score(pieces: Sequence[Piece], cut: Cut, lead_in: int = 0) -> Score:
    """Segues parted, the longest side, and the shortest; less is better."""
    lengths = [side_frames(pieces, side, lead_in) for side in cut.sides]
    return len(cut.broken), max(lengths), -min(lengths)


def cuts_in_order(pieces: Sequence[Piece], count: int) -> Iterator[Cut]:
    """Every cut without a break in a crossfade."""
    places = [at for at, piece in enumerate(pieces) if at and not piece.overlap]
    for starts in combinations(places, count - 1):
        ends = zip((0, *starts), (*starts, len(pieces)), strict=True)
        sides = tuple(tuple(range(first, end)) for first, end in ends)
        yield Cut(sides, tuple(at for at in starts if pieces[at].is_segue))


def deals(count: int, blocks: int) -> Iterator[list[tuple[int, ...]]]:
    """Every way to put blocks on sides, none of them empty."""
    for number in range(count**blocks):
        hands: list[list[int]] = [[] for _ in range(count)]
        for at in range(blocks):
            hands[number // count**at % count].append(at)
        if all(hands):
            yield [tuple(hand) for hand in hands]


def best_of(pieces: Sequence[Piece], cuts: Iterator[Cut], limits: Limits) -> Score:
    """The best score: fewest segues parted among those that fit, or among all if none does."""
    scores = [score(pieces, cut, limits.lead_in) for cut in cuts]
    fitting = [each for each in scores if each[1] <= limits.most]
    return min(fitting or scores)


@pytest.mark.parametrize("count", [2, 4, 6, 8])
@pytest.mark.parametrize("songs", [9, 13, 16])
def test_no_cut_in_order_is_better(songs: int, count: int) -> None:
    for seed in range(4):
        pieces = album(seed, songs, joined=0.3)
        for share in (0.95, 1.05, 1.2, 9.0):
            most = share * side_frames(pieces, range(songs)) / count
            limits = Limits(most, lead_in=100)
            every = [*cuts_in_order(pieces, count)]
            if every:
                found = cut_in_order(pieces, count, limits)
                assert score(pieces, found, 100) == best_of(pieces, iter(every), limits)
                assert [*sum(found.sides, ())] == [*range(songs)]


@pytest.mark.parametrize(("songs", "count"), [(5, 2), (12, 2), (16, 2), (9, 3), (7, 4), (6, 5)])
def test_no_deal_is_better(songs: int, count: int) -> None:
    for seed in range(2):
        pieces = album(100 * songs + seed, songs, joined=0.0)
        frames, gaps = [each.frames for each in pieces], [each.gap for each in pieces]
        every = (Cut(tuple(hands)) for hands in deals(count, songs))
        hands = dealt(frames, gaps, count)
        assert score(pieces, Cut(tuple(hands))) == min(score(pieces, each) for each in every)


def test_sixteen_songs_are_dealt_at_once() -> None:
    for count in (2, 4, 6, 8):
        pieces = album(count, 16, joined=0.0)
        begun = time.process_time()
        cut_in_any_order(pieces, count, Limits())
        assert time.process_time() - begun < 3.0


def test_where_too_many_segues_may_part_all_do() -> None:
    pieces = [piece._replace(gap=0) for piece in album(2, 16, joined=0.0)]
    whole = side_frames(pieces, range(16))
    begun = time.process_time()
    cut = cut_in_any_order(pieces, 2, Limits(most=whole // 2 + 1))
    assert time.process_time() - begun < 3.0
    assert cut.broken == tuple(range(1, 16))
    assert max(side_frames(pieces, side) for side in cut.sides) <= whole // 2 + 1


def test_what_stays_together_on_a_side_is_known() -> None:
    pieces = [Piece(9), Piece(9, 0, 3), Piece(9), Piece(9, 4), Piece(9)]
    assert runs_of(pieces, (3, 4, 0, 1, 2), ()) == (0, 2)
    assert runs_of(pieces, (3, 4, 0, 1, 2), (2, 4)) == (0, 1, 2, 4)


@pytest.mark.parametrize("seed", range(6))
def test_with_reorder_as_few_segues_as_can_be_are_parted(seed: int) -> None:
    """Against every set of parted segues with every deal of what is left."""
    pieces = album(seed, 7, joined=0.5)
    segues = [at for at, piece in enumerate(pieces) if at and piece.is_segue]
    for share in (1.1, 1.3, 9.0):
        limits = Limits(share * side_frames(pieces, range(7)) / 2)
        scores = []
        for parted in range(len(segues) + 1):
            for broken in combinations(segues, parted):
                starts = [at for at in range(7) if at in broken or not pieces[at].is_segue]
                blocks = blocks_of(pieces, parted=starts)
                playing = sorted(blocks, key=lambda each: (-each.loudness_lu, each.pieces))
                for hands in deals(2, len(blocks)):
                    sides = [sum((playing[at].pieces for at in hand), ()) for hand in hands]
                    scores.append(score(pieces, Cut(tuple(sides), broken)))
        if not scores:
            continue
        fitting = [each for each in scores if each[1] <= limits.most]
        found = cut_in_any_order(pieces, 2, limits)
        assert score(pieces, found) == min(fitting or scores)


def test_a_tie_makes_the_first_side_the_longer_one() -> None:
    pieces = [Piece(100, 2), Piece(100, 2), Piece(100, 2)]
    assert cut_in_order(pieces, 2, Limits()).sides == ((0, 1), (2,))
    assert [len(side) for side in cut_in_any_order(pieces, 2, Limits()).sides] == [2, 1]


def test_loud_songs_go_first_on_their_side_and_calm_ones_last() -> None:
    pieces = album(3, 14, joined=0.0)
    cut = cut_in_any_order(pieces, 4, Limits())
    for side in cut.sides:
        loudness = [pieces[at].loudness_lu for at in side]
        assert loudness == sorted(loudness, reverse=True)
    alike = [each._replace(loudness_lu=0.0) for each in pieces]
    assert all([*side] == sorted(side) for side in cut_in_any_order(alike, 4, Limits()).sides)


def test_joined_songs_stay_together_when_others_move() -> None:
    pieces = [
        Piece(500, 20, 0, -3.0), Piece(300, 0, 60), Piece(250, 0), Piece(800, 20, 0, 2.0),
        Piece(240, 20),
    ]  # fmt: skip
    cut = cut_in_any_order(pieces, 2, Limits())
    assert not cut.broken
    assert (0, 1, 2) in {side[-3:] for side in cut.sides}


@pytest.mark.parametrize("plan", [cut_in_order, cut_in_any_order])
def test_a_segue_is_parted_only_where_nothing_else_fits(plan) -> None:
    pieces = [Piece(400, 10), Piece(400), Piece(100, 10)]
    assert plan(pieces, 2, Limits(most=900)).broken == ()
    assert plan(pieces, 2, Limits(most=799)).broken == (1,)
    assert plan(pieces, 2, Limits(most=300)).broken == ()
    assert plan(pieces, 3, Limits()).broken == (1,)


@pytest.mark.parametrize("plan", [cut_in_order, cut_in_any_order])
def test_too_few_songs_leave_sides_out(plan) -> None:
    assert len(plan([Piece(9, 1), Piece(9, 0, 3), Piece(9, 0)], 4, Limits()).sides) == 2
    assert plan([Piece(9, 1)], 2, Limits()).sides == ((0,),)


def test_more_songs_than_can_all_be_weighed_are_still_even() -> None:
    for seed in range(4):
        pieces = album(seed, 28, joined=0.0)
        cut = cut_in_any_order(pieces, 4, Limits())
        lengths = [side_frames(pieces, side) for side in cut.sides]
        assert sorted(sum(cut.sides, ())) == [*range(28)]
        assert max(lengths) - min(lengths) < 0.01 * max(lengths)
