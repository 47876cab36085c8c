"""Presets: lists of inserts with a name, written out wherever an insert list uses one."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import msgspec

from albumbuild.manifest.hints import Hint, hint_of
from albumbuild.manifest.overrides import Inserts, bypassed, overridden
from albumbuild.manifest.reader import BROKEN, Reader
from albumbuild.manifest.wording import PRESET, WANTED, Path, missing_key, wrong_type
from albumbuild.model.device import Processor
from albumbuild.model.node import Entry, Fields, Items, Node, Places, Scalar
from albumbuild.model.problem import Problem, ProblemError, Span, did_you_mean

MAX_PARTS = 200_000
LIST = hint_of(tuple[Processor, ...])
NAME = Hint(core=str, description="which of `presets:` is meant")


class _Use(msgspec.Struct, frozen=True, kw_only=True):
    """One use of a preset: its name, where it is said, and what is changed."""

    name: str
    at: Span
    whole: Span
    bypass: Entry | None = None
    changes: Mapping[str, Entry] = {}


class Presets:
    """The presets of an album, and what the insert lists that use them are when written out.

    `definitions` is what stands under `presets:`, with files read; None for one that could not
    be read, and for all of them where there is no telling which there are. Mistakes collect on
    `problems`; the lists that lack an insert for one of them are `lost`.
    """

    def __init__(
        self,
        definitions: Mapping[str, Entry | None] | None,
        processors: Mapping[str, type[Processor]],
    ) -> None:
        self.problems: list[Problem] = []
        self.lost: set[Path] = set()
        self._definitions = definitions
        self._processors = processors
        self._parts = 0
        self._uses: dict[Path, _Use] = {}
        self._written: dict[str, Inserts | None] = {}
        for name in self._bottom_up():
            self._written[name] = self._whole(name)

    def write_out(self, items: Inserts, path: Path) -> list[tuple[int, Node]]:
        """An insert list without presets; each item with the number of the one it is from."""
        out: list[tuple[int, Node]] = []
        for number, item in enumerate(items):
            if not _is_use(item):
                out.append((number, item))
                continue
            inserts = self._told(item)
            if inserts is None:
                self.lost.add(path)
                continue
            use = _use(item)
            self._uses |= {(*path, len(out) + k): use for k in range(len(inserts))}
            out += [(number, each) for each in inserts]
        return out

    def read(self, reader: Reader) -> dict[str, tuple[Processor, ...]]:
        """The presets themselves; mistakes in one are told here, and at no use of it."""
        read = {}
        for name, entry in (self._definitions or {}).items():
            if entry is None:
                continue
            before = len(reader.problems)
            value = reader.read(entry.node, LIST, ("presets", name), key=entry.key_span)
            told = [each for each in reader.problems[before:] if self.home(each) in (name, None)]
            reader.problems[before:] = told
            if value is not BROKEN:
                read[name] = value
        return read

    def home(self, problem: Problem) -> str | None:
        """The preset that the place of a problem is written in."""
        return next((name for name, whole in self._spans() if _within(problem.at, whole)), None)

    def seen_from_uses(self, places: Places) -> Places:
        """Places in which what a preset says stands at its use: there it does not fit."""
        return _AtUses(places, self._uses)

    def _spans(self) -> Iterator[tuple[str, Span]]:
        for name, entry in (self._definitions or {}).items():
            if entry is not None:
                yield name, entry.node.span

    def _items(self, name: str) -> Inserts | None:
        """What a preset is written as; None where that is no list."""
        entry = (self._definitions or {}).get(name)
        if entry is None:
            return None
        if isinstance(entry.node, Scalar) and entry.node.value is None:
            return ()
        return entry.node.items if isinstance(entry.node, Items) else None

    def _bottom_up(self) -> Iterator[str]:
        """The presets that are in no circle, each after those it uses."""
        uses = {
            name: [each for each in map(_use_or_none, self._items(name) or ()) if each is not None]
            for name in self._definitions or {}
        }
        graph = {
            name: dict.fromkeys(use.name for use in each if use.name in uses)
            for name, each in uses.items()
        }
        while True:
            try:
                yield from TopologicalSorter(graph).static_order()
            except CycleError as error:
                circle: list[str] = error.args[1][::-1]
                self.problems.append(_circle(circle, uses[circle[0]]))
                for name in circle:
                    graph[name] = {}
                    self._written[name] = None
            else:
                return

    def _whole(self, name: str) -> Inserts | None:
        """A preset with those that it uses written out; None where one of them cannot be."""
        items = self._items(name)
        if items is None or name in self._written:
            return None
        whole: list[Node] = []
        for item in items:
            inserts = self._told(item) if _is_use(item) else (item,)
            if inserts is None:
                return None
            whole += inserts
        return tuple(whole)

    def _told(self, item: Node) -> Inserts | None:
        """The inserts that a use stands for; None when its problems are told."""
        try:
            return self._counted(self._of(_use(item)), item.span)
        except ProblemError as error:
            self.problems += error.problems
            return None

    def _of(self, use: _Use) -> Inserts | None:
        if self._definitions is not None and use.name not in self._definitions:
            raise ProblemError([_unknown(use, self._definitions)])
        inserts = self._written.get(use.name)
        if inserts is None:
            return None
        inserts = overridden(inserts, use.changes, preset=use.name, processors=self._processors)
        return inserts if use.bypass is None else bypassed(inserts, use.bypass, self._processors)

    def _counted(self, inserts: Inserts | None, at: Span) -> Inserts | None:
        """The inserts, while all that was written out is no more than a manifest ever needs."""
        if inserts is None or self._parts > MAX_PARTS:
            return None
        self._parts += sum(_parts(each) for each in inserts)
        if self._parts > MAX_PARTS:
            raise ProblemError([_bomb(at)])
        return inserts


class _AtUses(Places):
    """Where the parts of an album stand, those from presets at the use that they came by."""

    def __init__(self, places: Places, uses: Mapping[Path, _Use]) -> None:
        super().__init__()
        self._true = places
        self._uses = uses

    def of(self, *path: str | int) -> Span | None:
        """The value at `path`; what was changed at a use stands there itself."""
        return self._moved(path, self._true.of(*path))

    def has(self, *path: str | int) -> bool:
        """Whether that part itself was read."""
        return self._true.has(*path)

    def key_of(self, *path: str | int) -> Span | None:
        """The key at `path`, as `of` gives the value."""
        return self._moved(path, self._true.key_of(*path))

    def _moved(self, path: Path, at: Span | None) -> Span | None:
        around = (path[:length] for length in range(len(path) + 1))
        use = next((self._uses[each] for each in around if each in self._uses), None)
        return at if use is None or _within(at, use.whole) else use.at


def _is_use(item: Node) -> bool:
    return isinstance(item, Fields) and PRESET in item.entries


def _use(item: Node) -> _Use:
    """What an item `preset: …` says: a name, or a mapping with it; what differs beside or in it.

    Raises: ProblemError, where it says no name.
    """
    assert isinstance(item, Fields), "an item that uses a preset"
    entry = item.entries[PRESET]
    given = entry.node
    rest = {key: each for key, each in item.entries.items() if key != PRESET}
    if isinstance(given, Fields):
        rest |= given.entries
        if "name" not in rest:
            raise ProblemError(
                [missing_key("name", entry.key_span, owner=f"`{PRESET}`", hint=NAME)]
            )
        given = rest.pop("name").node
    if not isinstance(given, Scalar) or given.value is None:
        raise ProblemError([wrong_type(given, (PRESET,), WANTED[PRESET])])
    bypass = rest.pop("bypass", None)
    return _Use(name=given.text, at=given.span, whole=item.span, bypass=bypass, changes=rest)


def _use_or_none(item: Node) -> _Use | None:
    try:
        return _use(item) if _is_use(item) else None
    except ProblemError:
        return None  # told when it is written out


def _within(at: Span | None, whole: Span) -> bool:
    return (
        at is not None
        and at.source.name == whole.source.name
        and (whole.line, whole.column) <= (at.line, at.column)
        and (at.end_line, at.end_column) <= (whole.end_line, whole.end_column)
    )


def _parts(node: Node) -> int:
    """How many nodes there are in it, itself counted."""
    count, open_ = 0, [node]
    while open_:
        part = open_.pop()
        count += 1
        if isinstance(part, Items):
            open_ += part.items
        elif isinstance(part, Fields):
            open_ += [entry.node for entry in part.entries.values()]
    return count


def _unknown(use: _Use, known: Mapping[str, Entry | None]) -> Problem:
    """A use of a preset that album.yaml does not have."""
    return Problem(
        slug="unknown-preset",
        at=use.at,
        what=f"there is no preset `{use.name}`",
        why="presets stand under `presets:` of album.yaml",
        fix=did_you_mean(use.name, known) if known else f"add `{use.name}: […]` there",
    )


def _circle(circle: list[str], uses: list[_Use]) -> Problem:
    """Presets that hold each other."""
    way = " → ".join(f"`{name}`" for name in circle)
    return Problem(
        slug="preset-circle",
        at=next(use.at for use in uses if use.name == circle[1]),
        what=f"preset `{circle[0]}` would stand inside of itself: {way}",
        why="a preset is the inserts that it stands for, written out",
        fix="take one of these uses out",
    )


def _bomb(at: Span) -> Problem:
    """Presets of presets, which grow without end when they are written out."""
    return Problem(
        slug="preset-bomb",
        at=at,
        what=f"the presets stand for more than {MAX_PARTS:,} parts",
        why="presets of presets multiply",
        fix="use fewer presets inside of presets",
    )
