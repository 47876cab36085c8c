"""Nodes → records: one walk along the type hints that finds every mistake at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from albumbuild.manifest import spelling
from albumbuild.manifest.hints import Hint, Setting, hint_of, settings_of
from albumbuild.manifest.wording import (
    PRESET,
    UNSEEN,
    WANTED,
    Path,
    label,
    missing_key,
    not_a_word,
    not_one_line,
    unknown_choice,
    unknown_key,
    unknown_processor,
    unquoted_digits,
    wrong_form,
    wrong_type,
)
from albumbuild.model.check import SUBJECTS, Check
from albumbuild.model.deliverable import Deliverable
from albumbuild.model.device import Processor
from albumbuild.model.node import Entry, Fields, Items, Node, Places, Scalar
from albumbuild.model.problem import Problem, ProblemError, Span, did_you_mean
from albumbuild.model.profile import Evidence, Profile
from albumbuild.model.time import Position

BROKEN: Final = object()
"""What a part is read as when its problem has been told."""

Resolve = Callable[[Scalar, Path], str]
WriteOut = Callable[[tuple[Node, ...], Path], list[tuple[int, Node]]]
"""The items of an insert list without presets, each with the number of the one it is from."""


class Reader:
    """Reads records; problems, places and broken parts collect on it."""

    def __init__(
        self,
        *,
        processors: Mapping[str, type[Processor]],
        deliverables: Mapping[str, type[Deliverable]],
        resolve: Resolve,
        stand_ins: Mapping[type[msgspec.Struct], Mapping[str, Any]] | None = None,
        write_out: WriteOut | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.places = Places()
        self.broken: set[Path] = set()
        self._processors = processors
        self._deliverables = deliverables
        self._resolve = resolve
        self._stand_ins = stand_ins or {}
        self._write_out = write_out or (lambda items, _path: [*enumerate(items)])
        self._spelled: dict[Path, Path] = {}

    def read(self, node: Node, hint: Hint, path: Path, *, key: Span | None = None) -> Any:
        """What `node` says, as the type of `hint`; `BROKEN` once its problems are told."""
        self.places.add(path, key=key, value=node.span)
        if hint.optional and isinstance(node, Scalar) and node.value is None:
            return None
        try:
            if hint.words and isinstance(node, Scalar):
                return _word(node, path, hint)
            return self._known(node, hint, path)
        except ProblemError as error:
            self.problems += error.problems
            return BROKEN

    def _known(self, node: Node, hint: Hint, path: Path) -> Any:
        kind = hint.kind
        if kind == "record":
            return self._by_type(node, hint, path)
        if kind == "list":
            return self._list(node, hint, path)
        if kind == "map":
            return self._map(node, hint, path)
        if kind == "automation":
            return self._automation(node, path)
        if kind == "check":
            return self._check(node, path)
        return self._leaf(node, hint, path)

    def _leaf(self, node: Node, hint: Hint, path: Path) -> Any:
        if hint.kind == "float":
            return spelling.number(node, path, hint=hint)
        if hint.kind in ("level", "pan"):
            return getattr(spelling, hint.kind)(node, path, hint)
        if not isinstance(node, Scalar) or node.value is None:
            wanted = WANTED.get(hint.kind, "one value")
            raise ProblemError([wrong_type(node, path, wanted, hint)])
        if hint.kind == "int":
            return _whole(node, path, hint)
        if hint.kind == "bool":
            return _truth(node, path)
        if hint.kind == "choice":
            return _choice(node, path, hint)
        text = _text(node, path, hint)
        return self._resolve(node, path) if hint.kind == "path" else text

    def _list(self, node: Node, hint: Hint, path: Path) -> Any:
        if isinstance(node, Scalar) and node.value is None:
            return ()
        if not isinstance(node, Items):
            raise ProblemError([wrong_type(node, path, WANTED["list"])])
        item = hint.item
        items = node.items
        if item.core is Processor:
            written = self._write_out(items, path)
            items = tuple(part for _, part in written)
            numbers = enumerate(number for number, _ in written)
            self._spelled |= {(*path, at): (*path, number) for at, number in numbers}
        read = [self.read(part, item, (*path, at)) for at, part in enumerate(items)]
        if BROKEN in read:
            self.broken.add(path)
            return BROKEN
        return tuple(read)

    def _map(self, node: Node, hint: Hint, path: Path) -> Any:
        fields = _fields(node, path)
        item = hint.item
        read = {
            key: self.read(entry.node, item, (*path, key), key=entry.key_span)
            for key, entry in fields.entries.items()
        }
        self.broken |= {(*path, key) for key, value in read.items() if value is BROKEN}
        return {key: value for key, value in read.items() if value is not BROKEN}

    def _by_type(self, node: Node, hint: Hint, path: Path) -> Any:
        if hint.core is Processor:
            return self._insert(node, path)
        if hint.core is Deliverable:
            return self._deliverable(node, path)
        if hint.core is Position:
            return spelling.position(node, path)
        if hint.core is Profile:
            return self._profile(node, path)
        return self.record(node, hint.core, path)

    def record(
        self, node: Node, record: type[msgspec.Struct], path: Path, *, owner: str = ""
    ) -> Any:
        """A record from a mapping, or from the one value that its shorthand stands for."""
        spelled = self._spelled.get(path, path)
        fields = _fields(node, spelled, shorthand=getattr(record, "shorthand", None))
        owner = owner or label(path)
        settings = settings_of(record)
        values: dict[str, Any] = dict(self._stand_ins.get(record, {}))
        for key, entry in fields.entries.items():
            setting = settings.get(key)
            if setting is None:
                self.problems.append(unknown_key(key, entry.key_span, known=settings, owner=owner))
                continue
            value = self._setting(entry, setting, (*path, key))
            if value is not BROKEN:
                values[setting.name] = value
        for key, setting in settings.items():
            if setting.required and key not in fields.entries:
                self.broken.add((*path, key))
                at = self.places.key_of(*path) or fields.span
                self.problems.append(missing_key(key, at, owner=owner, hint=setting.hint))
        lacking = (each.name not in values for each in settings.values() if each.required)
        return BROKEN if any(lacking) else record(**values)

    def _setting(self, entry: Entry, setting: Setting, path: Path) -> Any:
        hint = setting.hint
        empty = isinstance(entry.node, Scalar) and entry.node.value is None
        if empty and hint.kind == "record" and not setting.required:
            self.places.add(path, key=entry.key_span, value=entry.node.span)
            return setting.default
        value = self.read(entry.node, hint, path, key=entry.key_span)
        if value is BROKEN:
            self.broken.add(path)
        return value

    def _insert(self, node: Node, path: Path) -> Any:
        known = self._processors
        if not isinstance(node, Fields) or len(node.entries) != 1:
            raise ProblemError([_not_one_device(node, self._spelled.get(path, path), known)])
        ((name, entry),) = node.entries.items()
        device = self._device(name, entry.key_span)
        if device is None:
            raise ProblemError([unknown_processor(name, entry.key_span, known=[*known, PRESET])])
        self.places.add(path, key=entry.key_span, value=entry.node.span)
        try:
            return self.record(entry.node, device, path, owner=f"`{name}`")
        except (TypeError, ValueError) as error:
            if not device.package:
                raise
            raise ProblemError([_refused(device, entry.key_span, str(error))]) from error

    def _device(self, name: str, at: Span) -> type[Processor] | None:
        try:
            return self._processors.get(name)
        except ProblemError as error:
            problems = (msgspec.structs.replace(each, at=at) for each in error.problems)
            raise ProblemError(problems) from error

    def _deliverable(self, node: Node, path: Path) -> Any:
        fields = _fields(node, path)
        known = self._deliverables
        entry = fields.entries.get("type")
        if entry is None:
            hint = Hint(core=str, description=f"one of {', '.join(known)}")
            at = self.places.key_of(*path)
            raise ProblemError([missing_key("type", at, owner=label(path), hint=hint)])
        self.places.add((*path, "type"), key=entry.key_span, value=entry.node.span)
        name = entry.node.value if isinstance(entry.node, Scalar) else None
        kind = known.get(str(name))
        if kind is None:
            what = f"unknown type of deliverable `{name}`"
            fix = did_you_mean(str(name), known)
            at = entry.node.span
            raise ProblemError([Problem(slug="unknown-deliverable", at=at, what=what, fix=fix)])
        rest = {key: part for key, part in fields.entries.items() if key != "type"}
        return self.record(Fields(rest, fields.span), kind, path, owner=f"`type: {name}`")

    def _automation(self, node: Node, path: Path) -> Any:
        curves = {}
        for key, entry in _fields(node, path).entries.items():
            place = (*path, key)
            self.places.add(place, key=entry.key_span, value=entry.node.span)
            try:
                curves[key] = spelling.automation(entry.node, place, key.partition(".")[0])
                self._note_points(entry.node, place)
            except ProblemError as error:
                self.problems += error.problems
        return curves

    def _note_points(self, node: Node, path: Path) -> None:
        for index, point in enumerate(node.items if isinstance(node, Items) else ()):
            for part, value in enumerate(point.items if isinstance(point, Items) else ()):
                self.places.add((*path, index, part), key=None, value=value.span)

    def _check(self, node: Node, path: Path) -> Check:
        fields = _fields(node, path)
        subjects = [key for key in fields.entries if key in SUBJECTS]
        if len(subjects) != 1:
            what = f"{label(path)} names {'two subjects' if subjects else 'no subject'}"
            fix = "begin it with one of `song`, `master`, `deliverable`"
            raise ProblemError([Problem(slug="check-subject", at=node.span, what=what, fix=fix)])
        figures = {key: each.node for key, each in fields.entries.items() if key not in subjects}
        unknown = [spelling.figure_problem(key, fields) for key in figures]
        self.problems += [problem for problem in unknown if problem]
        if not figures:
            what = f"{label(path)} asks for nothing"
            fix = 'add what must hold, such as `true_peak_dbtp: "<= -1"`'
            raise ProblemError([Problem(slug="check-of-nothing", at=node.span, what=what, fix=fix)])
        for key in figures:
            entry = fields.entries[key]
            self.places.add((*path, key), key=entry.key_span, value=entry.node.span)
        kind: Any = subjects[0]
        name = self.read(fields.entries[kind].node, hint_of(str), (*path, kind))
        assertions = tuple(
            spelling.assertion(key, part, (*path, key)) for key, part in figures.items()
        )
        return Check(kind=kind, name=str(name), assertions=assertions)

    def _profile(self, node: Node, path: Path) -> Any:
        """A profile whose values may stand in a mapping with their evidence."""
        values: dict[str, Entry] = {}
        evidence: dict[str, Evidence] = {}
        for key, entry in _fields(node, path).entries.items():
            parts = entry.node.entries if isinstance(entry.node, Fields) else {}
            values[key] = parts.get("value", entry)
            if "value" in parts:
                rest = {name: part for name, part in parts.items() if name != "value"}
                proof = Fields(rest, entry.node.span)
                evidence[key] = self.record(proof, Evidence, (*path, key))
        record = self.record(Fields(values, node.span), Profile, path)
        return record if record is BROKEN else msgspec.structs.replace(record, evidence=evidence)


def _fields(node: Node, path: Path, *, shorthand: str | None = None) -> Fields:
    if isinstance(node, Fields):
        return node
    if isinstance(node, Scalar) and node.value is None:
        return Fields({}, node.span)
    if shorthand is None:
        raise ProblemError([wrong_type(node, path, WANTED["map"])])
    return Fields({shorthand: Entry(node.span, node)}, node.span)


def _whole(node: Scalar, path: Path, hint: Hint) -> int:
    value = spelling.number(node, path, hint=hint, wanted=WANTED["int"])
    if value != int(value):
        raise ProblemError([wrong_type(node, path, WANTED["int"], hint)])
    return int(value)


def _truth(node: Scalar, path: Path) -> bool:
    if not isinstance(node.value, bool):
        raise ProblemError([wrong_type(node, path, WANTED["bool"])])
    return node.value


def _choice(node: Scalar, path: Path, hint: Hint) -> Any:
    same = [each for each in hint.choices if each == node.value and type(each) is type(node.value)]
    if not same:
        raise ProblemError([unknown_choice(node, path, hint.choices)])
    return same[0]


def _word(node: Scalar, path: Path, hint: Hint) -> Any:
    """A word in place of a mapping or a list."""
    if node.value not in hint.words:
        raise ProblemError([not_a_word(node, path, hint)])
    return node.value


def _text(node: Scalar, path: Path, hint: Hint) -> str:
    if isinstance(node.value, bool):
        raise ProblemError([wrong_type(node, path, WANTED["str"])])
    if hint.kind == "digits" and not isinstance(node.value, str):
        raise ProblemError([unquoted_digits(node, path)])
    text = node.value if isinstance(node.value, str) else node.text
    if hint.pattern and not re.fullmatch(hint.pattern, text):
        raise ProblemError([wrong_form(node, path, hint)])
    if hint.kind != "path" and (unseen := UNSEEN.search(text)) is not None:
        raise ProblemError([not_one_line(node, path, unseen[0])])
    return text


def _refused(device: type[Processor], at: Span, why: str) -> Problem:
    """A package looks at the settings of its device, and does not want these together."""
    return Problem(
        slug="refused-settings",
        at=at,
        what=f"`{device.name}` of {device.package} does not take these settings",
        why=why,
        fix=f"`albumbuild processors {device.name}` explains them",
    )


def _not_one_device(node: Node, path: Path, known: Mapping[str, Any]) -> Problem:
    if isinstance(node, Fields):
        names = ", ".join(f"`{name}`" for name in node.entries) or "none"
        what = f"{label(path)} is one device, and here are {names}"
        fix = "give each device an item of its own, begun by `-`"
    else:
        what = f"{label(path)} is not a device with its settings"
        named = isinstance(node, Scalar) and node.value in known
        fix = f"write `{node.value}: {{}}`" if named and isinstance(node, Scalar) else ""
    return Problem(slug="not-one-processor", at=node.span, what=what, fix=fix)
