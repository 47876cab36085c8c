"""What a step's sound does over time, kept beside it for the review page."""

from pathlib import Path

import msgspec

from albumbuild.dsp.trace import Trace
from albumbuild.steps.reductions import Reduction

TRACE = ".trace.json"
"""The output that holds it: not placed under `build/`."""


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """The course of a sound, where the step has kept it, and what its dynamics turned down."""

    sound: Trace | None = None
    reductions: tuple[Reduction, ...] = ()


def write_trace(into: Path, traced: Traced) -> None:
    """Write what a step's sound does over time."""
    (into / TRACE).write_bytes(msgspec.json.encode(traced))


def read_trace(path: Path) -> Traced:
    """What a step has kept of its sound."""
    return msgspec.json.decode(path.read_bytes(), type=Traced)
