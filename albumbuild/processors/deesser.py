"""De-esser: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar, Literal

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Hz, Text


class Deesser(ToneProcessor, frozen=True, kw_only=True):
    """Turns sibilance down by no more than its range."""

    name: ClassVar[str] = "deesser"
    available: ClassVar[bool] = False

    freq_hz: Annotated[float, Hz(2_000, 12_000, "sibilance is above this")] = 6_000.0
    threshold_db: Annotated[float, Db(-60, 0, "level above which it works")] = -30.0
    range_db: Annotated[float, Db(0, 24, "the most it turns down")] = 6.0
    mode: Annotated[Literal["split", "wide"], Text("the upper band alone, or all")] = "split"
