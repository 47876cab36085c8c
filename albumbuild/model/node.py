"""A document as a tree whose every part knows its place in the text."""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from albumbuild.model.problem import Span


class Scalar(msgspec.Struct, frozen=True):
    """A value without parts; `text` is how the user spelled it."""

    value: bool | int | float | str | None
    text: str
    span: Span


class Items(msgspec.Struct, frozen=True):
    """A list of nodes."""

    items: tuple["Node", ...]
    span: Span


class Entry(msgspec.Struct, frozen=True):
    """One key of a mapping: where the key stands, and its value."""

    key_span: Span
    node: "Node"


class Fields(msgspec.Struct, frozen=True):
    """A mapping of string keys, in the order of the document."""

    entries: dict[str, Entry]
    span: Span


Node: TypeAlias = Scalar | Items | Fields


class Places:
    """Where each part of what was read stands: a path of keys and indexes → its span."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str | int, ...], Span] = {}
        self._values: dict[tuple[str | int, ...], Span] = {}

    def add(self, path: tuple[str | int, ...], *, key: Span | None, value: Span) -> None:
        """Note the place of one part."""
        if key is not None:
            self._keys[path] = key
        self._values[path] = value

    def of(self, *path: str | int) -> Span | None:
        """The value at `path`, else the nearest part around it that has a place."""
        return next((self._values[part] for part in _outwards(path) if part in self._values), None)

    def has(self, *path: str | int) -> bool:
        """Whether that part itself was read."""
        return path in self._values

    def key_of(self, *path: str | int) -> Span | None:
        """The key at `path`, else the nearest place around it."""
        return self._keys.get(path) or self.of(*path)


def _outwards(path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    for length in range(len(path), -1, -1):
        yield path[:length]
