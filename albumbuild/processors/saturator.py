"""Saturator: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar, Literal

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Text


class Saturator(ToneProcessor, frozen=True, kw_only=True):
    """Bends the wave: soft harmonics, or clipping at full scale after its drive."""

    name: ClassVar[str] = "saturator"
    available: ClassVar[bool] = False

    drive_db: Annotated[float, Db(-24, 48, "gain into the curve")] = 6.0
    curve: Annotated[Literal["tape", "tube", "soft", "hard"], Text("how it bends")] = "tape"
    oversample: Annotated[Literal[1, 2, 4, 8, 16], Text("times the rate inside it")] = 4
    output_db: Annotated[float, Db(-48, 24, "gain after the curve")] = 0.0
