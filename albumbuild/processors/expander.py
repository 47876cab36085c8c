"""The expander: what is under the threshold comes out further under it."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.gate import Doorway
from albumbuild.dsp.gate import Gate as Running
from albumbuild.dsp.listening import Listening
from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Db, Ms, Number, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Expander(ToneProcessor, frozen=True, kw_only=True):
    """Turns down what is under the threshold, in proportion, by no more than its range.

    A level under the threshold T comes out at T + (level - T) · ratio. With a hysteresis it is
    left as it is until it has been that far under T, and then until it is at T again; for the
    hold after it was last that loud too. What is at the threshold or over it comes out bit for
    bit. The level is the peak of the last half cycles, of the louder channel.
    """

    name: ClassVar[str] = "expander"

    threshold_db: Annotated[float, Db(-100, 0, "level under which it works")] = -40.0
    ratio: Annotated[float, Number(1, 100, "output change for 1 dB of input")] = 2.0
    range_db: Annotated[float, Db(0, 100, "the most it turns down")] = 40.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of opening")] = 1.0
    hold_ms: Annotated[float, Ms(0, 5_000, "stays open for")] = 10.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of closing")] = 100.0
    hysteresis_db: Annotated[float, Db(0, 24, "closes that far under the threshold")] = 0.0
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 2.0

    def start(self, rate_hz: int, channels: int) -> Listening[Running]:
        """The expander, closed."""
        return Listening(Running(self._doorway(), rate_hz, channels), self.sidechain, rate_hz)

    def process(
        self, block: "Block", state: Listening[Running], key: "Block | None" = None
    ) -> "Block":
        """The next block, turned down where it, or the key, is under the threshold."""
        return state.process(block, key)

    def glide(self, state: Listening[Running], frames: int) -> None:
        """Move threshold, range and times, and the filters of the side chain."""
        state.running.aim(self._doorway(), frames)
        state.aim(self.sidechain, frames)

    def _doorway(self) -> Doorway:
        return Doorway(
            threshold_db=self.threshold_db,
            ratio=self.ratio,
            range_db=self.range_db,
            attack_ms=self.attack_ms,
            hold_ms=self.hold_ms,
            release_ms=self.release_ms,
            hysteresis_db=self.hysteresis_db,
        )
