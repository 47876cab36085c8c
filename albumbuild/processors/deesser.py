"""The de-esser: sibilance is held at a threshold, in its own band or in all."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from albumbuild.dsp.deesser import LOWEST_HZ, Sibilance, deesser_latency, deesser_tail
from albumbuild.dsp.deesser import Deesser as Running
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Hz, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Deesser(ToneProcessor, frozen=True, kw_only=True):
    """Turns sibilance down by no more than its range.

    The peak level above `freq_hz` is held at the threshold, until all of the range is used.
    Split turns down the band above `freq_hz` alone, without a shift of phase; wide turns
    down everything. A signal without sibilance comes out bit for bit, 3 ms late.
    """

    name: ClassVar[str] = "deesser"
    version: ClassVar[int] = 2
    reducing: ClassVar[bool] = True

    freq_hz: Annotated[float, Hz(LOWEST_HZ, 12_000, "sibilance is above this")] = 6_000.0
    threshold_db: Annotated[float, Db(-60, 0, "level above which it works")] = -30.0
    range_db: Annotated[float, Db(0, 24, "the most it turns down")] = 6.0
    mode: Annotated[Literal["split", "wide"], Text("the upper band alone, or all")] = "split"

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 2.0

    def start(self, rate_hz: int, channels: int) -> Running:
        """The de-esser at rest."""
        return Running(self._sibilance(), rate_hz, channels)

    def process(self, block: "Block", state: Running, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, its sibilance turned down."""
        return state.process(block)

    def glide(self, state: Running, frames: int) -> None:
        """Move frequency, threshold and range."""
        state.aim(self._sibilance(), frames)

    def latency(self, rate_hz: int) -> int:
        """What the band's response takes."""
        return deesser_latency(rate_hz)

    def tail(self, rate_hz: int) -> int:
        """What the band's response rings after a sound, as before it."""
        return deesser_tail(self.freq_hz, rate_hz) if self.mode == "split" else 0

    def _sibilance(self) -> Sibilance:
        return Sibilance(
            freq_hz=self.freq_hz,
            threshold_db=self.threshold_db,
            range_db=self.range_db,
            split=self.mode == "split",
        )
