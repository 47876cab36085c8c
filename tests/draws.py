"""Devices whose settings are drawn at random from their ranges, and curves that move them."""

import math
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from albumbuild.manifest.hints import Hint, settings_of
from albumbuild.manifest.targets import NUMBERS
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.device import Processor, ToneProcessor
from albumbuild.model.sound import Sound
from albumbuild.processors.match import Match
from albumbuild.processors.multiband import Multiband
from tests.signals import Block, noise

Draw = np.random.Generator

NAMED = {"id", "bypass", "note"}
"""Fields that say nothing of the sound, and a time that waits for a tempo."""

FLOOR_DB = -120.0
MOST_ITEMS = 3
SHAPES = ("linear", "hold", "smooth")
LONGEST_IMPULSE = 6_000


def device(kind: type[Processor], draw: Draw) -> Processor:
    """Settings of a device: of each field an end of its range, what it is unset, or between.

    Raises:
        TypeError: a field is of a kind of which nothing can be drawn.
    """
    made = _record(kind, draw)
    if isinstance(made, Multiband):
        made = _parted(made, draw)
    if isinstance(made, Match) and not made.reference:
        made = msgspec.structs.replace(made, reference=("a name",))
    if isinstance(made, ToneProcessor) and draw.random() < 0.5:
        made = msgspec.structs.replace(made, mix_pct=100.0, channels="stereo")
    assert isinstance(made, Processor)
    return learned(made.with_sounds({field: _impulse(draw) for field in made.files()}))


def learned(made: Processor) -> Processor:
    """A device that has studied some noise, if it is to study its input."""
    if not made.studying:
        return made
    study = made.study(48_000, 1)
    study.add(noise(20_000, 1, seed=4))
    return made.studied(study)


def movable(made: Processor) -> dict[str, Hint]:
    """The numbers of a device that automation may move, by their paths.

    Not two crossovers, which must rise: a curve alone could carry one past the next.
    """
    if type(made).glide is Processor.glide:
        return {}
    rising = _crossovers(made)
    found = _numbers(made, skip=made.unmoved)
    return {path: hint for path, hint in found if path not in rising}


def curves(made: Processor, draw: Draw, *, frames: int, rate_hz: int) -> dict[str, Curve]:
    """Curves on up to three numbers of a device."""
    ways = list(movable(made).items())
    chosen = [ways[index] for index in draw.permutation(len(ways))[: int(draw.integers(1, 4))]]
    return {path: curve(hint, draw, frames=frames, rate_hz=rate_hz) for path, hint in chosen}


def curve(hint: Hint, draw: Draw, *, frames: int, rate_hz: int) -> Curve:
    """Points at the start, between frames, two within a frame, and after the end."""
    at = sorted(draw.uniform(0, 1.2 * frames, int(draw.integers(1, 4))))
    if draw.random() < 0.3:
        at = [0.0, *at]
    if draw.random() < 0.3:
        at = sorted([*at, at[0] + 0.2, at[0] + 0.4])
    if draw.random() < 0.3:
        at = [float(round(each)) for each in at]
    times = sorted({float(each) / rate_hz for each in at})
    points = (CurvePoint(t, float(number(hint, draw)), _one(SHAPES, draw)) for t in times)
    return Curve(tuple(points))


def number(hint: Hint, draw: Draw) -> Any:
    """A number in a range: one of its ends in two draws of five, or anything between."""
    low = FLOOR_DB if hint.kind == "level" else hint.low
    if low is None or hint.high is None:
        raise TypeError(f"no range: {hint!r}")
    if draw.random() < 0.4:
        return _typed(_one((low if hint.kind != "level" else -math.inf, hint.high), draw), hint)
    if low > 0 and hint.high > 20 * low:
        return _typed(low * (hint.high / low) ** draw.random(), hint)
    return _typed(draw.uniform(low, hint.high), hint)


def _typed(value: float, hint: Hint) -> Any:
    return round(value) if hint.core is int else float(value)


def _record(kind: type[msgspec.Struct], draw: Draw) -> Any:
    values = {}
    for setting in settings_of(kind).values():
        if setting.name in NAMED:
            continue
        if setting.required or draw.random() < 0.7:
            values[setting.name] = _value(setting.hint, draw)
    return kind(**{name: None if name == "from_" else value for name, value in values.items()})


def _value(hint: Hint, draw: Draw) -> Any:
    match hint.kind:
        case kind if kind in NUMBERS:
            return number(hint, draw)
        case "bool":
            return bool(draw.integers(2))
        case "choice":
            return _one(hint.choices, draw)
        case "record":
            return _record(hint.core, draw)
        case "list":
            return tuple(_value(hint.item, draw) for _ in range(draw.integers(MOST_ITEMS + 1)))
        case "path" | "str":
            return "a name"
    raise TypeError(f"nothing can be drawn for {hint!r}")


def _one(choices: tuple[Any, ...], draw: Draw) -> Any:
    return choices[int(draw.integers(len(choices)))]


def _parted(made: Multiband, draw: Draw) -> Multiband:
    """The same with crossovers that rise, and a band for each part."""
    rising = tuple(sorted(set(made.crossovers_hz)))
    band = settings_of(Multiband)["bands"].hint.item
    bands = tuple(_value(band, draw) for _ in range(len(rising) + 1))
    return msgspec.structs.replace(made, crossovers_hz=rising, bands=bands)


def _impulse(draw: Draw) -> Sound:
    frames, channels = int(draw.integers(1, LONGEST_IMPULSE)), _one((1, 2, 4), draw)
    samples = noise(frames, channels, seed=int(draw.integers(1 << 30))) / math.sqrt(frames)
    rate_hz = _one((8_000, 44_100, 48_000, 96_000), draw)
    return heard(samples, rate_hz)


def heard(samples: Block, rate_hz: int) -> Sound:
    """A sound whole, and as a stream of one block."""
    frames, channels = samples.shape
    return Sound(
        rate_hz=rate_hz,
        channels=channels,
        frames=frames,
        samples=samples,
        stream=lambda: iter([samples]),
    )


def _crossovers(made: Processor) -> set[str]:
    if not isinstance(made, Multiband) or len(made.crossovers_hz) < 2:
        return set()
    return {f"crossovers_hz/{index}" for index in range(len(made.crossovers_hz))}


def _numbers(record: Any, path: str = "", skip: Any = ()) -> Iterator[tuple[str, Hint]]:
    for key, setting in settings_of(type(record)).items():
        value = getattr(record, setting.name, None)
        if key in skip or value is None:
            continue
        if setting.hint.kind in NUMBERS:
            yield f"{path}{setting.name}", setting.hint
        elif isinstance(value, msgspec.Struct) and not isinstance(value, Sound):
            yield from _numbers(value, f"{path}{setting.name}/")
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if isinstance(each, msgspec.Struct):
                    yield from _numbers(each, f"{path}{setting.name}/{index}/")
                elif setting.hint.item.kind in NUMBERS:
                    yield f"{path}{setting.name}/{index}", setting.hint.item
