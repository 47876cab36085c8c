"""Declip: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import Processor
from albumbuild.model.units import Db


class Declip(Processor, frozen=True, kw_only=True):
    """Rebuilds peaks that were cut off."""

    name: ClassVar[str] = "declip"
    available: ClassVar[bool] = False

    threshold_db: Annotated[float, Db(-40, 0, "level at which peaks were cut")] = -0.1
