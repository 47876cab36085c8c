"""What automation may move: faders, pans, sends, and every number of an insert."""

from collections.abc import Iterator
from typing import Any

import msgspec

from albumbuild.manifest.hints import Hint, hint_of, settings_of
from albumbuild.manifest.wording import Path, out_of_range
from albumbuild.model.addresses import Named, named_parts, part_of_target
from albumbuild.model.chains import faders_of
from albumbuild.model.device import Processor
from albumbuild.model.level import OFF
from albumbuild.model.node import Places, Scalar
from albumbuild.model.problem import Problem, did_you_mean
from albumbuild.model.song import Fader, Song, Strip
from albumbuild.model.time import Point

NUMBERS = ("float", "int", "level", "pan")


class _Setting(msgspec.Struct, frozen=True):
    """A number of an insert; `stays` says why it cannot be moved, if it cannot."""

    name: str
    hint: Hint
    stays: str = ""


def target_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    """Automation of what is not there or cannot move, and values out of their range."""
    for place, fader in faders_of(song, path):
        first: dict[str, Named] = {}
        for part in named_parts(fader.inserts):
            if first.setdefault(part.id, part) is not part:
                yield _same_id(part.id, (*place, "inserts", part.insert), places)
        for target, points in fader.automation.items():
            if target not in _of_fader(fader):
                at = (*place, "automation", target)
                yield from _insert_problems(target, points, fader, at, places)


def _insert_problems(
    target: str, points: tuple[Point, ...], fader: Fader, path: Path, places: Places
) -> Iterator[Problem]:
    found = part_of_target(target, named_parts(fader.inserts))
    setting = _setting(found[0].record, found[1]) if found else None
    if found is None or setting is None:
        yield _unknown(target, fader, places.key_of(*path))
        return
    stays = setting.stays or _stays(fader.inserts[found[0].insert], setting.name)
    if stays:
        yield _unmoved(target, stays, places.key_of(*path))
        return
    for index, point in enumerate(points):
        problem = _value_problem(point.value, setting, (*path, index, 1), places)
        if problem is not None:
            yield problem


def _of_fader(fader: Fader) -> list[str]:
    """What a fader itself has to move."""
    if not isinstance(fader, Strip):
        return ["gain_db"]
    return ["gain_db", "pan", *(f"sends.{name}" for name in fader.sends)]


def _setting(record: msgspec.Struct, way: list[str]) -> _Setting | None:
    """The number that a way leads to from an insert or a part of it."""
    settings = settings_of(type(record))
    head, *rest = way
    if head not in settings:
        return None
    hint, value = settings[head].hint, getattr(record, settings[head].name)
    if rest and isinstance(value, msgspec.Struct):
        return _setting(value, rest)
    if len(rest) == 1 and isinstance(value, tuple):
        inside = rest[0].isdecimal() and 1 <= int(rest[0]) <= len(value)
        return _Setting(head, hint.item) if inside and hint.item.kind in NUMBERS else None
    if rest or hint.kind == "record":
        return None
    if hint.kind not in NUMBERS:
        return _Setting(head, hint, "it is no number that can go through all that lies between")
    return _Setting(head, hint)


def _stays(insert: Processor, name: str) -> str:
    """Why a number of an insert cannot be moved; empty when it can."""
    if name in insert.unmoved:
        return insert.unmoved[name]
    can_move = name == "mix_pct" or type(insert).glide is not Processor.glide
    return "" if can_move else f"`{insert.name}` cannot be moved while it runs"


def _value_problem(value: float, setting: _Setting, path: Path, places: Places) -> Problem | None:
    hint = setting.hint
    if value == OFF and hint.kind == "level":
        return None
    fits = (hint.low is None or value >= hint.low) and (hint.high is None or value <= hint.high)
    span = places.of(*path)
    if fits or span is None:
        return None
    found = out_of_range(Scalar(value, f"{value:g}", span), (setting.name,), hint)
    return msgspec.structs.replace(found, slug="curve-out-of-range")


def _unknown(target: str, fader: Fader, at: Any) -> Problem:
    names = (name for part in named_parts(fader.inserts) for name in _movable(part))
    return Problem(
        slug="unknown-automation",
        at=at,
        what=f"there is nothing to automate called `{target}`",
        why="it is `gain_db`, `pan`, `sends.NAME`, or `ID.field` of an insert that has that `id`",
        fix=did_you_mean(target, [*_of_fader(fader), *names]),
    )


def _movable(part: Named) -> Iterator[str]:
    """The targets that a part of a chain offers."""
    for key, setting in settings_of(type(part.record)).items():
        if setting.hint.kind in NUMBERS:
            yield f"{part.id}.{key}"
        elif setting.hint.kind == "list" and setting.hint.item.kind in NUMBERS:
            count = len(getattr(part.record, setting.name))
            yield from (f"{part.id}.{key}.{n}" for n in range(1, count + 1))
        elif setting.hint.kind == "record" and getattr(part.record, setting.name) is not None:
            inner = settings_of(hint_of(setting.hint.core).core)
            yield from (f"{part.id}.{key}.{k}" for k, s in inner.items() if s.hint.kind in NUMBERS)


def _unmoved(target: str, why: str, at: Any) -> Problem:
    return Problem(
        slug="cannot-automate",
        at=at,
        what=f"`{target}` cannot be automated",
        why=why,
        fix="take it out, and set the value once among the settings of the insert",
    )


def _same_id(name: str, path: Path, places: Places) -> Problem:
    return Problem(
        slug="id-used-twice",
        at=places.of(*path, "id"),
        what=f"two inserts of this strip have the id `{name}`",
        why="automation could mean either",
        fix="give one of them another id",
    )
