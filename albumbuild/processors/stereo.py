"""The stereo field: width, balance, rotation, and a mono low end."""

import math
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from albumbuild.dsp.maths import cos, db_to_gain, sin
from albumbuild.dsp.stereo import Field
from albumbuild.model.device import Processor
from albumbuild.model.level import Pan
from albumbuild.model.units import Db, Hz, Pct, Text, unit

if TYPE_CHECKING:
    import numpy.typing as npt

    from albumbuild.model.device import Block


class Stereo(Processor, frozen=True, kw_only=True):
    """Shapes mid and side, in the order of its settings; as it stands it leaves every bit.

    Mono comes out as stereo, with nothing in its side.
    """

    name: ClassVar[str] = "stereo"

    swap: Annotated[bool, Text("left and right change places")] = False
    width_pct: Annotated[float, Pct(0, 200, "level of the side; 0 is mono")] = 100.0
    mid_db: Annotated[float, Db(-60, 24, "gain of the mid")] = 0.0
    side_db: Annotated[float, Db(-60, 24, "gain of the side")] = 0.0
    mono_below_hz: Annotated[float, Hz(20, 1_000, "no side under this frequency")] | None = None
    rotate_deg: Annotated[float, unit("°", -180, 180, "turns the field to the right")] = 0.0
    balance: Annotated[float, Pan("turns one side down; the other stays")] = 0.0

    def start(self, rate_hz: int, channels: int) -> Field:  # noqa: ARG002 - every device asks
        """The field."""
        return Field(self._matrix(), mono_below_hz=self.mono_below_hz, rate_hz=rate_hz)

    def process(self, block: "Block", state: Field, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, stereo."""
        return state.process(block)

    def glide(self, state: Field, frames: int) -> None:
        """Move the matrix, and the side's filter where there is one."""
        state.aim(self._matrix(), mono_below_hz=self.mono_below_hz, frames=frames)

    def channels_out(self, channels: int) -> int:
        """Two, also from mono."""
        return max(channels, 2)

    def _matrix(self) -> "npt.NDArray[np.float64]":
        mid = db_to_gain(self.mid_db)
        side = db_to_gain(self.side_db) * self.width_pct / 100 * (-1 if self.swap else 1)
        angle = math.pi * self.rotate_deg / 180
        along, across = cos(angle), sin(angle)
        left = np.array([along * mid - across * mid, along * side + across * side])
        right = np.array([across * mid + along * mid, across * side - along * side])
        near = min(1.0, 1.0 - self.balance / 100), min(1.0, 1.0 + self.balance / 100)
        return np.array([left * near[0], right * near[1]])
