"""What a step measured on its sounds, kept beside them for checks and reports."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.dsp.meter import Meter, figures_json
from albumbuild.dsp.spectrum import BANDS_HZ, Spectrum, third_octaves_db
from albumbuild.dsp.trace import Trace, Tracer

if TYPE_CHECKING:
    from albumbuild.model.device import Block

FIGURES = ".figures.json"
"""The output that holds them: not placed under `build/`."""

SOUND = "sound"
"""What the only sound of a step is called."""

Named = Mapping[str, Any]
"""Figures by name; None where there is no value, or no sound."""


class ToneMeter:
    """A meter of a stereo sound, its spectrum and its course, to compare it with others."""

    def __init__(self, rate_hz: int) -> None:
        self._tracer = Tracer(rate_hz)
        self._spectrum = Spectrum(rate_hz, 2)

    def add(self, block: "Block") -> None:
        """Takes the next block in."""
        self._tracer.add(block)
        self._spectrum.add(block)

    def named(self) -> Named:
        """The figures, and `spectrum_db`."""
        figures = figures_json(self._tracer.meter.figures())
        return {**figures, "spectrum_db": levels_json(self._spectrum)}

    def trace(self) -> Trace:
        """The course of the sound."""
        return self._tracer.trace()


def levels_json(spectrum: Spectrum) -> dict[str, float | None]:
    """The level of each third of an octave, by its centre; None where there is none."""
    levels = third_octaves_db(spectrum.mean_squares(), spectrum.rate_hz)
    bands = zip(map(str, BANDS_HZ), levels, strict=True)
    return {centre: level if math.isfinite(level) else None for centre, level in bands}


def named(meter: Meter) -> Named:
    """The figures of a meter."""
    return figures_json(meter.figures())


def write_figures(into: Path, figures: Mapping[str, Named]) -> None:
    """Write what was measured, by the name of each sound."""
    (into / FIGURES).write_bytes(msgspec.json.encode(figures))


def read_figures(path: Path) -> Mapping[str, Named]:
    """What a step has measured on each of its sounds."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
