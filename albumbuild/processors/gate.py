"""Gate: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Db, Ms, Number, Text


class Gate(ToneProcessor, frozen=True, kw_only=True):
    """Opens at the threshold, closes under it after its hold."""

    name: ClassVar[str] = "gate"
    available: ClassVar[bool] = False

    threshold_db: Annotated[float, Db(-100, 0, "level at which it opens")] = -40.0
    ratio: Annotated[float, Number(1, 100, "output change for 1 dB of input")] = 10.0
    range_db: Annotated[float, Db(0, 120, "how far it turns down when closed")] = 80.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of opening")] = 1.0
    hold_ms: Annotated[float, Ms(0, 5_000, "stays open for")] = 50.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of closing")] = 100.0
    hysteresis_db: Annotated[float, Db(0, 24, "closes that far under the threshold")] = 3.0
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None
