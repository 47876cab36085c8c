"""What automation may move: faders, pans and sends now, settings of inserts later."""

from collections.abc import Iterator
from typing import Any

import msgspec

from albumbuild.manifest.hints import settings_of
from albumbuild.manifest.timing import faders_of
from albumbuild.manifest.wording import Path
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, did_you_mean
from albumbuild.model.song import Fader, Song, Strip


def target_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    """Automation of what is not there, and of what cannot be automated yet."""
    for place, fader in faders_of(song, path):
        devices: dict[str, msgspec.Struct] = {}
        for index, device in named_devices(fader.inserts):
            name: str = getattr(device, "id")  # noqa: B009 - a band or an insert
            if name in devices:
                yield _same_id(name, (*place, "inserts", index), places)
            devices[name] = device
        for target in fader.automation:
            at = (*place, "automation", target)
            problem = _target_problem(target, fader, devices)
            if problem is not None:
                yield msgspec.structs.replace(problem, at=places.key_of(*at))


def named_devices(inserts: tuple[Processor, ...]) -> Iterator[tuple[int, msgspec.Struct]]:
    """Inserts, and bands of inserts, that have an `id`, with the number of their insert."""
    for index, insert in enumerate(inserts):
        bands: Any = getattr(insert, "bands", ())
        for device in (insert, *bands):
            if getattr(device, "id", None) is not None:
                yield index, device


def _target_problem(
    target: str, fader: Fader, devices: dict[str, msgspec.Struct]
) -> Problem | None:
    strip = fader if isinstance(fader, Strip) else None
    known = ["gain_db"]
    if strip is not None:
        known += ["pan", *(f"sends.{name}" for name in strip.sends)]
    if target in known:
        return None
    for name, device in devices.items():
        settings = settings_of(type(device))
        numbers = [key for key, each in settings.items() if each.hint.kind in ("float", "level")]
        known += [f"{name}.{key}" for key in numbers]
    if target in known:
        return Problem(
            slug="not-available-yet",
            what=f"automation of `{target}` is not available yet",
            why="this version moves `gain_db`, `pan` and `sends.NAME` alone",
            fix="take it out, or set the value once among the settings of the insert",
        )
    return Problem(
        slug="unknown-automation",
        what=f"there is nothing to automate called `{target}`",
        why="it is `gain_db`, `pan`, `sends.NAME`, or `ID.field` of an insert that has that `id`",
        fix=did_you_mean(target, known),
    )


def _same_id(name: str, path: Path, places: Places) -> Problem:
    return Problem(
        slug="id-used-twice",
        at=places.of(*path, "id"),
        what=f"two inserts of this strip have the id `{name}`",
        why="automation could mean either",
        fix="give one of them another id",
    )
