"""Automation along the time line of a song, in seconds."""

from typing import Literal, TypeAlias

import msgspec

Shape: TypeAlias = Literal["linear", "hold", "smooth"]


class CurvePoint(msgspec.Struct, frozen=True):
    """A value reached at `at_s`; `shape` says how, coming from the point before."""

    at_s: float
    value: float
    shape: Shape = "linear"


class Curve(msgspec.Struct, frozen=True):
    """Automation: the first value stands before the first point, the last after the last."""

    points: tuple[CurvePoint, ...]
