"""Sounds that devices read: their headers, and the files in the steps that hear them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from albumbuild.engine.seal import look
from albumbuild.formats.sound import SoundError, probe
from albumbuild.model.album import Album
from albumbuild.model.chains import GROUPS, Way, devices_of
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, ProblemError
from albumbuild.model.song import Song
from albumbuild.model.sound import Sound
from albumbuild.planner.probes import Probed
from albumbuild.steps.sounds import unusable_sound

Chained = TypeVar("Chained")


def with_sounds(root: Path, album: Album, places: Places) -> tuple[Album, Mapping[Path, Probed]]:
    """The album, each device with the shapes of the sounds that it reads; and their files.

    Raises:
        ProblemError: every file that cannot be used, named.
    """
    found: dict[Path, Probed] = {}
    problems: list[Problem] = []
    for at, device in _readers(album):
        for field, name in device.files().items():
            try:
                path = root / name
                if path not in found:
                    found[path] = Probed(look(path), probe(path))
            except SoundError as error:
                problems.append(unusable_sound(name, error, at=places.of(*at, *_way(field))))
    if not problems:
        problems = [*_refusals(root, album, found, places)]
    if problems:
        raise ProblemError(problems)
    return (_with_shapes(root, album, found) if found else album), found


def sources(roles: Iterable[tuple[str, str]], root: Path) -> dict[str, Path]:
    """The files of a step by their roles."""
    return {role: root / path for role, path in roles}


def _readers(album: Album) -> Iterator[tuple[Way, Processor]]:
    """Every insert that is at work and reads files, and where it stands."""
    for at, device in devices_of(album):
        if not device.bypass and device.files():
            yield at, device


def _way(field: str) -> Way:
    """The way to the setting that names a file: `reference/0` is the first of a list."""
    return tuple(int(key) if key.isdecimal() else key for key in field.split("/"))


def _refusals(
    root: Path, album: Album, found: Mapping[Path, Probed], places: Places
) -> Iterator[Problem]:
    for at, device in _readers(album):
        for refusal in device.refusals(_shapes(root, device, found)):
            yield refusal.problem(places.of(*at, *refusal.at))


def _shapes(root: Path, device: Processor, found: Mapping[Path, Probed]) -> dict[str, Sound]:
    shapes = {}
    for field, name in device.files().items():
        shape = found[root / name].format
        shapes[field] = Sound(rate_hz=shape.rate_hz, channels=shape.channels, frames=shape.frames)
    return shapes


def _with_shapes(root: Path, album: Album, found: Mapping[Path, Probed]) -> Album:
    def chained(owner: Chained) -> Chained:
        inserts = tuple(
            each if each.bypass else each.with_sounds(_shapes(root, each, found))
            for each in owner.inserts  # type: ignore[attr-defined]
        )
        return replace(owner, inserts=inserts)  # type: ignore[type-var]

    def of_song(song: Song) -> Song:
        groups = {
            group: {name: chained(strip) for name, strip in getattr(song, group).items()}
            for group in GROUPS
        }
        return replace(song, **groups, mix=chained(song.mix), master=chained(song.master))

    return replace(
        album,
        songs={song_id: of_song(song) for song_id, song in album.songs.items()},
        master=chained(album.master),
        deliverables={name: chained(each) for name, each in album.deliverables.items()},
    )
