"""DC removal: a device without settings whose sound comes later."""

from typing import ClassVar

from albumbuild.model.device import Processor


class Dc(Processor, frozen=True, kw_only=True):
    """Takes out a constant offset."""

    name: ClassVar[str] = "dc"
    available: ClassVar[bool] = False
