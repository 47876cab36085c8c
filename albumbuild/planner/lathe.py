"""Records, the lathe that cuts them, and tapes: what the house knows of them, from its data."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from albumbuild.formats.document import read_document
from albumbuild.model.lathe import Lathe, RecordSize
from albumbuild.model.node import Fields, Items, Node
from albumbuild.model.tape import TapeLength

FOLDER = Path(__file__).parent.parent / "profiles"


@cache
def record_sizes() -> dict[str, RecordSize]:
    """Each size and speed, by what a manifest calls it."""
    return msgspec.convert(_plain(_read("discs.yaml")), dict[str, RecordSize])


@cache
def house_lathe() -> Lathe:
    """The lathe that sides are predicted for; its values have their evidence beside them."""
    rows = _plain(_read("lathe.yaml"))
    return msgspec.convert({name: row["value"] for name, row in rows.items()}, Lathe)


@cache
def tape_lengths() -> dict[str, TapeLength]:
    """Each length of tape, by what a manifest calls it."""
    return msgspec.convert(_plain(_read("tapes.yaml")), dict[str, TapeLength])


def _read(name: str) -> Node:
    return read_document(FOLDER / name, f"profiles/{name}")


def _plain(node: Node) -> Any:
    """A document without its places."""
    if isinstance(node, Fields):
        return {key: _plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return node.value
