"""A programme: songs laid on one time line, and where its tracks begin; all in frames."""

from collections.abc import Mapping, Sequence

import msgspec

from albumbuild.model.time import Curve

PROGRAMME = "programme"
"""The only side of a medium without sides."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A song in the order: the silence before it or its overlap, and where its track begins.

    `mark_s` counts from the song's first frame, `indexes_s` from the track's start.
    """

    song: str
    gap_s: float = 0.0
    crossfade_s: float = 0.0
    curve: Curve = "equal_power"
    hidden: bool = False
    mark_s: float = 0.0
    indexes_s: tuple[float, ...] = ()


class PlacedSong(msgspec.Struct, frozen=True, kw_only=True):
    """Where a song sounds, and over how many frames it overlaps its neighbours."""

    song: str
    start: int
    frames: int
    fade_in: int = 0
    fade_out: int = 0
    curve_in: Curve = "linear"
    curve_out: Curve = "linear"

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.start + self.frames


class TrackSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A track from its mark to the next one's; `pregap` is the frame of INDEX 00, if any."""

    number: int
    song: str
    start: int
    end: int
    pregap: int | None = None
    indexes: tuple[int, ...] = ()


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A whole programme."""

    rate_hz: int
    frames: int
    songs: tuple[PlacedSong, ...]
    tracks: tuple[TrackSpan, ...]


class OverlapError(ValueError):
    """A song that is shorter than its crossfades: its `slot` in the order, and both in frames."""

    def __init__(self, song: str, *, slot: int, overlap: int, frames: int) -> None:
        super().__init__(f"`{song}` is shorter than the crossfades into and out of it")
        self.slot = slot
        self.overlap = overlap
        self.frames = frames


def lay_out(
    slots: Sequence[Slot],
    lengths: Mapping[str, int],
    *,
    rate_hz: int,
    lead_in: int = 0,
    sector: int | None = None,
) -> Layout:
    """The programme of `slots`, whose songs are `lengths` frames long.

    `lead_in` frames of silence stand before it. With a `sector`, marks move to the sector
    edge at or before them and the end is filled up to the next; songs never move, and a
    hidden first song is no track.

    Raises:
        OverlapError: crossfades are longer than their song.
    """
    songs = _placed(slots, lengths, rate_hz=rate_hz, lead_in=lead_in)
    edge = sector or 1
    total = -(-songs[-1].end // edge) * edge if songs else lead_in
    tracks = _tracks(slots, songs, rate_hz=rate_hz, edge=edge, lead_in=lead_in, total=total)
    return Layout(rate_hz=rate_hz, frames=total, songs=songs, tracks=tracks)


def _placed(
    slots: Sequence[Slot], lengths: Mapping[str, int], *, rate_hz: int, lead_in: int
) -> tuple[PlacedSong, ...]:
    overlaps = [round(slot.crossfade_s * rate_hz) for slot in slots[1:]]
    songs: list[PlacedSong] = []
    end = lead_in
    for index, slot in enumerate(slots):
        frames = lengths[slot.song]
        before = overlaps[index - 1] if index else 0
        after = overlaps[index] if index < len(overlaps) else 0
        if before + after > frames:
            raise OverlapError(slot.song, slot=index, overlap=before + after, frames=frames)
        gap = round(slot.gap_s * rate_hz) if index else 0
        song = PlacedSong(
            song=slot.song,
            start=end - before + (0 if before else gap),
            frames=frames,
            fade_in=before,
            fade_out=after,
            curve_in=slot.curve,
            curve_out=slots[index + 1].curve if index + 1 < len(slots) else "linear",
        )
        songs.append(song)
        end = song.end
    return tuple(songs)


def _tracks(
    slots: Sequence[Slot],
    songs: Sequence[PlacedSong],
    *,
    rate_hz: int,
    edge: int,
    lead_in: int,
    total: int,
) -> tuple[TrackSpan, ...]:
    hidden = 1 if edge > 1 and slots and slots[0].hidden else 0
    starts: list[int] = []
    for index, (slot, song) in enumerate(zip(slots, songs, strict=True)):
        mark = song.start + round(slot.mark_s * rate_hz)
        starts.append(lead_in if index == 0 else mark // edge * edge)
    tracks = []
    for index in range(hidden, len(slots)):
        start = starts[index]
        tracks.append(
            TrackSpan(
                number=index - hidden + 1,
                song=slots[index].song,
                start=start,
                end=starts[index + 1] if index + 1 < len(slots) else total,
                pregap=_pregap(slots, songs, index, start=start, edge=edge, rate_hz=rate_hz),
                indexes=tuple(
                    (start + round(at_s * rate_hz)) // edge * edge
                    for at_s in slots[index].indexes_s
                ),
            )
        )
    return tuple(tracks)


def _pregap(
    slots: Sequence[Slot],
    songs: Sequence[PlacedSong],
    index: int,
    *,
    start: int,
    edge: int,
    rate_hz: int,
) -> int | None:
    """Where the silence before a track begins; nothing where the sound does not stop.

    A gap of one sector lies between two edges seldom: its pregap is the sector that ends at
    the mark.
    """
    if index == 0 or songs[index].fade_in:
        return None
    silence = -(-songs[index - 1].end // edge) * edge
    if round(slots[index].gap_s * rate_hz) >= edge:
        silence = min(silence, start - edge)
    return silence if silence < min(start, songs[index].start) else None
