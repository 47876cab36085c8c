"""What expander and gate have in common: they turn down what is under a threshold."""

from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from albumbuild.dsp.gate import Doorway, Gate
from albumbuild.dsp.listening import Listening
from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Db, Ms, Number, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block

OutputRatio: TypeAlias = Annotated[float, Number(1, 100, "output change for 1 dB of input")]
Hold: TypeAlias = Annotated[float, Ms(0, 5_000, "stays open for")]
Hysteresis: TypeAlias = Annotated[float, Db(0, 24, "closes that far under the threshold")]


class Doorkeeper(ToneProcessor, frozen=True, kw_only=True):
    """Turns down what is under the threshold; each of its kind says from where, and how far."""

    reducing: ClassVar[bool] = True

    threshold_db: float
    ratio: OutputRatio
    range_db: float
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of opening")] = 1.0
    hold_ms: Hold
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of closing")] = 100.0
    hysteresis_db: Hysteresis
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 2.0

    def start(self, rate_hz: int, channels: int) -> Listening[Gate]:
        """The device, closed."""
        return Listening(Gate(self._doorway(), rate_hz, channels), self.sidechain, rate_hz)

    def process(
        self, block: "Block", state: Listening[Gate], key: "Block | None" = None
    ) -> "Block":
        """The next block, turned down where it, or the key, is under the threshold."""
        return state.process(block, key)

    def glide(self, state: Listening[Gate], frames: int) -> None:
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
