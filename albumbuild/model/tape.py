"""What a cassette has room for."""

from typing import Annotated

import msgspec

from albumbuild.model.units import Seconds, Text, unit


class TapeLength(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One length of tape."""

    most_min: Annotated[float, unit("min", 1, 60, "the longest side that it holds")]
    lead_in_s: Annotated[float, Seconds(0, 30, "silence that a side's file begins with")] = 0.0
    uneven_min: Annotated[float, unit("min", 0, 60, "sides that differ by more are told")] = 1.0
    source: Annotated[str, Text("where that was read")] = ""
    checked_on: Annotated[str, Text("when it was read")] = ""
