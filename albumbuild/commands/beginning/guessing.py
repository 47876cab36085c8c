"""Guesses songs and stems from a folder of sound files, after having heard them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from albumbuild.commands.beginning.grouping import Group, groups_of
from albumbuild.commands.beginning.listening import Sound, is_sound, listened
from albumbuild.commands.beginning.naming import bus_of, id_of, is_mix, sided, title_of, words
from albumbuild.model.song import ROOT

_OURS = frozenset({"build", ".albumbuild"})


class GuessedStem(msgspec.Struct, frozen=True, kw_only=True):
    """One stem: a file, or a left and a right one; and the bus that its name asks for."""

    name: str
    sounds: tuple[Sound, ...]
    bus: str = ROOT

    @property
    def seconds(self) -> float:
        """How long it is: two files end with the shorter one."""
        return min(sound.seconds for sound in self.sounds)


class GuessedSong(msgspec.Struct, frozen=True, kw_only=True):
    """A song, and the files that seem to belong to it and are not used, with the reason."""

    name: str
    title: str
    stems: tuple[GuessedStem, ...]
    left_out: tuple[tuple[Sound, str], ...]

    @property
    def seconds(self) -> float:
        """The end of its longest stem."""
        return max(stem.seconds for stem in self.stems)

    @property
    def buses(self) -> tuple[str, ...]:
        """The buses that its stems go to."""
        return tuple(dict.fromkeys(stem.bus for stem in self.stems if stem.bus != ROOT))

    @property
    def rates_hz(self) -> tuple[int, ...]:
        """The rates of its stems, lowest first."""
        return tuple(sorted({sound.rate_hz for stem in self.stems for sound in stem.sounds}))


def guessed_songs(folder: Path) -> list[GuessedSong]:
    """The songs in a folder, each with a stem or more that can be used; and what was left out.

    A song without any is not among them, unless its files could not be read: it then has
    no stems.
    """
    found = [PurePosixPath(path.relative_to(folder).as_posix()) for path in _sounds(folder)]
    songs: list[GuessedSong] = []
    for group in groups_of(found, PurePosixPath(folder.resolve().as_posix())):
        songs.append(_song(group, folder, [song.name for song in songs]))
    return songs


def _sounds(folder: Path) -> Iterator[Path]:
    for at, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith((".", "__MACOSX")) and name not in _OURS
        ]
        yield from (Path(at) / name for name in files if is_sound(Path(name)))


def _song(group: Group, folder: Path, taken: Iterable[str]) -> GuessedSong:
    left_out: list[tuple[Sound, str]] = []
    usable: list[tuple[str, Sound]] = []
    for name, path in group.files:
        mixed = is_mix(name) or words(name) == words(group.name)
        if mixed and len(group.files) > 1:
            left_out.append((Sound(path=folder / path), "a finished mix by its name"))
            continue
        sound = listened(folder / path)
        if sound.trouble:
            left_out.append((sound, ": ".join(filter(None, sound.trouble))))
        elif sound.is_silent:
            left_out.append((sound, "silent"))
        else:
            usable.append((name, sound))
    return GuessedSong(
        name=id_of(group.name, list(taken), fallback="song"),
        title=title_of(group.name),
        stems=_bussed(_paired(usable)),
        left_out=tuple(left_out),
    )


def _paired(usable: list[tuple[str, Sound]]) -> list[tuple[str, GuessedStem]]:
    """Stems under names of their own, two mono files that end in L and R as one."""
    sides: dict[tuple[object, ...], dict[str, Sound]] = {}
    for name, sound in usable:
        base, side = sided(name)
        if side and sound.channels == 1:
            key = (base.casefold(), sound.path.parent, sound.rate_hz)
            sides.setdefault(key, {}).setdefault(side, sound)
    stems: list[tuple[str, GuessedStem]] = []
    used: set[Path] = set()
    for name, sound in usable:
        base, side = sided(name)
        pair = sides.get((base.casefold(), sound.path.parent, sound.rate_hz), {}) if side else {}
        sounds: tuple[Sound, ...] = (sound,)
        if len(pair) == 2 and sound in pair.values():
            name, sounds = base, (pair["l"], pair["r"])  # noqa: PLW2901
        if sounds[0].path not in used:
            used.update(each.path for each in sounds)
            names = [stem.name for _, stem in stems]
            stem = GuessedStem(name=id_of(name, names, fallback="stem"), sounds=sounds)
            stems.append((name, stem))
    return stems


def _bussed(stems: list[tuple[str, GuessedStem]]) -> tuple[GuessedStem, ...]:
    """The stems, with a bus where two or more ask for the same."""
    names = {stem.name.casefold() for _, stem in stems}
    asked = [bus_of(name) for name, _ in stems]
    result = []
    for (_, stem), wanted in zip(stems, asked, strict=True):
        if wanted is not None and asked.count(wanted) > 1:
            bus = wanted if wanted not in names else f"{wanted}-bus"
            result.append(msgspec.structs.replace(stem, bus=bus))
        else:
            result.append(stem)
    return tuple(result)
