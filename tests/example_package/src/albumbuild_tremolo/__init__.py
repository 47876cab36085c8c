"""A tremolo: the level goes up and down, as the amplifiers of the fifties did it."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Hz, Pct, Text
from albumbuild_tremolo.swing import Swing

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Tremolo(ToneProcessor, frozen=True, kw_only=True):
    """Turns the level down and up again, in waves; a depth of 0 gives back every bit.

    The first wave begins at full level with the first frame.
    """

    name: ClassVar[str] = "tremolo"
    version: ClassVar[int] = 1  # raise it when the sound changes

    speed_hz: Annotated[float, Hz(0.05, 20, "waves in a second")] = 5.0
    depth_pct: Annotated[float, Pct(0, 100, "how far down; 100 is silence")] = 50.0
    wave: Annotated[Literal["round", "straight"], Text("how it goes down and up")] = "round"

    def start(self, rate_hz: int, channels: int) -> Swing:  # noqa: ARG002 - every device asks
        """The wave, at its beginning."""
        return Swing(rate_hz, speed_hz=self.speed_hz, depth=self.depth_pct / 100)

    def process(self, block: "Block", state: Swing, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, each frame times its place in the wave."""
        return block * state.gains(len(block), is_round=self.wave == "round")

    def glide(self, state: Swing, frames: int) -> None:
        """Move speed and depth."""
        state.aim(self.speed_hz, self.depth_pct / 100, frames)
