"""YAML text as a tree of nodes with places: core schema of YAML 1.2, safe against hostile files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from albumbuild.formats.text import decoded, point, read_bytes, source_of
from albumbuild.model.node import Entry, Fields, Items, Node, Scalar
from albumbuild.model.problem import Problem, ProblemError, Source, Span

MAX_DEPTH = 100
MAX_ALIASED_NODES = 100_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]{1,40}")
_OTHER_INT = re.compile(r"0o[0-7]{1,60}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NAN = (".nan", ".NaN", ".NAN")
_TAG = "tag:yaml.org,2002:"


def read_document(path: Path, name: str) -> Node:
    """The one document of the file; `name` is how messages call it.

    An empty file is an empty mapping.

    Raises: ProblemError, with every problem of the text that can be told at once.
    """
    return parse_document(read_bytes(path, name), name)


def parse_document(data: bytes, name: str) -> Node:
    """The one document in `data`, as `read_document` gives it."""
    text = decoded(data, name)
    source = source_of(name, text)
    builder = _Builder(source)
    try:
        root = builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise ProblemError([*builder.problems, _syntax(error, source)]) from error
    except yaml.YAMLError as error:
        raise ProblemError([*builder.problems, _broken(error, point(source, 1, 1))]) from error
    if builder.problems:
        raise ProblemError(builder.problems)
    return root


def scalar_value(text: str) -> bool | int | float | str | None:
    """What a plain scalar stands for in the core schema of YAML 1.2.

    `no`, `off`, `1:30` and dates are strings; `012` is twelve.

    Source: YAML 1.2.2, 10.3.2 Tag Resolution.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OTHER_INT.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text) or text in _NAN:
        return float(text.replace(".", ""))
    return text


class _Built(msgspec.Struct, frozen=True):
    """A finished part of the tree, and how large it is with every alias written out."""

    node: Node
    nodes: int = 1
    height: int = 1


class _Builder:
    """Builds nodes from the events of a parser; collects what is wrong on the way."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._anchors: dict[str, _Built | None] = {}  # None: still open
        self._aliased = 0

    def document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise ProblemError([_several_documents(self._span(event))])
                root = self._node(next(events), events, 1).node
        if root is None or (isinstance(root, Scalar) and not root.text and root.value is None):
            return Fields({}, point(self._source, 1, 1))
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Built:
        span = self._span(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), span, depth)
        if depth > MAX_DEPTH:
            raise ProblemError([_too_deep(span)])
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(self._scalar(event, span))
        elif isinstance(event, yaml.SequenceStartEvent):
            built = self._items(event, events, depth)
        else:
            built = self._fields(event, events, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = built
        return built

    def _alias(self, name: str, span: Span, depth: int) -> _Built:
        built = self._anchors.get(name)
        if built is None:
            self.problems.append(_unknown_alias(name, span, inside=name in self._anchors))
            return _Built(Scalar(None, "", span))
        self._aliased += built.nodes
        if self._aliased > MAX_ALIASED_NODES:
            raise ProblemError([*self.problems, _alias_bomb(span)])
        if depth + built.height - 1 > MAX_DEPTH:
            raise ProblemError([*self.problems, _too_deep(span)])
        return built

    def _scalar(self, event: Any, span: Span) -> Scalar:
        plain = not event.style and event.implicit[0]
        if event.tag not in (None, "!", _TAG + "str"):
            self.problems.append(_unknown_tag(event.tag, span))
        return Scalar(scalar_value(event.value) if plain else event.value, event.value, span)

    def _items(self, start: Any, events: Iterator[Any], depth: int) -> _Built:
        self._check_tag(start, "seq")
        parts: list[_Built] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            parts.append(self._node(event, events, depth + 1))
        items = tuple(part.node for part in parts)
        return _sized(Items(items, self._span(start, self._end(start, event, items[-1:]))), parts)

    def _fields(self, start: Any, events: Iterator[Any], depth: int) -> _Built:
        self._check_tag(start, "map")
        entries: dict[str, Entry] = {}
        parts: list[_Built] = []
        merge: Entry | None = None
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            is_merge = _is_merge(event)
            key = self._node(event, events, depth + 1).node
            value = self._node(next(events), events, depth + 1)
            parts.append(value)
            entry = Entry(self._span(event), value.node)
            earlier = merge if is_merge else entries.get(_key_text(key))
            if not isinstance(key, Scalar) or not (is_merge or isinstance(key.value, str)):
                self.problems.append(_key_not_text(key))
            elif earlier is not None:
                self.problems.append(_duplicate_key(key.text, entry.key_span, earlier.key_span))
            elif is_merge:
                merge = entry
            else:
                entries[key.text] = entry
        last = tuple(part.node for part in parts[-1:])
        span = self._span(start, self._end(start, event, last))
        return _sized(Fields({**self._merged(merge), **entries}, span), parts)

    def _merged(self, merge: Entry | None) -> dict[str, Entry]:
        if merge is None:
            return {}
        nodes = merge.node.items if isinstance(merge.node, Items) else (merge.node,)
        merged: dict[str, Entry] = {}
        for node in nodes:
            if isinstance(node, Fields):
                merged = {**merged, **{k: v for k, v in node.entries.items() if k not in merged}}
            else:
                self.problems.append(_bad_merge(node.span))
        return merged

    def _check_tag(self, start: Any, kind: str) -> None:
        if start.tag not in (None, "!", _TAG + kind):
            self.problems.append(_unknown_tag(start.tag, self._span(start)))

    def _span(self, event: Any, end: tuple[int, int] | None = None) -> Span:
        start_mark, end_mark = event.start_mark, event.end_mark
        end_line, end_column = end or (end_mark.line + 1, end_mark.column + 1)
        line, column = start_mark.line + 1, start_mark.column + 1
        return Span(self._source, line, column, end_line, end_column)

    def _end(self, start: Any, end: Any, last: tuple[Node, ...]) -> tuple[int, int]:
        """Where a collection ends; a block ends with its last part, not before the next key."""
        place = (end.end_mark.line + 1, end.end_mark.column + 1)
        if start.flow_style or not last or last[0].span.line < start.start_mark.line + 1:
            return place
        return min(place, (last[0].span.end_line, last[0].span.end_column))


def _is_merge(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style


def _sized(node: Node, parts: list[_Built]) -> _Built:
    nodes = 1 + sum(part.nodes for part in parts)
    return _Built(node, nodes, 1 + max((part.height for part in parts), default=0))


def _key_text(key: Node) -> str:
    return key.text if isinstance(key, Scalar) else ""


def _syntax(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    """The text breaks a rule of YAML itself."""
    mark = error.problem_mark or error.context_mark
    at = point(source, 1, 1) if mark is None else point(source, mark.line + 1, mark.column + 1)
    if "nesting depth" in str(error.problem):  # libyaml's own limit, which comes before ours
        return _too_deep(at)
    line = source.lines[at.line - 1] if at.line <= len(source.lines) else ""
    if "\t" in line[at.column - 1 : at.column] or line.startswith("\t"):
        return Problem(
            slug="tab",
            at=at,
            what="a tab stands where YAML wants spaces",
            why="YAML indents with spaces alone",
            fix="replace the tab with spaces",
        )
    return _broken(error, at)


def _broken(error: yaml.YAMLError, at: Span) -> Problem:
    """What the parser says, when there is no better word for it."""
    said = str(getattr(error, "problem", None) or error).splitlines()[0]
    return Problem(
        slug="yaml-syntax",
        at=at,
        what="this is not well-formed YAML",
        why=said,
        fix="check the indentation, brackets, quotes and colons here and just above",
    )


def _several_documents(at: Span) -> Problem:
    """A second `---` begins another document."""
    return Problem(
        slug="several-documents",
        at=at,
        what="a second document begins here",
        why="one file holds one document",
        fix="delete the `---`, or move what follows to a file of its own",
    )


def _duplicate_key(key: str, at: Span, earlier: Span) -> Problem:
    """YAML forbids it; most readers take the last one and say nothing."""
    return Problem(
        slug="duplicate-key",
        at=at,
        what=f"`{key}` is given twice",
        why=f"it stands at {earlier} already",
        fix="keep one of the two",
    )


def _key_not_text(key: Node) -> Problem:
    """A key such as `1:` or `[a]:`."""
    spelled = f"`{key.text}`" if isinstance(key, Scalar) else "a list or a mapping"
    return Problem(
        slug="key-not-text",
        at=key.span,
        what=f"{spelled} is not text, and cannot be a key",
        why="every key of a manifest is a name",
        fix=f'write `"{key.text}"`' if isinstance(key, Scalar) else "give it a name",
    )


def _unknown_alias(name: str, at: Span, *, inside: bool) -> Problem:
    """An alias without its anchor."""
    return Problem(
        slug="unknown-alias",
        at=at,
        what=f"`*{name}` stands inside of `&{name}`" if inside else f"`*{name}` has no `&{name}`",
        why="an alias repeats what was written before it",
        fix="" if inside else f"put `&{name}` before the part that is meant, above this line",
    )


def _alias_bomb(at: Span) -> Problem:
    """Aliases of aliases, which grow without end when they are written out."""
    return Problem(
        slug="alias-bomb",
        at=at,
        what=f"the aliases stand for more than {MAX_ALIASED_NODES:,} parts",
        why="aliases of aliases multiply",
        fix="repeat less by alias",
    )


def _too_deep(at: Span) -> Problem:
    """No manifest nests like that."""
    return Problem(
        slug="too-deep",
        at=at,
        what=f"more than {MAX_DEPTH} levels are nested in each other",
        fix="check the brackets and the indentation",
    )


def _unknown_tag(tag: str, at: Span) -> Problem:
    """Tags choose types in other programs; here they mean nothing."""
    return Problem(
        slug="unknown-tag",
        at=at,
        what=f"the tag `{tag.replace(_TAG, '!!')}` means nothing here",
        fix="delete the tag",
    )


def _bad_merge(at: Span) -> Problem:
    """`<<` takes a mapping, or a list of mappings."""
    return Problem(
        slug="bad-merge",
        at=at,
        what="`<<` merges mappings, and this is none",
        fix="name the anchor of a mapping, such as `<<: *drums`",
    )
