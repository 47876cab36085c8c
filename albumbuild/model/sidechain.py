"""What a device listens to in place of its own input."""

from typing import Annotated

import msgspec

from albumbuild.model.units import Hz, Text


class Sidechain(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}
):
    """The key of a side chain: a stem or a bus of the same song, and its own filters."""

    from_: Annotated[str, Text("stem or bus to listen to; default: its own input")] | None = None
    highpass_hz: Annotated[float, Hz(10, 20_000, "cut below in the key")] | None = None
    lowpass_hz: Annotated[float, Hz(20, 22_000, "cut above in the key")] | None = None
