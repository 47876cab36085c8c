"""How two manifests of an album differ, setting by setting, whatever their spelling."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.manifest.hints import Hint, hint_of, settings_of
from albumbuild.manifest.spelled import spelled_value
from albumbuild.model.album import Album
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Span
from albumbuild.model.sequence import Entry
from albumbuild.model.time import Point, Position

if TYPE_CHECKING:
    from albumbuild.model.deliverable import Deliverable

Path = tuple[str | int, ...]

ORDER = "order"
"""The note of a change that moves parts and leaves each as it was."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that is another; `path` is as a user would say it, with the new names.

    `old` and `new` are as a manifest would say them, None where there is nothing. `at` is where
    the new one is written, or where the old one was: then it `was_there`. `note` says more.
    """

    path: tuple[str, ...]
    old: Any
    new: Any
    at: Span | None = None
    was_there: bool = False
    note: str = ""

    @property
    def shown(self) -> str:
        """The path with dots."""
        return ".".join(self.path)


class _Way(msgspec.Struct, frozen=True):
    """The way to a setting: among the places of either side, and as it is told."""

    old: Path = ()
    new: Path = ()
    told: tuple[str, ...] = ()

    def down(self, old: str | int, new: str | int | None = None, *told: str) -> "_Way":
        """One step further."""
        new = old if new is None else new
        return _Way((*self.old, old), (*self.new, new), (*self.told, str(new), *told))


class _Side(msgspec.Struct, frozen=True):
    """The two places of one comparison, and which songs have got other names: new → old."""

    old: Places
    new: Places
    renamed: Mapping[str, str]


def manifest_changes(
    old: Album,
    new: Album,
    *,
    places: tuple[Places, Places],
    renamed: Mapping[str, str] | None = None,
) -> list[Change]:
    """What the new album says otherwise, in the order of the format; `renamed` is new → old.

    What a preset says is told at each of its uses, and else where it stands.
    """
    names = renamed or {}
    side = _Side(*places, names)
    old = _with_names(old, {was: now for now, was in names.items()})
    found = [_renamed(was, now, places[1]) for now, was in names.items()]
    found += _record(old, new, _Way(), side)
    used = {each.at for each in found if each.path[0] != "presets"}
    return [each for each in found if each.path[0] != "presets" or each.at not in used]


def _renamed(was: str, now: str, places: Places) -> Change:
    at = places.key_of("songs", now)
    return Change(path=("songs", now), old=was, new=now, at=at, note="renamed")


def _record(old: Any, new: Any, way: _Way, side: _Side) -> Iterator[Change]:
    kind: type[msgspec.Struct] = type(new)
    for key, setting in settings_of(kind).items():
        before, after = getattr(old, setting.name), getattr(new, setting.name)
        if isinstance(new, Album) and key in ("profiles", "plants"):  # the house adds its own
            before = {name: each for name, each in before.items() if side.old.has(key, name)}
            after = {name: each for name, each in after.items() if side.new.has(key, name)}
        yield from _value(before, after, setting.hint, way.down(key), side)


def _value(old: Any, new: Any, hint: Hint, way: _Way, side: _Side) -> Iterator[Change]:
    if old == new:
        return
    leaf = old is None or new is None or old in hint.words or new in hint.words
    leaf = leaf or hint.kind == "check" or isinstance(new, Position)
    if leaf or type(old) is not type(new):
        yield _change(old, new, hint, way, side)
    elif isinstance(new, Point):
        yield from _point(old, new, way, side)
    elif hint.kind == "automation":
        yield from _map(old, new, _POINTS, way, side)
    elif isinstance(new, Mapping):
        yield from _map(old, new, hint.item, way, side)
    elif isinstance(new, tuple) and not _is_plain(old + new):
        yield from _list(old, new, hint.item, way, side)
    elif isinstance(new, msgspec.Struct):
        yield from _record(old, new, way, side)
    else:
        yield _change(old, new, hint, way, side)


_POINTS = hint_of(tuple[Point, ...])


def _point(old: Point, new: Point, way: _Way, side: _Side) -> Iterator[Change]:
    """A point of a curve is written as a list."""
    for number, (key, setting) in enumerate(settings_of(Point).items()):
        before, after = getattr(old, key), getattr(new, key)
        yield from _value(before, after, setting.hint, way.down(number), side)


def _map(
    old: Mapping[str, Any], new: Mapping[str, Any], hint: Hint, way: _Way, side: _Side
) -> Iterator[Change]:
    for key in (*new, *(key for key in old if key not in new)):
        was = side.renamed.get(key, key) if way.new == ("songs",) else key
        down = way.down(was, key)
        yield from _value(old.get(key), new.get(key), hint, down, side)


def _list(
    old: Sequence[Any], new: Sequence[Any], hint: Hint, way: _Way, side: _Side
) -> Iterator[Change]:
    """Parts that belong together are compared; others came, or went."""
    alike = len(old) == len(new)
    before, after = _named(old, alike), _named(new, alike)
    if before != after and sorted(map(str, before)) == sorted(map(str, after)):
        yield _change(_labels(before), _labels(after), _TEXTS, way, side, note=ORDER)
        pairs: list[_Pair] = [(before.index(key), at) for at, key in enumerate(after)]
    else:
        pairs = [*_pairs(before, after)]
    for was, now in pairs:
        down = _item_way(way, was, now, old, new)
        yield from _value(
            None if was is None else old[was], None if now is None else new[now], hint, down, side
        )


_Pair = tuple[int | None, int | None]
_TEXTS = hint_of(tuple[str, ...])


def _pairs(before: list[Hashable], after: list[Hashable]) -> Iterator[_Pair]:
    """Which part of the old list goes with which of the new one."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        count = max(old_to - old_from, new_to - new_from)
        for at in range(count):
            was, now = old_from + at, new_from + at
            yield (was if was < old_to else None, now if now < new_to else None)


def _named(items: Sequence[Any], alike: bool) -> list[Hashable]:
    """What each part of a list is known by; a second one of its kind has a number.

    Where lists are as long as each other, a part without a name is known by its place.
    """
    found: list[Hashable] = []
    for item in items:
        name: Hashable = type(item).__name__ if alike else repr(item)
        if isinstance(item, Entry):
            name = item.song
        elif isinstance(item, Processor):
            name = item.id or item.name
        elif getattr(item, "id", None):
            name = item.id
        while name in found and not (alike and name == type(item).__name__):
            name = f"{name} again"
        found.append(name)
    return found


def _labels(names: list[Hashable]) -> tuple[str, ...]:
    return tuple(str(each) for each in names)


def _item_way(
    way: _Way, was: int | None, now: int | None, old: Sequence[Any], new: Sequence[Any]
) -> _Way:
    at_old = now if was is None else was
    at_new = was if now is None else now
    assert at_old is not None
    item = old[at_old] if now is None else new[now]
    told = (item.name,) if isinstance(item, Processor) else ()
    return way.down(at_old, at_new, *told)


def _change(old: Any, new: Any, hint: Hint, way: _Way, side: _Side, *, note: str = "") -> Change:
    gone = not side.new.has(*way.new) and side.old.has(*way.old)
    at = side.old.of(*way.old) if gone else side.new.of(*way.new)
    told = way.told
    if isinstance(old, Processor) and isinstance(new, Processor):
        told = way.told[:-1]
    return Change(
        path=told,
        old=spelled_value(old, hint),
        new=spelled_value(new, hint),
        at=at,
        was_there=gone,
        note=note,
    )


def _is_plain(items: Sequence[Any]) -> bool:
    return not any(isinstance(each, msgspec.Struct) for each in items)


class Named(msgspec.Struct, frozen=True):
    """A file that an album names: how the setting is told, its place, and the file."""

    told: tuple[str, ...]
    place: Path
    file: str


def named_files(album: Album) -> Iterator[Named]:
    """Every file that an album names, but for those of its manifests."""
    yield from _files(msgspec.structs.replace(album, presets={}), _Way())


def _files(record: msgspec.Struct, way: _Way) -> Iterator[Named]:
    if isinstance(record, Position | Point):
        return
    for key, setting in settings_of(type(record)).items():
        value, down = getattr(record, setting.name), way.down(key)
        if value is not None:
            yield from _files_in(value, setting.hint, down)


def _files_in(value: Any, hint: Hint, way: _Way) -> Iterator[Named]:
    if hint.kind == "path":
        yield Named(way.told, way.new, value)
    elif isinstance(value, msgspec.Struct):
        if hint.kind != "check":
            yield from _files(value, way)
    elif isinstance(value, Mapping) and hint.kind == "map":
        for key, each in value.items():
            yield from _files_in(each, hint.item, way.down(key))
    elif isinstance(value, tuple) and hint.kind == "list":
        for at, each in enumerate(value):
            told = (each.name,) if isinstance(each, Processor) else ()
            yield from _files_in(each, hint.item, way.down(at, None, *told))


def _with_names(album: Album, names: Mapping[str, str]) -> Album:
    """The album, with songs called otherwise: old → new."""
    if not names:
        return album

    def named(song: str) -> str:
        return names.get(song, song)

    def ordered(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(msgspec.structs.replace(each, song=named(each.song)) for each in entries)

    deliverables: dict[str, Deliverable] = {}
    for name, each in album.deliverables.items():
        fields: dict[str, Any] = {}
        if each.sequence is not None:
            fields["sequence"] = ordered(each.sequence)
        sides = getattr(each, "sides", None)
        if isinstance(sides, Mapping):
            fields["sides"] = {
                side: tuple(named(song) for song in songs) for side, songs in sides.items()
            }
        deliverables[name] = msgspec.structs.replace(each, **fields)
    return msgspec.structs.replace(
        album,
        songs={named(song): each for song, each in album.songs.items()},
        sequence=ordered(album.sequence),
        deliverables=deliverables,
    )
