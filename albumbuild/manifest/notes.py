"""Note lengths of delays: they want a tempo, and come to no more than a delay can hold."""

from collections.abc import Iterator
from typing import Any

from albumbuild.manifest.wording import Path, plain
from albumbuild.model.album import Album
from albumbuild.model.chains import chains_of_song
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span
from albumbuild.model.time import note_seconds
from albumbuild.processors.delay import LONGEST_MS


def note_problems(album: Album, places: Places) -> Iterator[Problem]:
    """Note lengths that cannot be played in the songs that hear them."""
    yield from _notes_without_tempo(album, places)
    yield from _notes_too_long(album, places)


def _chains_without_tempo(album: Album) -> Iterator[tuple[Path, tuple[Processor, ...], str]]:
    """Every chain whose note lengths have no tempo, and how that is mended."""
    slow = [name for name, song in album.songs.items() if song.tempo is None]
    for name in slow:
        for place, inserts in chains_of_song(album.songs[name], ("songs", name)):
            yield place, inserts, "add `tempo: …` to the song, or write `time_ms`"
    heard = [name for name in slow if album.songs[name].master.album_inserts]
    if heard:
        fix = f"add `tempo: …` to song `{heard[0]}`, or write `time_ms`"
        yield ("master", "inserts"), album.master.inserts, fix
    for name, deliverable in album.deliverables.items():
        yield ("deliverables", name, "inserts"), deliverable.inserts, "write `time_ms`"


def _notes_without_tempo(album: Album, places: Places) -> Iterator[Problem]:
    for place, inserts, fix in _chains_without_tempo(album):
        for index, insert in enumerate(inserts):
            for key, _ in _notes(insert):
                yield Problem(
                    slug="note-without-tempo",
                    at=places.of(*place, index, *key),
                    what="a note length needs the song's tempo",
                    why="without a tempo a note has no length",
                    fix=fix,
                )


def _notes_too_long(album: Album, places: Places) -> Iterator[Problem]:
    """Note lengths that come to more than a delay can hold, at the tempo of a song."""
    for name, song in album.songs.items():
        chains = list(chains_of_song(song, ("songs", name)))
        if song.master.album_inserts:
            chains.append((("master", "inserts"), album.master.inserts))
        for place, inserts in chains if song.tempo is not None else ():
            for index, insert in enumerate(inserts):
                for key, note in _notes(insert):
                    time_ms = note_seconds(note, song.tempo or 0.0) * 1_000
                    if time_ms > LONGEST_MS:
                        yield _too_long(note, time_ms, places.of(*place, index, *key))


def _too_long(note: str, time_ms: float, at: Span | None) -> Problem:
    return Problem(
        slug="note-too-long",
        at=at,
        what=f"`{note}` comes to {plain(round(time_ms / 1_000, 3))} s at the song's tempo",
        why=f"a delay holds at most {plain(LONGEST_MS / 1_000)} s",
        fix="write a shorter note",
    )


def _notes(insert: Processor) -> Iterator[tuple[Path, str]]:
    """The note lengths that a device names: in its own settings, and in those of its sides."""
    for key in ((), ("left",), ("right",)):
        owner: Any = insert if not key else getattr(insert, key[0], None)
        note = getattr(owner, "note", None)
        if note is not None:
            yield (*key, "note"), note
