"""What a record has room for, and what the lathe that cuts it can do."""

from typing import Annotated

import msgspec

from albumbuild.model.units import Number, Seconds, Text, unit


class RecordSize(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One size and speed of a record: its music lies between two diameters."""

    rpm: Annotated[float, Number(16, 78.3, "turns a minute")]
    outer_mm: Annotated[float, unit("mm", 100, 300, "diameter where the music may begin")]
    inner_mm: Annotated[float, unit("mm", 90, 200, "diameter where it ends at the latest")]
    good_min: Annotated[float, unit("min", 1, 40, "a side that cuts at full level")]
    most_min: Annotated[float, unit("min", 1, 40, "the longest side that plants take")]
    lead_in_s: Annotated[float, Seconds(0, 30, "silence that a side's file begins with")] = 0.0
    source: Annotated[str, Text("where that was read")] = ""
    checked_on: Annotated[str, Text("when it was read")] = ""

    @property
    def turn_s(self) -> float:
        """Seconds of one turn."""
        return 60.0 / self.rpm

    @property
    def outer_um(self) -> float:
        """The radius where the music begins, in micrometres."""
        return self.outer_mm * 500.0

    @property
    def room_um(self) -> float:
        """From the first turn to the last: how far the stylus may travel inwards."""
        return (self.outer_mm - self.inner_mm) * 500.0


class Lathe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How grooves are cut; lengths in micrometres.

    The groove is a V of 90 degrees: half as deep as it is wide at the surface.
    """

    reference_cm_s: Annotated[float, unit("cm/s", 1, 100, "a 1 kHz sine of 0 dBFS in both")]
    groove_um: Annotated[float, unit("um", 30, 120, "width of a groove without sound")]
    least_um: Annotated[float, unit("um", 10, 60, "the narrowest that plays safely")]
    deepest_um: Annotated[float, unit("um", 50, 200, "the deepest that lacquer and stylus allow")]
    land_um: Annotated[float, unit("um", 0, 50, "between two grooves")]
    widest_um: Annotated[float, unit("um", 60, 1000, "the widest pitch that is used to fill up")]
    steepest: Annotated[float, Number(0.2, 2, "sideways over forwards: the stylus's back")]
    tip_um: Annotated[float, unit("um", 2, 30, "radius of a playing stylus")]
    lowest_hz: Annotated[float, unit("Hz", 5, 40, "what the cutting amplifier passes")]
    highest_hz: Annotated[float, unit("Hz", 15_000, 100_000, "what the cutting amplifier passes")]
    most_steep: Annotated[float, Number(1, 20, "times `steepest` that a treble limiter can hold")]
    most_quieter_db: Annotated[float, unit("dB", 0, 20, "more is no side that is delivered")]
    event_gap_s: Annotated[float, Seconds(0, 10, "events closer than this are told as one")]
