"""The order of a deliverable: its sides and, on each, the songs with their gaps and overlaps."""

from collections.abc import Mapping, Sequence

from albumbuild.model.album import Album
from albumbuild.model.deliverable import Deliverable, Streaming, Vinyl
from albumbuild.model.programme import PROGRAMME, Slot
from albumbuild.model.sequence import Entry
from albumbuild.model.timeline import PAUSE_SECTORS, SECTOR_FRAMES

CD_LEAD_IN = PAUSE_SECTORS * SECTOR_FRAMES
"""The pause that an image begins with, in frames."""


def sides_of(settings: Deliverable, album: Album) -> Mapping[str, tuple[Slot, ...]]:
    """The slots of each side, in order; nothing goes before the first song of a side."""
    entries = album.sequence if settings.sequence is None else settings.sequence
    if isinstance(settings, Vinyl):
        known = {entry.song: entry for entry in entries}
        return {
            side: _slots([known.get(song, Entry(song=song)) for song in songs], album)
            for side, songs in settings.sides.items()
        }
    if isinstance(settings, Streaming) and settings.cut == "standalone":
        return {PROGRAMME: tuple(Slot(song=entry.song) for entry in entries)}
    return {PROGRAMME: _slots(entries, album)}


def _slots(entries: Sequence[Entry], album: Album) -> tuple[Slot, ...]:
    tempos = [album.songs[entry.song].tempo for entry in entries]
    return tuple(
        Slot(
            song=entry.song,
            gap_s=entry.silence_s if index else 0.0,
            crossfade_s=(entry.crossfade_s or 0.0) if index else 0.0,
            curve=entry.curve,
            hidden=entry.hidden,
            mark_s=entry.mark.seconds(tempo) if entry.mark else 0.0,
            indexes_s=tuple(each.seconds(tempo) for each in entry.indexes),
        )
        for index, (entry, tempo) in enumerate(zip(entries, tempos, strict=True))
    )
