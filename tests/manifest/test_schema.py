"""Schemas for editors: kept in step, and of one mind with the reader."""

import json
from pathlib import Path

import jsonschema
import pytest

from albumbuild.formats.document import parse_document
from albumbuild.manifest.schema import schema_text
from albumbuild.model.node import Fields, Items, Node

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "schemas"
MISTAKES = HERE.parent / "problems"
KINDS = ("unknown-key", "unknown-choice", "wrong-type", "out-of-range", "missing-key")


def plain(node: Node):
    """The node as JSON has it."""
    if isinstance(node, Fields):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return node.value


def validator(which: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema_text(which)))


def document(path: Path):
    return plain(parse_document(path.read_bytes(), path.name))


@pytest.mark.parametrize("which", ["album", "song"])
def test_the_schema_on_disk_is_the_one_that_records_give(which):
    kept = (FOLDER / f"{which}.schema.json").read_text()
    assert kept == schema_text(which), f"albumbuild schema {which} > schemas/{which}.schema.json"


@pytest.mark.parametrize("which", ["album", "song"])
def test_a_schema_is_one(which):
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text(which)))


@pytest.mark.parametrize(("which", "name"), [("album", "album.yaml"), ("song", "tide.yaml")])
def test_the_manifest_of_the_manual_fits_its_schema(which, name):
    errors = list(validator(which).iter_errors(document(HERE / "contract" / name)))
    assert not errors


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ("vocal-chain", True),
        ({"name": "vocal-chain", "bypass": True}, True),
        ({"name": "vocal-chain", "squash": {"ratio": 3}, "convolution": {"mix_pct": 20}}, True),
        ({"name": "vocal-chain", "eq": [{"type": "notch", "freq_hz": 50}]}, True),
        ({"name": "vocal-chain", "compressor": {"ratio": 0}}, False),
        ({"name": "vocal-chain", "squash": 3}, False),
        ({"squash": {"ratio": 3}}, False),
    ],
)
def test_an_editor_knows_the_use_of_a_preset(change, fits):
    album = document(HERE / "contract/album.yaml")
    album["presets"] = {"vocal-chain": [{"compressor": {}}], "room": "presets/room.yaml"}
    album["master"]["inserts"] = [{"preset": change}]
    assert validator("album").is_valid(album) == fits
    if isinstance(change, dict) and "name" in change:
        rest = {key: value for key, value in change.items() if key != "name"}
        album["master"]["inserts"] = [{"preset": change["name"], **rest}]
        assert validator("album").is_valid(album) == fits


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(MISTAKES.glob("*.yaml")) if path.stem.startswith(KINDS)],
    ids=lambda path: path.stem,
)
def test_an_editor_sees_what_the_reader_refuses(path):
    assert not validator("album").is_valid(document(path))


def test_every_setting_has_a_line_for_its_user():
    def lines(schema, path):
        for key, part in schema.get("properties", {}).items():
            assert part.get("description") or "$ref" in part or "anyOf" in part, (*path, key)

    whole = json.loads(schema_text("album"))
    lines(whole, ())
    for name, part in whole["$defs"].items():
        for each in (part, *part.get("anyOf", ())):
            lines(each, (name,))
