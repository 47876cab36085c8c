"""The recipe of a step as text: its hash is the key, the difference of two is the reason."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

import msgspec
from blake3 import blake3

from albumbuild.engine.action import Action

_PLAIN_KEY = re.compile(r"[\w/:+@-]+")
ABSENT = "absent"


def recipe(action: Action, needs: Mapping[str, str], sources: Mapping[str, str]) -> str:
    """All that can be heard in a step's result, one `path = value` a line.

    `needs` and `sources` give each role its content digest. Equal numbers are spelled
    alike whatever their type; mappings are sorted by key, lists keep their order; a
    record's fields that it calls `unheard` are left out.

    Raises:
        TypeError: a field holds what has no canonical spelling, such as a path.
    """
    lines = [f"@kind = {action.kind}", f"@version = {action.version}"]
    lines += [f"@library.{name} = {library_version(name)}" for name in sorted(action.libraries)]
    lines += [f"@need.{_key(role)} = {needs[role]}" for role in sorted(needs)]
    lines += [f"@source.{_key(role)} = {sources[role]}" for role in sorted(sources)]
    lines += [f"{path} = {value}" for path, value in _fields("", action)]
    return "".join(f"{line}\n" for line in lines)


def key_of(text: str) -> str:
    """The key of a recipe: BLAKE3 in hex."""
    return blake3(text.encode()).hexdigest()


def leaves(text: str) -> dict[str, str]:
    """A recipe's values by path, in its order."""
    lines = text.removesuffix("\n").split("\n") if text else []
    pairs = (line.partition(" = ") for line in lines)
    return {path: value for path, _, value in pairs}


def changes(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    """Each path whose value differs, with both values; `absent` where one recipe lacks it."""
    before, after = leaves(old), leaves(new)
    for path in [*before, *(path for path in after if path not in before)]:
        was, now = before.get(path, ABSENT), after.get(path, ABSENT)
        if was != now:
            yield path, was, now


def differences(old: str, new: str, *, but: str | None = None) -> list[str]:
    """`path: old → new` for each value that differs between two recipes and is not `but` now."""
    return [f"{path}: {was} → {now}" for path, was, now in changes(old, new) if now != but]


@cache
def library_version(name: str) -> str:
    """The installed version of a package, or `absent`."""
    try:
        return installed_version(name)
    except PackageNotFoundError:
        return ABSENT


def _values(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The leaves under `path`, which is never empty."""
    if isinstance(value, msgspec.Struct):
        yield path, _label(type(value))
        yield from _fields(f"{path}.", value)
    elif isinstance(value, Mapping):
        if not value:
            yield path, "{}"
        for name, key in sorted((_key(str(key)), key) for key in value):
            yield from _values(f"{path}.{name}", value[key])
    elif isinstance(value, list | tuple):
        if not value:
            yield path, "[]"
        for index, each in enumerate(value):
            yield from _values(f"{path}[{index}]", each)
    elif isinstance(value, set | frozenset):
        yield path, "{" + ", ".join(sorted(_leaf(each) for each in value)) + "}"
    else:
        yield path, _leaf(value)


def _fields(prefix: str, record: msgspec.Struct) -> Iterator[tuple[str, str]]:
    silent = _unheard(type(record))
    for field in record.__struct_fields__:
        if field not in silent:
            yield from _values(prefix + field, getattr(record, field))


@cache
def _unheard(record: type[msgspec.Struct]) -> frozenset[str]:
    parts = (vars(base).get("unheard", frozenset()) for base in record.__mro__)
    return frozenset().union(*parts)


@cache
def _label(record: type[msgspec.Struct]) -> str:
    """What tells this record from another with the same fields: name, version, package."""
    names = (getattr(record, attribute, None) for attribute in ("kind", "name", "type"))
    tag = record.__struct_config__.tag
    label = next((name for name in (*names, tag) if isinstance(name, str)), "record")
    version = getattr(record, "version", None)
    package = getattr(record, "package", None)
    label = f"{label} version {version}" if isinstance(version, int) else label
    return f"{label} of {package}" if isinstance(package, str) and package else label


def _key(key: str) -> str:
    """A key as a part of a path: as it is, or quoted so that no two paths read alike."""
    if _PLAIN_KEY.fullmatch(key):
        return key
    return json.dumps(key).replace("=", "\\u003d")


def _leaf(value: Any) -> str:
    if isinstance(value, Enum):
        return _leaf(value.value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=not value.isprintable())
    if isinstance(value, bytes):
        return f"bytes {blake3(value).hexdigest()}"
    raise TypeError(f"{type(value).__name__} has no place in a recipe")
