"""Rules across records: each part of the album against the others."""

from collections.abc import Iterator, Mapping

import msgspec

from albumbuild.manifest.codes import code_problems
from albumbuild.manifest.media import media_problems
from albumbuild.manifest.mending import mended_song
from albumbuild.manifest.names import name_problems, song_name_problems
from albumbuild.manifest.notes import note_problems
from albumbuild.manifest.order import order_problems
from albumbuild.manifest.refusals import refusal_problems
from albumbuild.manifest.routing import keys_of, routing_problems
from albumbuild.manifest.targets import target_problems
from albumbuild.manifest.timing import timing_problems
from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, did_you_mean
from albumbuild.model.profile import Profile
from albumbuild.model.song import Song


def album_problems(
    album: Album, *, broken: set[Path], profiles: Mapping[str, Profile], places: Places
) -> Iterator[Problem]:
    """What does not fit together; parts in `broken` have told their own problems already."""
    lost = {str(path[1]) for path in broken if len(path) == 2 and path[0] == "songs"}
    songs = sorted({*album.songs, *lost})
    yield from name_problems(album.songs, ("songs",), places)
    yield from name_problems(album.deliverables, ("deliverables",), places)
    yield from name_problems(album.presets, ("presets",), places)
    whole: dict[str, Song] = {}
    for name, song in album.songs.items():
        path: Path = ("songs", name)
        yield from song_name_problems(song, path, places)
        mended = mended_song(song, path, broken)
        if mended is not None:
            whole[name] = mended
            yield from song_problems(mended, path, places)
    if not album.songs and not lost and ("songs",) not in broken:
        yield Problem(
            slug="no-songs",
            at=places.key_of("songs"),
            what="the album has no songs",
            fix="add one, such as `tide: {stems: {kick: stems/kick.wav}}`",
        )
    for owner, inserts in _masters(album):
        yield from _deaf_keys(inserts, owner, places)
    yield from note_problems(msgspec.structs.replace(album, songs=whole), places)
    yield from code_problems(album, places)
    yield from refusal_problems(album, places)
    album = msgspec.structs.replace(album, songs=whole)
    yield from order_problems(album, songs, places)
    yield from media_problems(album, songs=songs, profiles=profiles, places=places)


def song_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    """What does not fit together inside of one song."""
    if not song.stems:
        what = f"song `{path[-1]}` has no stems"
        fix = "name its sound files, such as `kick: stems/kick.wav`"
        yield Problem(slug="no-stems", at=places.key_of(*path, "stems"), what=what, fix=fix)
    yield from routing_problems(song, path, places)
    yield from timing_problems(song, path, places)
    yield from target_problems(song, path, places)
    yield from _version_problems(song, path, places)


def _version_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    known = [*song.stems, *song.buses]
    for name, version in song.versions.items():
        place = (*path, "versions", name)
        if version.mute and version.only:
            what = f"version `{name}` has both `mute` and `only`"
            at = places.key_of(*place, "mute")
            yield Problem(slug="mute-and-only", at=at, what=what, fix="keep one of them")
        for key in ("mute", "only"):
            for index, part in enumerate(getattr(version, key)):
                if part not in known:
                    yield Problem(
                        slug="unknown-part",
                        at=places.of(*place, key, index),
                        what=f"there is no stem or bus `{part}` in this song",
                        fix=did_you_mean(part, known),
                    )


def _masters(album: Album) -> Iterator[tuple[Path, tuple[Processor, ...]]]:
    yield ("master",), album.master.inserts
    for name, song in album.songs.items():
        yield ("songs", name, "master"), song.master.inserts
    for name, deliverable in album.deliverables.items():
        yield ("deliverables", name), deliverable.inserts


def _deaf_keys(inserts: tuple[Processor, ...], owner: Path, places: Places) -> Iterator[Problem]:
    for source, key in keys_of(inserts, owner):
        yield Problem(
            slug="sidechain-in-master",
            at=places.of(*key),
            what=f"a master cannot listen to `{source}`",
            why="stems and buses end in the mix; a master hears the whole song",
            fix="take `from` out: the device then listens to its own input",
        )
