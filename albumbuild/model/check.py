"""Assertions that an album makes about itself."""

from typing import Literal

import msgspec

FIGURES = (
    "integrated_lufs",
    "lra_lu",
    "true_peak_dbtp",
    "sample_peak_dbfs",
    "plr_lu",
    "correlation",
    "mono_loss_lu",
    "duration",
)
SUBJECTS = ("song", "deliverable", "sequence")


class Assertion(msgspec.Struct, frozen=True):
    """A figure and what it must be; a duration is in seconds."""

    figure: str
    operator: Literal["<=", ">=", "<", ">", "==", "!="]
    value: float


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold for every subject whose name fits the pattern."""

    kind: Literal["song", "deliverable", "sequence"]
    name: str
    assertions: tuple[Assertion, ...]
