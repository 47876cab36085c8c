"""Plug-in host: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import File, Text


class Plugin(ToneProcessor, frozen=True, kw_only=True):
    """A VST3 or Audio Unit plug-in."""

    name: ClassVar[str] = "plugin"
    available: ClassVar[bool] = False

    path: Annotated[str, Text("the plug-in, by its file or its installed name")]
    state: Annotated[str, File("its saved state")] | None = None
    params: Annotated[dict[str, float], Text("its parameters by name")] = {}
