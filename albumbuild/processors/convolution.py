"""Convolution: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, File, Hz, Ms, Seconds


class Convolution(ToneProcessor, frozen=True, kw_only=True):
    """The sound of a room or a box, from its impulse; the impulse's level is kept."""

    name: ClassVar[str] = "convolution"
    available: ClassVar[bool] = False

    impulse: Annotated[str, File("the impulse response; mono serves both channels")]
    predelay_ms: Annotated[float, Ms(0, 1_000, "silence before it")] = 0.0
    length_s: Annotated[float, Seconds(0.01, 60, "how much of it is used")] | None = None
    gain_db: Annotated[float, Db(-80, 40, "gain after it")] = 0.0
    low_cut_hz: Annotated[float, Hz(10, 20_000, "cut below")] | None = None
    high_cut_hz: Annotated[float, Hz(20, 22_000, "cut above")] | None = None
