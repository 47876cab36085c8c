"""What one use of a preset changes: settings of its inserts, by `id` or by the device's name."""

from collections.abc import Iterator, Mapping

import msgspec

from albumbuild.manifest.hints import Hint, settings_of
from albumbuild.manifest.wording import WANTED, wrong_type
from albumbuild.model.device import Processor
from albumbuild.model.node import Entry, Fields, Items, Node, Scalar
from albumbuild.model.problem import Problem, ProblemError, did_you_mean

Inserts = tuple[Node, ...]
Record = type[msgspec.Struct] | None
Target = tuple[int, tuple[str, int] | None]
"""An insert by its number, or the band of it that stands in a list of that name."""


def overridden(
    inserts: Inserts,
    changes: Mapping[str, Entry],
    *,
    preset: str,
    processors: Mapping[str, type[Processor]],
) -> Inserts:
    """The inserts of a preset with those settings changed.

    A key is the `id` of an insert or of a band, else the name of a device that stands there
    once. A mapping changes the keys that it gives; any other value takes the old one's place.

    Raises: ProblemError, with every key that means no insert, or more than one.
    """
    problems: list[Problem] = []
    now = inserts
    for key, change in changes.items():
        targets = [*_named(now, key, processors)]
        if len(targets) > 1:
            problems.append(_unclear(key, change, preset))
        elif not targets and all(map(_device, now)):  # else it may mean the one that is broken
            problems.append(_unknown(key, change, preset, _names(now, processors)))
        elif targets and _settings(change.node, now, targets[0], processors) is None:
            problems.append(wrong_type(change.node, (key,), WANTED["map"]))
        elif targets:
            now = _changed(now, targets[0], change.node, processors)
    if problems:
        raise ProblemError(problems)
    return now


def bypassed(inserts: Inserts, bypass: Entry, processors: Mapping[str, type[Processor]]) -> Inserts:
    """The inserts of a preset, all of them left out where `bypass` is true.

    Raises: ProblemError, where it is no truth value.
    """
    node = bypass.node
    if not isinstance(node, Scalar) or not isinstance(node.value, bool):
        raise ProblemError([wrong_type(node, ("bypass",), WANTED["bool"])])
    if not node.value:
        return inserts
    out = Fields({"bypass": bypass}, node.span)
    return tuple(
        _changed((each,), (0, None), out, processors)[0] if _device(each) else each
        for each in inserts
    )


def _device(insert: Node) -> tuple[str, Entry] | None:
    """The name of a device and its settings; None where that is not what stands there."""
    if not isinstance(insert, Fields) or len(insert.entries) != 1:
        return None
    return next(iter(insert.entries.items()))


def _named(
    inserts: Inserts, key: str, processors: Mapping[str, type[Processor]]
) -> Iterator[Target]:
    """What a key may mean: inserts and bands of that id; without one, devices of that name."""
    ids = [target for name, target in _ids(inserts, processors) if name == key]
    yield from ids
    if not ids:
        devices = ((number, _device(each)) for number, each in enumerate(inserts))
        yield from ((number, None) for number, device in devices if device and device[0] == key)


def _ids(
    inserts: Inserts, processors: Mapping[str, type[Processor]]
) -> Iterator[tuple[str, Target]]:
    for number, insert in enumerate(inserts):
        device = _device(insert)
        if device is None:
            continue
        settings = _opened(device[1].node, processors.get(device[0]))
        entries = settings.entries if settings is not None else {}
        yield from ((name, (number, None)) for name in _id(settings))
        for field, entry in entries.items():
            parts = entry.node.items if isinstance(entry.node, Items) else ()
            for index, part in enumerate(parts):
                yield from ((name, (number, (field, index))) for name in _id(part))


def _id(node: Node | None) -> Iterator[str]:
    entry = node.entries.get("id") if isinstance(node, Fields) else None
    if entry is not None and isinstance(entry.node, Scalar) and entry.node.value is not None:
        yield entry.node.text


def _names(inserts: Inserts, processors: Mapping[str, type[Processor]]) -> list[str]:
    """All that a key can mean."""
    devices = [device[0] for device in map(_device, inserts) if device]
    ids = [name for name, _ in _ids(inserts, processors)]
    return [*ids, *(name for name in devices if devices.count(name) == 1)]


def _changed(
    inserts: Inserts, target: Target, change: Node, processors: Mapping[str, type[Processor]]
) -> Inserts:
    number, band = target
    name, entry = _device_at(inserts, number)
    record = processors.get(name)
    if band is None:
        settings = _merged(entry.node, change, record)
    else:
        whole = _opened(entry.node, record)
        assert whole is not None, "a band was found in it"
        settings = _with_band(whole, band, change, record)
    insert = Fields({name: Entry(entry.key_span, settings)}, inserts[number].span)
    return (*inserts[:number], insert, *inserts[number + 1 :])


def _settings(
    change: Node, inserts: Inserts, target: Target, processors: Mapping[str, type[Processor]]
) -> Fields | None:
    """The change as a mapping, from the shorthand of its device too."""
    number, band = target
    record: Record = processors.get(_device_at(inserts, number)[0])
    return _opened(change, record if band is None else _band_of(record, band[0]))


def _device_at(inserts: Inserts, number: int) -> tuple[str, Entry]:
    device = _device(inserts[number])
    assert device is not None, "a target is a device"
    return device


def _with_band(settings: Fields, band: tuple[str, int], change: Node, record: Record) -> Fields:
    field, index = band
    entry = settings.entries[field]
    assert isinstance(entry.node, Items), "a band is one of a list"
    parts = [*entry.node.items]
    parts[index] = _merged(parts[index], change, _band_of(record, field))
    items = Items(tuple(parts), entry.node.span)
    return Fields({**settings.entries, field: Entry(entry.key_span, items)}, settings.span)


def _band_of(record: Record, field: str) -> Record:
    hint = _hint(record, field)
    return _record(hint.item) if hint is not None and hint.kind == "list" else None


def _merged(node: Node, change: Node, record: Record) -> Node:
    """A mapping with the keys that another changes; whatever is no mapping is replaced."""
    old, new = _opened(node, record), _opened(change, record)
    if old is None or new is None:
        return change
    entries = dict(old.entries)
    for key, entry in new.entries.items():
        before = entries.get(key)
        if before is not None and not _is_nothing(entry.node):
            part = _merged(before.node, entry.node, _record(_hint(record, key)))
            entries[key] = Entry(entry.key_span, part)
        else:
            entries[key] = entry
    return Fields(entries, old.span)


def _opened(node: Node, record: Record) -> Fields | None:
    """The settings as a mapping, from their shorthand too; None for what is neither."""
    if isinstance(node, Fields):
        return node
    short = getattr(record, "shorthand", None)
    if _is_nothing(node):
        return Fields({}, node.span)
    return Fields({short: Entry(node.span, node)}, node.span) if short is not None else None


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _hint(record: Record, key: str) -> Hint | None:
    setting = settings_of(record).get(key) if record is not None else None
    return setting.hint if setting is not None else None


def _record(hint: Hint | None) -> Record:
    return hint.core if hint is not None and hint.kind == "record" else None


def _unknown(key: str, change: Entry, preset: str, known: list[str]) -> Problem:
    """A change of what the preset does not have."""
    return Problem(
        slug="unknown-override",
        at=change.key_span,
        what=f"preset `{preset}` has no insert `{key}`",
        why="it is the `id` of an insert or of a band, or a device that stands there once",
        fix=did_you_mean(key, known) if known else "take it out",
    )


def _unclear(key: str, change: Entry, preset: str) -> Problem:
    """A change that two inserts could take."""
    return Problem(
        slug="unclear-override",
        at=change.key_span,
        what=f"`{key}` could be more than one insert of preset `{preset}`",
        why="a change is for one of them",
        fix="give each of them an `id` of its own in the preset, and name that one here",
    )
