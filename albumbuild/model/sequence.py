"""The order of an album: songs, the silence between them, and their overlaps."""

from typing import Annotated, Literal

import msgspec

from albumbuild.model.time import Position
from albumbuild.model.units import Seconds, Text

DEFAULT_GAP_S = 2.0


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One song in its place; a gap or a crossfade is between it and the song before it."""

    shorthand = "song"

    song: Annotated[str, Text("which song")]
    gap_s: Annotated[float, Seconds(0, 600, "silence before it; default 2, 0 is a segue")] | (
        None
    ) = None
    crossfade_s: Annotated[float, Seconds(0, 120, "overlaps the song before it")] | None = None
    curve: Annotated[Literal["linear", "equal_power", "s", "log"], Text("of the crossfade")] = (
        "equal_power"
    )
    hidden: Annotated[bool, Text("before track 1 of a CD; on the first entry alone")] = False
    indexes: Annotated[tuple[Position, ...], Text("INDEX 02 on, from the track's start")] = ()
    pre_emphasis: Annotated[
        bool, Text("on a CD: its sound has 50/15 µs pre-emphasis, and players take it away")
    ] = False
    mark: Annotated[Position, Text("where the track begins, after the overlap starts")] | (
        None
    ) = None

    @property
    def silence_s(self) -> float:
        """Seconds of silence before it; none where it overlaps."""
        if self.crossfade_s is not None:
            return 0.0
        return DEFAULT_GAP_S if self.gap_s is None else self.gap_s
