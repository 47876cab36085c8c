"""Declick: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import Processor
from albumbuild.model.units import Ms, Number


class Declick(Processor, frozen=True, kw_only=True):
    """Finds clicks and repairs them; the rest stays untouched."""

    name: ClassVar[str] = "declick"
    available: ClassVar[bool] = False

    sensitivity: Annotated[float, Number(0, 10, "10 finds the smallest clicks")] = 5.0
    max_length_ms: Annotated[float, Ms(0.05, 20, "the longest click")] = 2.0
