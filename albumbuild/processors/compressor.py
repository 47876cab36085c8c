"""The compressor: what is over the threshold comes out at 1/ratio of its excess."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from albumbuild.dsp import prototypes
from albumbuild.dsp.dynamics import Compressor as Running
from albumbuild.dsp.dynamics import Curve, lookahead_frames
from albumbuild.dsp.filters import Filter
from albumbuild.model.device import ToneProcessor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.units import Db, Ms, Number, Pct, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Listening:
    """The state: the running compressor, and the filter before its ear."""

    def __init__(self, running: Running, sidechain: Sidechain | None, rate_hz: int) -> None:
        self.running = running
        self._rate_hz = rate_hz
        self._prototypes = tuple(_filters(sidechain, rate_hz)) if sidechain else ()
        self._filter: Filter | None = None

    @property
    def reduction_db(self) -> float:
        """The most that the last block was turned down."""
        return self.running.reduction_db

    def process(self, block: "Block", key: "Block | None") -> "Block":
        """The next block, turned down by what the filtered key asks for."""
        if not self._prototypes:
            return self.running.process(block, key)
        heard = block if key is None else key
        if self._filter is None:
            self._filter = Filter(self._prototypes, self._rate_hz, heard.shape[1])
        return self.running.process(block, self._filter.process(heard))


class Compressor(ToneProcessor, frozen=True, kw_only=True):
    """Turns down what is over the threshold; a ratio of 1 gives back every bit.

    The detector follows the peaks of each half cycle, or the mean square of 10 ms: a square
    wave reads as its peak in both, a sine 3 dB less in the second. Silence before a sound is
    not heard. With `rms` an attack under 6 ms or a release under 15 ms is not reached.
    """

    name: ClassVar[str] = "compressor"
    version: ClassVar[int] = 2

    threshold_db: Annotated[float, Db(-80, 0, "level above which it works")] = -20.0
    ratio: Annotated[float, Number(1, 100, "input change for 1 dB of output")] = 2.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of a rise in reduction")] = 10.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of a fall in reduction")] = 100.0
    knee_db: Annotated[float, Db(0, 36, "width of the bend around the threshold")] = 6.0
    makeup_db: Annotated[float, Db(-40, 40, "gain after it")] = 0.0
    detector: Annotated[Literal["peak", "rms"], Text("what it measures; rms takes 10 ms")] = "peak"
    lookahead_ms: Annotated[float, Ms(0, 50, "how early it hears what is to come")] = 0.0
    link_pct: Annotated[float, Pct(0, 100, "how far channels share one gain")] = 100.0
    sidechain: Annotated[Sidechain, Text("what it listens to")] | None = None

    def start(self, rate_hz: int, channels: int) -> Listening:
        """The compressor at rest."""
        curve = Curve(
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
        return Listening(Running(curve, rate_hz, channels), self.sidechain, rate_hz)

    def process(self, block: "Block", state: Listening, key: "Block | None" = None) -> "Block":
        """The next block, turned down by what it, or the key, asks for."""
        return state.process(block, key)

    def latency(self, rate_hz: int) -> int:
        """The look-ahead."""
        return lookahead_frames(self.lookahead_ms, rate_hz)


def _filters(sidechain: Sidechain, rate_hz: int) -> list[prototypes.Prototype]:
    """Both of second order; one at or over half the rate has nothing to cut."""
    found = []
    if sidechain.highpass_hz is not None and sidechain.highpass_hz < rate_hz / 2:
        found.append(prototypes.highpass(sidechain.highpass_hz, order=2))
    if sidechain.lowpass_hz is not None and sidechain.lowpass_hz < rate_hz / 2:
        found.append(prototypes.lowpass(sidechain.lowpass_hz, order=2))
    return found
