"""`measure`: loudness, range, peaks and faults of sound files."""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from albumbuild.commands import exits
from albumbuild.console import Console, console_for
from albumbuild.dsp.meter import Meter, figures_json
from albumbuild.formats.sound import SoundError, SoundReader
from albumbuild.model.problem import Problem
from albumbuild.steps.stream import BLOCK

LINES = (
    ("integrated", "integrated_lufs", "LUFS"),
    ("loudness range", "lra_lu", "LU"),
    ("momentary max", "momentary_max_lufs", "LUFS"),
    ("short-term max", "short_term_max_lufs", "LUFS"),
    ("true peak", "true_peak_dbtp", "dBTP"),
    ("sample peak", "sample_peak_dbfs", "dBFS"),
    ("peak to loudness", "plr_lu", "LU"),
    ("correlation", "correlation", ""),
    ("mono loss", "mono_loss_lu", "LU"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `measure`."""
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="figures as a JSON array")


def run(options: argparse.Namespace) -> int:
    """Measure every file that can be read; the exit code."""

    console = console_for(options)
    found = [_measured(options.folder, name, console) for name in options.files]
    good = [each for each in found if each is not None]
    if options.json:
        console.result(json.dumps(good, indent=2, ensure_ascii=False))
    else:
        for figures in good:
            console.result(_text(figures))
    return exits.DONE if len(good) == len(found) else exits.FAILED


def _measured(folder: str, name: str, console: "Console") -> dict[str, Any] | None:
    """The figures of one file; None, and a word to the user, when it cannot be read."""

    try:
        with SoundReader(Path(folder) / name) as reader:
            shape = reader.format
            meter = Meter(shape.rate_hz, shape.channels)
            for block in reader.blocks(BLOCK):
                if not np.isfinite(block).all():
                    raise SoundError("holds a sample that is not a number", "nothing is measured")
                meter.add(block)
    except (SoundError, ValueError) as error:
        what = getattr(error, "what", str(error))
        why = getattr(error, "why", "")
        problem = Problem(slug="unreadable-sound", what=f"`{name}` {what}", why=why)
        console.problems([problem])
        return None
    figures = figures_json(meter.figures())
    frames = figures.pop("frames")
    return {
        "file": name,
        **figures,
        "duration_s": frames / shape.rate_hz,
        "bit_depth": shape.bits,
        "silent": figures["sample_peak_dbfs"] is None,
    }


def _text(figures: dict[str, Any]) -> str:
    minutes, seconds = divmod(figures["duration_s"], 60)
    rows = [figures["file"]]
    for label, key, unit in LINES:
        value = figures[key]
        shown = "-" if value is None or not math.isfinite(value) else f"{value:.2f} {unit}".strip()
        rows.append(f"  {label:17} {shown}")
    bits = f"{figures['bit_depth']} bit" if figures["bit_depth"] else "lossy"
    rows.append(f"  {'clipped runs':17} {figures['clipped_runs']}")
    rows.append(f"  {'DC':17} {', '.join(f'{value:.6f}' for value in figures['dc'])}")
    rows.append(
        f"  {'length':17} {int(minutes)}:{seconds:06.3f}, {figures['rate_hz']} Hz, "
        f"{figures['channels']} channels, {bits}"
    )
    return "\n".join(rows)
