"""Assertions that an album makes about itself."""

import operator
from collections.abc import Callable
from typing import Literal

import msgspec

SOUND_FIGURES = (
    "integrated_lufs",
    "lra_lu",
    "momentary_max_lufs",
    "short_term_max_lufs",
    "true_peak_dbtp",
    "sample_peak_dbfs",
    "plr_lu",
    "crest_db",
    "head_silence_s",
    "tail_silence_s",
    "dc",
    "clipped_runs",
    "correlation",
    "mono_loss_lu",
    "duration",
)
"""What a meter reads on one sound; of `dc` the side that is farthest off."""

SPREAD_FIGURES = ("loudness_spread_lu", "loudness_step_lu")
"""What lies between the songs of one deliverable: the loudest and the softest, two in a row."""

FIGURES = (*SOUND_FIGURES, *SPREAD_FIGURES)
LEVELS = ("_lufs", "_dbtp", "_dbfs")
"""How the names of figures end that are -inf for silence."""

SUBJECTS = ("song", "master", "deliverable")
Operator = Literal["<=", ">=", "<", ">", "==", "!="]
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
}


class Assertion(msgspec.Struct, frozen=True):
    """A figure and what it must be; a duration is in seconds."""

    figure: str
    operator: Operator
    value: float

    def holds(self, measured: float | None) -> bool:
        """Whether a figure is what it must be; what has no value never is."""
        return measured is not None and _COMPARED[self.operator](measured, self.value)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold for every subject whose name fits the pattern.

    A song is judged by its masters for the deliverables that go by the album's loudness, or
    by all of them where each has its own; where it has none, by its mix. A master is called
    `SONG@DELIVERABLE`.
    """

    kind: Literal["song", "master", "deliverable"]
    name: str
    assertions: tuple[Assertion, ...]
