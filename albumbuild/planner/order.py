"""The order of a deliverable: its sides and, on each, the songs with their gaps and overlaps."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from albumbuild.model.album import Album
from albumbuild.model.deliverable import Cassette, Cd, Deliverable, Sided, Streaming, Vinyl
from albumbuild.model.programme import PROGRAMME, Slot
from albumbuild.model.sequence import Entry
from albumbuild.model.timeline import PAUSE_SECTORS, SECTOR_FRAMES
from albumbuild.planner.lathe import record_sizes, tape_lengths
from albumbuild.planner.sides import Limits, Piece, cut_in_any_order, cut_in_order, runs_of
from albumbuild.planner.sidewords import Choice, reasons

CD_LEAD_IN = PAUSE_SECTORS * SECTOR_FRAMES
"""The pause that an image begins with, in frames."""

SIDES = "ABCDEFGH"
"""What planned sides are called."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """The slots of each side, in order; why they are cut so, where the house has chosen.

    `runs` tell where on a side the songs begin that stay together, where these may change places.
    """

    sides: Mapping[str, tuple[Slot, ...]]
    runs: Mapping[str, tuple[int, ...]] = {}
    why: tuple[str, ...] = ()


def order_of(
    settings: Deliverable, album: Album, frames: Callable[[str], int], *, rate_hz: int
) -> Order:
    """The order of a deliverable, whose masters have those `frames` at its rate.

    Nothing goes before the first song of a side.
    """
    entries = album.sequence if settings.sequence is None else settings.sequence
    if isinstance(settings, Sided):
        if settings.sides == "auto":
            return _planned(settings, entries, album, frames=frames, rate_hz=rate_hz)
        known = {entry.song: entry for entry in entries}
        return Order(
            sides={
                side: _slots([known.get(song, Entry(song=song)) for song in songs], album)
                for side, songs in settings.sides.items()
            }
        )
    if isinstance(settings, Streaming) and settings.cut == "standalone":
        return Order(sides={PROGRAMME: tuple(Slot(song=entry.song) for entry in entries)})
    return Order(sides={PROGRAMME: _slots(entries, album)})


def lead_in_of(settings: Deliverable, rate_hz: int) -> int:
    """Frames of silence before the first song of a programme or side."""
    if isinstance(settings, Cd):
        return CD_LEAD_IN
    if isinstance(settings, Vinyl):
        return round(record_sizes()[settings.disc].lead_in_s * rate_hz)
    if isinstance(settings, Cassette):
        return round(tape_lengths()[settings.tape].lead_in_s * rate_hz)
    return 0


def most_minutes(settings: Sided) -> float:
    """The longest side that the medium holds."""
    if isinstance(settings, Vinyl):
        return record_sizes()[settings.disc].most_min
    assert isinstance(settings, Cassette)
    return tape_lengths()[settings.tape].most_min


def _planned(
    settings: Sided,
    entries: Sequence[Entry],
    album: Album,
    *,
    frames: Callable[[str], int],
    rate_hz: int,
) -> Order:
    """Songs on as many sides as there are to be, as even as they can be."""
    pieces = [
        Piece(
            frames=frames(entry.song),
            gap=round(entry.silence_s * rate_hz),
            overlap=round((entry.crossfade_s or 0.0) * rate_hz),
            loudness_lu=album.songs[entry.song].master.loudness_offset_lu,
        )
        for entry in entries
    ]
    most = round(most_minutes(settings) * 60 * rate_hz)
    limits = Limits(most, lead_in_of(settings, rate_hz))
    plan = cut_in_any_order if settings.reorder else cut_in_order
    cut = plan(pieces, settings.side_count, limits)
    choice = Choice(
        songs=tuple(entry.song for entry in entries),
        pieces=tuple(pieces),
        cut=cut,
        limits=limits,
        names=SIDES,
        rate_hz=rate_hz,
        reordered=settings.reorder,
    )
    planned = dict(zip(SIDES, cut.sides, strict=False))
    return Order(
        sides={
            name: _slots([entries[number] for number in side], album, moving=settings.reorder)
            for name, side in planned.items()
        },
        runs={name: runs_of(pieces, side, cut.broken) for name, side in planned.items()}
        if settings.reorder
        else {},
        why=tuple(reasons(choice)),
    )


def _slots(entries: Sequence[Entry], album: Album, *, moving: bool = False) -> tuple[Slot, ...]:
    """The songs of a side; one that may move keeps the gap that it has where it is not first."""
    tempos = [album.songs[entry.song].tempo for entry in entries]
    return tuple(
        Slot(
            song=entry.song,
            gap_s=entry.silence_s if index or moving else 0.0,
            crossfade_s=(entry.crossfade_s or 0.0) if index else 0.0,
            curve=entry.curve,
            hidden=entry.hidden,
            mark_s=entry.mark.seconds(tempo) if entry.mark else 0.0,
            indexes_s=tuple(each.seconds(tempo) for each in entry.indexes),
        )
        for index, (entry, tempo) in enumerate(zip(entries, tempos, strict=True))
    )
