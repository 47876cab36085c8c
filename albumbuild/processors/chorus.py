"""Chorus: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Hz, Number, Pct


class Chorus(ToneProcessor, frozen=True, kw_only=True):
    """Copies of the sound, each a little out of tune and time."""

    name: ClassVar[str] = "chorus"
    available: ClassVar[bool] = False

    rate_hz: Annotated[float, Hz(0.01, 20, "how fast it moves")] = 0.8
    depth_pct: Annotated[float, Pct(0, 100, "how far it moves")] = 30.0
    voices: Annotated[int, Number(1, 8, "how many copies")] = 2
