"""Random values for any setting, drawn from what its declaration allows."""

import random
from collections.abc import Sequence
from typing import Any

from albumbuild.manifest.hints import Setting, settings_of
from albumbuild.processors.eq import Band
from albumbuild.processors.multiband import MultibandBand
from albumbuild.registry import PROCESSORS

DEVICES = tuple(
    name
    for name, device in PROCESSORS.items()
    if device.available and "impulse" not in device.__struct_fields__
)
"""Those that read no file."""

NOTES = ("1/8", "1/8.", "1/4", "1/4t", "1/16")
LONGEST_S = 3.0
"""No time is longer, or a tail would be most of the work."""


def number(setting: Setting, draw: random.Random) -> float:
    """Mostly near the default, at times anywhere, at times at an end of the range."""
    hint = setting.hint
    low, high = float(hint.low or 0), float(hint.high or 1)
    if hint.unit == "s":
        high = min(high, LONGEST_S)
    if draw.random() < 0.06:
        return draw.choice([low, high])
    value = draw.uniform(low, high)
    near = setting.default if isinstance(setting.default, int | float) else value
    if draw.random() < 0.75:
        value = near + (value - near) * 0.12
    return min(high, max(low, round(value, draw.choice([0, 1, 3]))))


def value_of(setting: Setting, draw: random.Random, heard: Sequence[str]) -> Any:
    """A value for a setting of a device; `heard` are stems and buses for a side chain."""
    hint = setting.hint
    if hint.kind == "float":
        return number(setting, draw)
    if hint.kind == "level":
        return "-inf" if draw.random() < 0.05 else number(setting, draw)
    if hint.kind == "pan":
        return pan(draw)
    if hint.kind == "bool":
        return draw.random() < 0.5
    if hint.kind == "choice":
        return draw.choice(hint.choices)
    if hint.kind == "record":
        return record(hint.core, draw, heard)
    if setting.name == "note":
        return draw.choice(NOTES)
    if setting.name == "from_":
        return draw.choice(heard) if heard else None
    return f"id-{draw.randrange(1_000)}"


def record(kind: Any, draw: random.Random, heard: Sequence[str]) -> dict[str, Any]:
    """Some of the settings of a record, and all that it must have."""
    known = settings_of(kind)
    asked = {key for key in known if known[key].required or draw.random() < 0.35}
    drawn = {
        key: value_of(setting, draw, heard)
        for key, setting in known.items()
        if key in asked and key not in ("bands", "crossovers_hz")
    }
    return {key: value for key, value in drawn.items() if value is not None}


def insert(draw: random.Random, heard: Sequence[str] = ()) -> dict[str, Any]:
    """One item of `inserts`."""
    name = draw.choice(DEVICES)
    settings: Any = record(PROCESSORS[name], draw, heard)
    if name == "eq":
        bands = [record(Band, draw, ()) for _ in range(draw.randint(1, 3))]
        settings = bands if draw.random() < 0.5 else {**settings, "bands": bands}
    if name == "multiband":
        count = draw.randint(0, 3)
        crossovers = sorted(draw.sample(range(20, 20_000), count))
        bands = [record(MultibandBand, draw, ()) for _ in range(count + 1)]
        settings = {**settings, "crossovers_hz": crossovers, "bands": bands}
    return {name: settings}


def pan(draw: random.Random) -> Any:
    """A place in the stereo field, in one of its spellings."""
    place = draw.randint(-100, 100)
    return draw.choice([place, place / 2, f"{'L' if place < 0 else 'R'}{abs(place)}", "C"])


def level(draw: random.Random) -> Any:
    """A level of a fader or a send."""
    return "-inf" if draw.random() < 0.04 else round(draw.uniform(-24, 6), draw.choice([0, 1, 2]))


def position(draw: random.Random, *, bars: bool, longest_s: float = 4.0) -> Any:
    """A place on the time line, in one of its spellings."""
    time_s = round(draw.uniform(0, longest_s), 3)
    if bars and draw.random() < 0.3:
        return {"bar": draw.randint(1, 2), "beat": draw.randint(1, 4)}
    return draw.choice([time_s, f"0:{time_s:06.3f}"])


def fade(draw: random.Random) -> dict[str, Any]:
    """A fade in or out, in one of its spellings, as keys without `fade_in` and `fade_out`."""
    time_s = round(draw.uniform(0, 1.5), 3)
    if draw.random() < 0.4:
        return {"_s": time_s}
    return {"": {"time_s": time_s, "curve": draw.choice(["linear", "equal_power", "s", "log"])}}
