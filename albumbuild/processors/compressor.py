"""The compressor: what is over the threshold comes out at 1/ratio of its excess."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from albumbuild.dsp.dynamics import Compressor as Running
from albumbuild.dsp.dynamics import Curve, lookahead_frames
from albumbuild.dsp.listening import Listening
from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Db, Ms, Number, Pct, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Compressor(ToneProcessor, frozen=True, kw_only=True):
    """Turns down what is over the threshold; a ratio of 1 gives back every bit.

    The detector follows the peaks of each half cycle, or the mean square of whole half cycles
    over 2.5 ms or more: a square wave reads as its peak in both, a sine 3 dB less in the second.
    Silence before a sound is not heard. With `rms` an attack under 3 ms is not reached.
    """

    name: ClassVar[str] = "compressor"
    version: ClassVar[int] = 3
    unmoved: ClassVar[dict[str, str]] = {"lookahead_ms": "it sets the latency"}

    threshold_db: Annotated[float, Db(-80, 0, "level above which it works")] = -20.0
    ratio: Annotated[float, Number(1, 100, "input change for 1 dB of output")] = 2.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of a rise in reduction")] = 10.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of a fall in reduction")] = 100.0
    knee_db: Annotated[float, Db(0, 36, "width of the bend around the threshold")] = 6.0
    makeup_db: Annotated[float, Db(-40, 40, "gain after it")] = 0.0
    detector: Annotated[Literal["peak", "rms"], Text("what it measures")] = "peak"
    lookahead_ms: Annotated[float, Ms(0, 50, "how early it hears what is to come")] = 0.0
    link_pct: Annotated[float, Pct(0, 100, "how far channels share one gain")] = 100.0
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 2.0

    def start(self, rate_hz: int, channels: int) -> Listening[Running]:
        """The compressor at rest."""
        return Listening(Running(self._curve(), rate_hz, channels), self.sidechain, rate_hz)

    def process(
        self, block: "Block", state: Listening[Running], key: "Block | None" = None
    ) -> "Block":
        """The next block, turned down by what it, or the key, asks for."""
        return state.process(block, key)

    def glide(self, state: Listening[Running], frames: int) -> None:
        """Move the curve, the times, and the filters of the side chain."""
        state.running.aim(self._curve(), frames)
        state.aim(self.sidechain, frames)

    def latency(self, rate_hz: int) -> int:
        """The look-ahead."""
        return lookahead_frames(self.lookahead_ms, rate_hz)

    def _curve(self) -> Curve:
        return Curve(
            threshold_db=self.threshold_db,
            ratio=self.ratio,
            knee_db=self.knee_db,
            attack_ms=self.attack_ms,
            release_ms=self.release_ms,
            makeup_db=self.makeup_db,
            detector=self.detector,
            lookahead_ms=self.lookahead_ms,
            link_pct=self.link_pct,
        )
