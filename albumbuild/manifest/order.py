"""The order of songs: entries that exist, fit together, and fit on their medium."""

from collections.abc import Collection, Iterator, Mapping

from albumbuild.manifest.timing import bar_without_tempo
from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, did_you_mean
from albumbuild.model.sequence import Entry
from albumbuild.model.song import Song

MAX_CD_TRACKS = 99


def order_problems(album: Album, known: Collection[str], places: Places) -> Iterator[Problem]:
    """Problems of the album's order and of each deliverable's own; `known` are all song names."""
    yield from _entry_problems(album.sequence, ("sequence",), known=known, places=places)
    yield from _repeats(album.sequence, ("sequence",), places)
    yield from _bars(album.sequence, ("sequence",), songs=album.songs, places=places)
    for name, deliverable in album.deliverables.items():
        path: Path = ("deliverables", name, "sequence")
        own = deliverable.sequence
        if own is not None:
            yield from _entry_problems(own, path, known=known, places=places)
            yield from _bars(own, path, songs=album.songs, places=places)
        if own == ():
            yield Problem(
                slug="empty-sequence",
                at=places.of(*path),
                what=f"the `sequence` of `{name}` has no songs",
                fix="take it out, and the album's order is used",
            )
        entries = album.sequence if own is None else own
        tracks = sum(not entry.hidden for entry in entries)
        if deliverable.type == "cd" and tracks > MAX_CD_TRACKS:
            yield Problem(
                slug="too-many-tracks",
                at=places.key_of("deliverables", name),
                what=f"`{name}` would have {tracks} tracks",
                why=f"a CD has {MAX_CD_TRACKS} at most",
                fix="give that CD a `sequence:` of its own, and make two of them",
            )


def unknown_song(name: str, path: Path, *, known: Collection[str], places: Places) -> Problem:
    """A song that the album does not have."""
    return Problem(
        slug="unknown-song",
        at=places.of(*path),
        what=f"there is no song `{name}`",
        why="songs are named as under `songs:`",
        fix=did_you_mean(name, known),
    )


def _entry_problems(
    entries: tuple[Entry, ...], path: Path, *, known: Collection[str], places: Places
) -> Iterator[Problem]:
    for index, entry in enumerate(entries):
        place = (*path, index)
        if entry.song not in known:
            yield unknown_song(entry.song, (*place, "song"), known=known, places=places)
        if entry.crossfade_s is not None and entry.gap_s is not None:
            yield Problem(
                slug="gap-and-crossfade",
                at=places.key_of(*place, "gap_s"),
                what=f"`{entry.song}` has both `gap_s` and `crossfade_s`",
                why="a crossfade overlaps the song before it, so there is no silence",
                fix="keep one of them",
            )
        if entry.crossfade_s is not None and index == 0:
            yield Problem(
                slug="crossfade-first",
                at=places.key_of(*place, "crossfade_s"),
                what="the first entry has a `crossfade_s`",
                why="there is no song before it to overlap",
                fix="take it out",
            )
        if entry.hidden and index > 0:
            yield Problem(
                slug="hidden-not-first",
                at=places.key_of(*place, "hidden"),
                what=f"`{entry.song}` is `hidden`, and is not the first entry",
                why="hidden audio stands before track 1 of a CD",
                fix="move it to the top of the sequence",
            )


def _repeats(entries: tuple[Entry, ...], path: Path, places: Places) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.song in seen:
            yield repeated_song(entry.song, (*path, index, "song"), places)
        seen.add(entry.song)


def repeated_song(name: str, path: Path, places: Places) -> Problem:
    """A song in two places of one order."""
    return Problem(
        slug="repeated-song",
        at=places.of(*path),
        what=f"`{name}` is in the order twice",
        fix="take one of them out",
    )


def _bars(
    entries: tuple[Entry, ...], path: Path, *, songs: Mapping[str, Song], places: Places
) -> Iterator[Problem]:
    for index, entry in enumerate(entries):
        song = songs.get(entry.song)
        if song is None or song.tempo is not None:
            continue
        if entry.mark is not None and entry.mark.bar is not None:
            yield bar_without_tempo((*path, index, "mark"), places)
        for number, position in enumerate(entry.indexes):
            if position.bar is not None:
                yield bar_without_tempo((*path, index, "indexes", number), places)
