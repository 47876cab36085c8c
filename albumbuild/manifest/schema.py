"""JSON Schemas of the manifests, for editors: from the declarations that the reader goes by."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from albumbuild.manifest.hints import Hint, Setting, settings_of
from albumbuild.model.album import Album
from albumbuild.model.check import FIGURES, SUBJECTS
from albumbuild.model.deliverable import Deliverable
from albumbuild.model.device import Processor
from albumbuild.model.profile import Evidence, Profile
from albumbuild.model.song import Song
from albumbuild.model.time import Position
from albumbuild.registry import DELIVERABLES, PROCESSORS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CLOCK = r"^(\d{1,2}:)?\d{1,3}:[0-5]\d(\.\d+)?$"
PAN = r"^([LRlr]\s?(100(\.0+)?|\d{1,2}(\.\d+)?)|[Cc])$"
NAME = r"^[\w.-]{1,80}$"
ASSERTION = r"^\s*(<=|>=|==|!=|<|>)\s*\S+\s*$"


def schema_text(
    which: Literal["album", "song"], devices: Mapping[str, type[Processor]] = PROCESSORS
) -> str:
    """The schema of album.yaml, or of a song in a file of its own, as a JSON text."""
    return json.dumps(_Schemas(devices).of(which), indent=2, ensure_ascii=False) + "\n"


class _Schemas:
    """Schemas of records, each written once under `$defs`."""

    def __init__(self, devices: Mapping[str, type[Processor]]) -> None:
        self._devices = devices
        self._definitions: dict[str, Schema] = {}

    def of(self, which: Literal["album", "song"]) -> Schema:
        record = Album if which == "album" else Song
        body = self._record(record)
        if which == "album":
            body["properties"]["songs"]["additionalProperties"] = {
                "oneOf": [
                    {"type": "string", "description": "the song's own file"},
                    self._reference(Song),
                ]
            }
            inserts = body["properties"]["presets"]["additionalProperties"]
            body["properties"]["presets"]["additionalProperties"] = {
                "anyOf": [inserts, {"type": "string", "description": "a file with the list"}]
            }
        return {
            "$schema": DIALECT,
            "title": f"albumbuild: {which}",
            **body,
            "$defs": dict(sorted(self._definitions.items())),
        }

    def _value(self, hint: Hint) -> Schema:
        schema = self._plain(hint)
        if hint.words:
            schema = {"anyOf": [{"enum": list(hint.words)}, schema]}
        if hint.optional and "type" in schema and "enum" not in schema:
            types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            schema = {**schema, "type": list(dict.fromkeys([*types, "null"]))}
        if hint.description:
            unit = f" ({hint.unit})" if hint.unit else ""
            schema = {**schema, "description": hint.description + unit}
        return schema

    def _plain(self, hint: Hint) -> Schema:
        if hint.kind in _SPELLED:
            return _with_range(_SPELLED[hint.kind], hint)
        if hint.kind == "record":
            return self._reference(hint.core)
        if hint.kind == "choice":
            return {"enum": list(hint.choices)}
        if hint.kind == "list":
            return {"type": ["array", "null"], "items": self._value(hint.item)}
        if hint.kind == "map":
            names = {"pattern": NAME}
            return {
                "type": ["object", "null"],
                "propertyNames": names,
                "additionalProperties": self._value(hint.item),
            }
        if hint.pattern:
            return {"type": ["string", "number"], "pattern": f"^({hint.pattern.strip('^$')})$"}
        return _with_range(_TYPES[hint.kind], hint)

    def _reference(self, record: type[msgspec.Struct]) -> Schema:
        name = record.__name__
        if not record.__module__.startswith("albumbuild."):
            name = f"{record.__module__}.{name}"  # a package's own, whatever it calls it
        if name not in self._definitions:
            self._definitions[name] = {}
            self._definitions[name] = self._definition(record)
        return {"$ref": f"#/$defs/{name}"}

    def _definition(self, record: type[msgspec.Struct]) -> Schema:
        if record is Processor:
            return self._inserts(self._devices)
        if record is Deliverable:
            return {"oneOf": [self._medium(kind) for kind in DELIVERABLES.values()]}
        if record is Position:
            return _POSITION
        return self._record(record)

    def _record(self, record: type[msgspec.Struct]) -> Schema:
        settings = settings_of(record)
        properties = {key: self._setting(setting) for key, setting in settings.items()}
        if record is Profile:
            properties = {key: self._with_evidence(each) for key, each in properties.items()}
        required = [key for key, setting in settings.items() if setting.required]
        body: Schema = {
            "description": _caption(record),
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        if required:
            body["required"] = required
        short = getattr(record, "shorthand", None)
        return {"anyOf": [properties[short], body]} if short else body

    def _setting(self, setting: Setting) -> Schema:
        schema = self._value(setting.hint)
        default = msgspec.to_builtins(setting.default) if not setting.required else None
        if isinstance(default, str | int | float | bool):
            return {**schema, "default": default}
        return schema

    def _with_evidence(self, schema: Schema) -> Schema:
        evidence = self._record(Evidence)
        return {
            "anyOf": [
                schema,
                {
                    "type": "object",
                    "properties": {"value": schema, **evidence["properties"]},
                    "required": ["value"],
                    "additionalProperties": False,
                },
            ]
        }

    def _inserts(self, processors: Mapping[str, type[Processor]]) -> Schema:
        return {
            "description": "a device and its settings",
            "oneOf": [
                {
                    "title": name,
                    "description": _caption(device),
                    "type": "object",
                    "properties": {name: self._settings_of_device(device)},
                    "required": [name],
                    "additionalProperties": False,
                }
                for name, device in processors.items()
            ]
            + [self._use_of_a_preset(processors)],
        }

    def _use_of_a_preset(self, processors: Mapping[str, type[Processor]]) -> Schema:
        """A use changes some settings of a device, so none is required."""
        name = {"type": ["string", "number"], "description": "which of `presets:` is meant"}
        bypass = {"type": "boolean", "description": "leave all of it out", "default": False}
        changes = {device: self._changes_of(record) for device, record in processors.items()}
        any_of_them: Schema = {
            "description": "settings that differ, of the insert or band with that `id`",
            "type": ["object", "array", "null"],
        }
        return {
            "title": "preset",
            "description": "a preset of album.yaml, and what differs",
            "type": "object",
            "anyOf": [
                {
                    "properties": {"preset": name, "bypass": bypass, **changes},
                    "additionalProperties": any_of_them,
                },
                {
                    "properties": {
                        "preset": {
                            "type": "object",
                            "properties": {"name": name, "bypass": bypass, **changes},
                            "required": ["name"],
                            "additionalProperties": any_of_them,
                        }
                    },
                    "additionalProperties": False,
                },
            ],
            "required": ["preset"],
        }

    def _changes_of(self, device: type[Processor]) -> Schema:
        ways = self._record(device)
        bodies = [
            {key: part for key, part in each.items() if key != "required"}
            for each in ways.get("anyOf", [ways])
        ]
        return {"anyOf": [*bodies, {"type": "null"}]}

    def _settings_of_device(self, device: type[Processor]) -> Schema:
        schema = self._record(device)
        if any(setting.required for setting in settings_of(device).values()):
            return schema
        return {"anyOf": [schema, {"type": "null"}]}

    def _medium(self, medium: type[Deliverable]) -> Schema:
        body = self._record(medium)
        kind = {"const": medium.type, "description": "the medium"}
        return {
            **body,
            "title": medium.type,
            "properties": {"type": kind, **body["properties"]},
            "required": ["type", *body.get("required", [])],
        }


def _caption(record: type[msgspec.Struct]) -> str:
    return (record.__doc__ or "").strip().partition("\n")[0]


def _with_range(schema: Schema, hint: Hint) -> Schema:
    bounds = {"minimum": hint.low, "maximum": hint.high}
    given = {key: value for key, value in bounds.items() if value is not None}
    if not given:
        return schema
    if "anyOf" in schema:
        number, *others = schema["anyOf"]
        return {"anyOf": [{**number, **given}, *others]}
    return {**schema, **given}


_TYPES: dict[str, Schema] = {
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "str": {"type": ["string", "number"]},
}
_COUNT: Schema = {"description": "counted from 1, four beats a bar", "minimum": 1}
_POSITION: Schema = {
    "description": "seconds, a clock time, or a bar and a beat",
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 86_400},
        {"type": "string", "pattern": CLOCK},
        {
            "type": "object",
            "properties": {
                "bar": {**_COUNT, "type": "integer", "maximum": 9_999},
                "beat": {**_COUNT, "type": "number", "exclusiveMaximum": 5, "default": 1},
            },
            "required": ["bar"],
            "additionalProperties": False,
        },
    ],
}
_SHAPE: Schema = {"enum": ["linear", "hold", "smooth"]}
_POINT: Schema = {
    "type": "array",
    "prefixItems": [_POSITION, {"type": ["number", "string"]}, _SHAPE],
    "items": False,
    "minItems": 2,
}
_SPELLED: dict[str, Schema] = {
    "path": {"type": "string"},
    "digits": {"type": "string"},
    "level": {"anyOf": [{"type": "number"}, {"const": "-inf"}]},
    "pan": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": PAN}]},
    "automation": {
        "type": ["object", "null"],
        "additionalProperties": {"type": "array", "items": _POINT, "minItems": 1},
    },
    "check": {
        "type": "object",
        "properties": {
            **{subject: {"type": "string"} for subject in SUBJECTS},
            **{figure: {"type": "string", "pattern": ASSERTION} for figure in FIGURES},
        },
        "additionalProperties": False,
    },
}
