"""Expander: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Db, Ms, Number, Text


class Expander(ToneProcessor, frozen=True, kw_only=True):
    """Turns down what is under the threshold, in proportion, by no more than its range."""

    name: ClassVar[str] = "expander"
    available: ClassVar[bool] = False

    threshold_db: Annotated[float, Db(-100, 0, "level under which it works")] = -40.0
    ratio: Annotated[float, Number(1, 100, "output change for 1 dB of input")] = 2.0
    range_db: Annotated[float, Db(0, 100, "the most it turns down")] = 40.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of opening")] = 1.0
    hold_ms: Annotated[float, Ms(0, 5_000, "stays open for")] = 10.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of closing")] = 100.0
    hysteresis_db: Annotated[float, Db(0, 24, "closes that far under the threshold")] = 0.0
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None
