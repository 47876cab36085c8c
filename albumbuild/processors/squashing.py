"""Settings of a compressor, each declared once: for the device, and for a band of one."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from albumbuild.dsp.dynamics import Curve
from albumbuild.model.units import Db, Ms, Number, Pct, Text

Threshold: TypeAlias = Annotated[float, Db(-80, 0, "level above which it works")]
Ratio: TypeAlias = Annotated[float, Number(1, 100, "input change for 1 dB of output")]
Attack: TypeAlias = Annotated[float, Ms(0.05, 500, "time to 63 % of a rise in reduction")]
Release: TypeAlias = Annotated[float, Ms(1, 5_000, "time to 63 % of a fall in reduction")]
Knee: TypeAlias = Annotated[float, Db(0, 36, "width of the bend around the threshold")]
Makeup: TypeAlias = Annotated[float, Db(-40, 40, "gain after it")]
Detector: TypeAlias = Annotated[Literal["peak", "rms"], Text("what it measures")]
Link: TypeAlias = Annotated[float, Pct(0, 100, "how far channels share one gain")]

UNSET = Curve(
    threshold_db=-20.0,
    ratio=2.0,
    knee_db=6.0,
    attack_ms=10.0,
    release_ms=100.0,
    makeup_db=0.0,
    detector="peak",
    lookahead_ms=0.0,
    link_pct=100.0,
)
"""What each setting is where a manifest does not name it."""


def curve_of(settings: msgspec.Struct) -> Curve:
    """The curve that a record of such settings stands for; those that it lacks are unset."""
    named = set(Curve.__struct_fields__) & set(settings.__struct_fields__)
    return replace(UNSET, **{name: getattr(settings, name) for name in named})
