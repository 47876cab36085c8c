"""Guesses from names alone which sound files are stems of which song."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import msgspec

from albumbuild.commands.beginning.naming import (
    common_words,
    is_generic,
    is_part,
    natural,
    numbered,
    words,
)

_DASH = re.compile(r"\s+[-–—]\s+")
_UNDERSCORE = re.compile(r"_+")


class Group(msgspec.Struct, frozen=True):
    """Files that seem to be one song: what each of them is called, and where it is."""

    name: str
    number: int | None
    files: tuple[tuple[str, PurePosixPath], ...]


def groups_of(files: Iterable[PurePosixPath], folder: PurePosixPath) -> list[Group]:
    """The songs among `files`, paths from `folder`, in the order of their numbers or names."""
    found = sorted(files, key=lambda path: natural(path.as_posix()))
    trail = [*folder.parts]
    depth = 0
    while found and all(len(path.parts) > depth + 1 for path in found):
        if len({path.parts[depth] for path in found}) > 1:
            break
        trail.append(found[0].parts[depth])
        depth += 1
    name = next((each for each in reversed(trail) if not is_generic(each)), "album")
    tops = {path.parts[depth] for path in found if len(path.parts) > depth + 1}
    if all(is_generic(top) or is_part(top) for top in tops):
        return _ordered(_flat(found, name))
    inside: dict[str, list[PurePosixPath]] = {}
    for path in found:
        inside.setdefault(path.parts[depth] if len(path.parts) > depth + 1 else "", []).append(path)
    loose = inside.pop("", [])
    groups = [_folder_group(top, paths) for top, paths in inside.items()]
    return _ordered(groups + _flat(loose, name))


def _ordered(groups: list[Group]) -> list[Group]:
    return sorted(
        groups,
        key=lambda each: (each.number is None, each.number or 0, natural(each.name)),
    )


def _folder_group(folder: str, paths: list[PurePosixPath]) -> Group:
    number, name = numbered(folder)
    return Group(name, number, _named(name, [(path.stem, path) for path in paths]))


def _flat(paths: list[PurePosixPath], folder: str) -> list[Group]:
    """Files beside each other: songs by what stands before a dash or an underscore."""
    if not paths:
        return []
    for between in (_DASH, _UNDERSCORE):
        songs = _split(paths, between)
        if songs:
            return songs
    number, name = numbered(folder)
    return [Group(name, number, _named(name, [(path.stem, path) for path in paths]))]


def _split(paths: list[PurePosixPath], between: re.Pattern[str]) -> list[Group]:
    """Songs, when every name falls in a song's part and a stem's; none when that seems wrong."""
    shared = common_words(path.stem for path in paths) if between is _UNDERSCORE else 0
    songs: dict[str, Group] = {}
    whole: list[PurePosixPath] = []
    for path in paths:
        number, text = numbered(path.stem)
        pieces = [each for each in between.split(text) if each]
        if len(pieces) > 2:
            pieces = [each for each in pieces if not each.isdigit()]
        if len(pieces) < 2:
            whole.append(path)
            continue
        first = max(1, shared - (number is not None)) if between is _UNDERSCORE else len(pieces)
        cut = min(first, len(pieces) - 1)
        song = pieces[cut - 1] if between is _DASH else " ".join(pieces[:cut])
        group = songs.setdefault(_key(song), Group(song, number, ()))
        files = (*group.files, (" ".join(pieces[cut:]), path))
        songs[_key(song)] = msgspec.structs.replace(group, files=files)
    for path in whole:  # a mix beside its stems has the song's name alone
        key = _key(numbered(path.stem)[1])
        if key not in songs:
            return []
        files = (*songs[key].files, (songs[key].name, path))
        songs[key] = msgspec.structs.replace(songs[key], files=files)
    alone = all(len(each.files) == 1 for each in songs.values())
    if alone or any(is_part(each.name) for each in songs.values()):
        return []
    if len(songs) == 1:  # numbers then count the stems
        return [msgspec.structs.replace(each, number=None) for each in songs.values()]
    return list(songs.values())


def _key(song: str) -> str:
    return " ".join(words(song))


def _named(
    song: str, files: list[tuple[str, PurePosixPath]]
) -> tuple[tuple[str, PurePosixPath], ...]:
    """The files with the song's name and a number taken off the front of theirs."""
    prefix = words(song)
    named = []
    for text, path in files:
        rest = numbered(text)[1]
        if prefix and words(rest)[: len(prefix)] == prefix and len(words(rest)) > len(prefix):
            pieces = re.split(r"([\s_.\-]+)", rest)
            rest = numbered("".join(pieces[2 * len(prefix) :]))[1]
        named.append((rest, path))
    return tuple(named)
