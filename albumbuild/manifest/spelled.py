"""Records → a manifest: an album as one file would say all of it, for archives.

It takes nothing from elsewhere but sounds, lyrics and pictures: songs stand in place, presets
are written out, and the house's profiles and plants are there as if they were the album's own.
"""

import math
from typing import Any

import msgspec
from msgspec.structs import replace

from albumbuild.manifest.hints import Hint, Setting, settings_of
from albumbuild.model.album import FORMAT_VERSION, Album
from albumbuild.model.check import Check
from albumbuild.model.deliverable import Deliverable
from albumbuild.model.device import Processor
from albumbuild.model.profile import Profile
from albumbuild.model.time import Point, Position

SAID = frozenset({"format"})
"""Settings that are said though they are as by default: a profile would choose another."""

_OFF = "-inf"


def spelled(album: Album) -> dict[str, Any]:
    """The manifest of an album: what differs from the defaults of this format's version."""
    return {"albumbuild": FORMAT_VERSION, **_record(replace(album, presets={}))}


def _record(record: msgspec.Struct) -> dict[str, Any]:
    found = {}
    for key, setting in settings_of(type(record)).items():
        value = getattr(record, setting.name)
        if value is not None and _is_said(key, value, setting):
            found[key] = spelled_value(value, setting.hint)
    return found


def _is_said(key: str, value: Any, setting: Setting) -> bool:
    return setting.required or key in SAID or value != setting.default


def spelled_value(value: Any, hint: Hint) -> Any:
    """One setting as a manifest says it; None where it is not set."""
    if value is None or value in hint.words:
        return value
    match hint.kind:
        case "record":
            return _by_type(value)
        case "list":
            return [spelled_value(each, hint.item) for each in value]
        case "map":
            return {key: spelled_value(each, hint.item) for key, each in value.items()}
        case "automation":
            return {key: [_point(each) for each in points] for key, points in value.items()}
        case "check":
            return _check(value)
        case "level":
            return _level(value)
    return value


def _by_type(value: msgspec.Struct) -> Any:
    if isinstance(value, Position):
        return _position(value)
    if isinstance(value, Point):
        return _point(value)
    if isinstance(value, Processor):
        return {value.name: _record(value)}
    if isinstance(value, Deliverable):
        return {"type": value.type, **_record(value)}
    return _profile(value) if isinstance(value, Profile) else _record(value)


def _level(value: float) -> Any:
    return _OFF if math.isinf(value) else value


def _position(at: Position) -> Any:
    return at.time_s if at.time_s is not None else {"bar": at.bar, "beat": at.beat}


def _point(point: Point) -> list[Any]:
    shape = [] if point.shape == "linear" else [point.shape]
    return [_position(point.at), _level(point.value), *shape]


def _check(check: Check) -> dict[str, str]:
    asked = {each.figure: f"{each.operator} {_level(each.value)}" for each in check.assertions}
    return {check.kind: check.name, **asked}


def _profile(profile: Profile) -> dict[str, Any]:
    """Its values, those that were found somewhere with where that was."""
    said = _record(replace(profile, evidence={}))
    for key, proof in profile.evidence.items():
        said[key] = {"value": said.get(key, getattr(profile, key)), **_record(proof)}
    return said
