"""Dehum: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import Processor
from albumbuild.model.units import Hz, Number


class Dehum(Processor, frozen=True, kw_only=True):
    """Takes out mains hum and its harmonics."""

    name: ClassVar[str] = "dehum"
    available: ClassVar[bool] = False

    freq_hz: Annotated[float, Hz(20, 500, "the hum's fundamental")] = 50.0
    harmonics: Annotated[int, Number(1, 64, "how many are taken out")] = 8
    q: Annotated[float, Number(1, 500, "narrowness of each notch")] = 30.0
