"""What a step measured on its sounds, kept beside them for checks and reports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from albumbuild.dsp.meter import Meter, figures_json

FIGURES = ".figures.json"
"""The output that holds them: not placed under `build/`."""

SOUND = "sound"
"""What the only sound of a step is called."""

Named = Mapping[str, Any]
"""Figures by name; None where there is no value, or no sound."""


def write_figures(into: Path, meters: Mapping[str, Meter]) -> None:
    """Write what each meter has read, by the name of its sound."""
    figures = {name: figures_json(meter.figures()) for name, meter in meters.items()}
    (into / FIGURES).write_bytes(msgspec.json.encode(figures))


def read_figures(path: Path) -> Mapping[str, Named]:
    """What a step has measured on each of its sounds."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
