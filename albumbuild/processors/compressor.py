"""The compressor: what is over the threshold comes out at 1/ratio of its excess."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.dynamics import Compressor as Running
from albumbuild.dsp.dynamics import lookahead_frames
from albumbuild.dsp.listening import Listening
from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Ms, Text
from albumbuild.processors.squashing import (
    UNSET,
    Attack,
    Detector,
    Knee,
    Link,
    Makeup,
    Ratio,
    Release,
    Threshold,
    curve_of,
)

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
    reducing: ClassVar[bool] = True
    unmoved: ClassVar[dict[str, str]] = {"lookahead_ms": "it sets the latency"}

    threshold_db: Threshold = UNSET.threshold_db
    ratio: Ratio = UNSET.ratio
    attack_ms: Attack = UNSET.attack_ms
    release_ms: Release = UNSET.release_ms
    knee_db: Knee = UNSET.knee_db
    makeup_db: Makeup = UNSET.makeup_db
    detector: Detector = UNSET.detector
    lookahead_ms: Annotated[float, Ms(0, 50, "how early it hears what is to come")] = 0.0
    link_pct: Link = UNSET.link_pct
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 2.0

    def start(self, rate_hz: int, channels: int) -> Listening[Running]:
        """The compressor at rest."""
        return Listening(Running(curve_of(self), rate_hz, channels), self.sidechain, rate_hz)

    def process(
        self, block: "Block", state: Listening[Running], key: "Block | None" = None
    ) -> "Block":
        """The next block, turned down by what it, or the key, asks for."""
        return state.process(block, key)

    def glide(self, state: Listening[Running], frames: int) -> None:
        """Move the curve, the times, and the filters of the side chain."""
        state.running.aim(curve_of(self), frames)
        state.aim(self.sidechain, frames)

    def latency(self, rate_hz: int) -> int:
        """The look-ahead."""
        return lookahead_frames(self.lookahead_ms, rate_hz)
