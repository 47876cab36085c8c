"""A programme: songs keep their places, tracks tile it, marks stand on edges."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from albumbuild.model.programme import Layout, Slot, lay_out

RATE_HZ = 44_100
SECTOR = 588
PAUSE = 150 * SECTOR


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Slot], dict[str, int]]:
    """Songs of 4 to 20 s, with gaps to the tenth of a frame, crossfades and indexes."""
    count = draw(st.integers(1, 6))
    lengths = {f"s{i}": draw(st.integers(4 * RATE_HZ, 20 * RATE_HZ)) for i in range(count)}
    slots = []
    for index, song in enumerate(lengths):
        overlap = draw(st.just(0.0) | st.floats(0.01, 1.9)) if index else 0.0
        gap = 0.0 if overlap else draw(st.floats(0, 5))
        marks = draw(st.just(0.0) | st.floats(0, 1.5)) if overlap else 0.0
        indexes = tuple(sorted(draw(st.lists(st.floats(0.5, 3), max_size=2))))
        slots.append(
            Slot(
                song=song,
                gap_s=gap,
                crossfade_s=overlap,
                hidden=index == 0 and count > 1 and draw(st.booleans()),
                mark_s=marks,
                indexes_s=indexes,
            )
        )
    return slots, lengths


def cd(slots: list[Slot], lengths: dict[str, int]) -> Layout:
    """The layout of a disc."""
    return lay_out(slots, lengths, rate_hz=RATE_HZ, lead_in=PAUSE, sector=SECTOR)


def plain(slots: list[Slot], lengths: dict[str, int]) -> Layout:
    """The layout of a medium without sectors."""
    return lay_out(slots, lengths, rate_hz=RATE_HZ)


@given(orders())
@settings(max_examples=200, deadline=None)
def test_songs_stand_where_gaps_and_overlaps_put_them(
    order: tuple[list[Slot], dict[str, int]],
) -> None:
    slots, lengths = order
    songs = plain(slots, lengths).songs
    assert songs[0].start == 0
    for before, song, slot in zip(songs, songs[1:], slots[1:], strict=False):
        wanted = (slot.gap_s - slot.crossfade_s) * RATE_HZ
        assert abs(song.start - before.end - wanted) <= 0.5
        assert song.fade_in == before.fade_out == max(before.end - song.start, 0)
        assert song.curve_in == before.curve_out or not song.fade_in
    assert [song.frames for song in songs] == [lengths[slot.song] for slot in slots]


@given(orders())
@settings(max_examples=200, deadline=None)
def test_sectors_move_no_song(order: tuple[list[Slot], dict[str, int]]) -> None:
    on_disc, free = cd(*order).songs, plain(*order).songs
    assert [song.start - PAUSE for song in on_disc] == [song.start for song in free]


@given(orders())
@settings(max_examples=200, deadline=None)
def test_tracks_tile_the_programme(order: tuple[list[Slot], dict[str, int]]) -> None:
    slots, lengths = order
    for layout, lead_in in ((cd(slots, lengths), PAUSE), (plain(slots, lengths), 0)):
        tracks = layout.tracks
        hidden = bool(lead_in) and slots[0].hidden
        assert [track.number for track in tracks] == list(range(1, len(tracks) + 1))
        assert len(tracks) == len(slots) - hidden
        assert tracks[-1].end == layout.frames
        for track, following in itertools.pairwise(tracks):
            assert track.end == following.start
        assert tracks[0].start > lead_in if hidden else tracks[0].start == lead_in


@given(orders())
@settings(max_examples=200, deadline=None)
def test_marks_stand_on_sector_edges_no_later_than_the_sound(
    order: tuple[list[Slot], dict[str, int]],
) -> None:
    slots, lengths = order
    layout = cd(slots, lengths)
    assert layout.frames % SECTOR == 0
    assert 0 <= layout.frames - layout.songs[-1].end < SECTOR
    by_song = {song.song: song for song in layout.songs}
    for track in layout.tracks:
        slot = next(slot for slot in slots if slot.song == track.song)
        mark = by_song[track.song].start + round(slot.mark_s * RATE_HZ)
        marks = [track.start, *track.indexes, *([track.pregap] if track.pregap else [])]
        assert all(mark % SECTOR == 0 for mark in marks)
        assert 0 <= mark - track.start < SECTOR
        for index, at_s in zip(track.indexes, slot.indexes_s, strict=True):
            assert 0 <= track.start + round(at_s * RATE_HZ) - index < SECTOR


@given(orders())
@example(([Slot(song="a"), Slot(song="b", gap_s=0.015625)], {"a": 219_325, "b": 176_400}))
@settings(max_examples=200, deadline=None)
def test_a_pregap_is_silence_or_one_sector(
    order: tuple[list[Slot], dict[str, int]],
) -> None:
    slots, lengths = order
    layout = cd(slots, lengths)
    songs = {song.song: index for index, song in enumerate(layout.songs)}
    for track in layout.tracks:
        index = songs[track.song]
        if track.pregap is None:
            continue
        assert not layout.songs[index].fade_in
        assert track.pregap < track.start <= layout.songs[index].start
        before = layout.songs[index - 1].end
        if before > track.pregap:  # a gap of a sector that holds no whole one between two edges
            assert track.start - track.pregap == SECTOR
            assert before < track.start
            assert round(slots[index].gap_s * RATE_HZ) >= SECTOR


def test_a_gap_is_a_pregap_and_a_segue_is_none() -> None:
    lengths = {"a": 300_000, "b": 300_000, "c": 300_000, "d": 300_000}
    slots = [
        Slot(song="a"),
        Slot(song="b", gap_s=2),
        Slot(song="c"),
        Slot(song="d", crossfade_s=1, mark_s=0.5),
    ]
    tracks = cd(slots, lengths).tracks
    first = -(-(PAUSE + 300_000) // SECTOR) * SECTOR
    assert [track.pregap for track in tracks] == [None, first, None, None]
    assert tracks[1].start == (PAUSE + 300_000 + 88_200) // SECTOR * SECTOR
    assert tracks[3].start == (PAUSE + 900_000 + 88_200 - 44_100 + 22_050) // SECTOR * SECTOR


def test_a_hidden_song_stands_before_track_1_of_a_disc_alone() -> None:
    slots = [Slot(song="a", hidden=True), Slot(song="b", gap_s=1)]
    lengths = {"a": 200_000, "b": 300_000}
    on_disc, elsewhere = cd(slots, lengths), plain(slots, lengths)
    assert [track.song for track in on_disc.tracks] == ["b"]
    assert on_disc.tracks[0].start == (PAUSE + 200_000 + RATE_HZ) // SECTOR * SECTOR
    assert [track.song for track in elsewhere.tracks] == ["a", "b"]


def test_gaps_round_to_the_nearest_frame() -> None:
    lengths = {"a": 1_000, "b": 1_000}
    for gap_s, frames in ((1.4 / RATE_HZ, 1), (1.6 / RATE_HZ, 2), (2.5, 110_250)):
        songs = plain([Slot(song="a"), Slot(song="b", gap_s=gap_s)], lengths).songs
        assert songs[1].start == 1_000 + frames


def test_crossfades_that_meet_are_allowed_and_no_longer_ones() -> None:
    lengths = {"a": RATE_HZ, "b": RATE_HZ, "c": RATE_HZ}

    def overlapping(first_s: float, second_s: float) -> Layout:
        slots = [
            Slot(song="a"),
            Slot(song="b", crossfade_s=first_s),
            Slot(song="c", crossfade_s=second_s),
        ]
        return plain(slots, lengths)

    assert overlapping(0.4, 0.6).frames == 2 * RATE_HZ
    with pytest.raises(ValueError, match="`b` is shorter"):
        overlapping(0.5, 0.6)
