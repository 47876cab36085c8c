"""The limiter: no true peak over the ceiling, and nothing done below it."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.limiter import Limiter as Running
from albumbuild.dsp.limiter import LimiterSettings, limiter_latency
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Dbtp, Ms, Pct, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Limiter(ToneProcessor, frozen=True, kw_only=True):
    """Keeps peaks, also those between samples, under the ceiling.

    Sound that stays under it comes out bit for bit. An adaptive release lets go of a short peak
    in the time set, and slows down where reduction lasts: bass stays clean, the level calm.
    While its drive moves, each frame is driven by its own; a ceiling that moves does so as early
    as the detector looks, 33 frames.
    """

    name: ClassVar[str] = "limiter"
    version: ClassVar[int] = 2
    reducing: ClassVar[bool] = True
    unmoved: ClassVar[dict[str, str]] = {"lookahead_ms": "it sets the latency"}

    ceiling_dbtp: Annotated[float, Dbtp(-60, 0, "no true peak over this")] = -1.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of a fall in reduction")] = 50.0
    adaptive: Annotated[bool, Text("slow the release down where reduction lasts")] = True
    lookahead_ms: Annotated[float, Ms(0.5, 50, "how early it begins to turn down")] = 5.0
    true_peak: Annotated[bool, Text("count what lies between samples too")] = True
    link_pct: Annotated[float, Pct(0, 100, "how far channels share one gain")] = 100.0
    drive_db: Annotated[float, Db(-40, 40, "gain before it")] = 0.0

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 4.0

    def start(self, rate_hz: int, channels: int) -> Running:
        """The limiter at rest."""
        return Running(rate_hz, channels, self._settings())

    def process(self, block: "Block", state: Running, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, limited."""
        return state.process(block)

    def glide(self, state: Running, frames: int) -> None:
        """Move ceiling, release, link and drive."""
        state.aim(self._settings(), frames)

    def latency(self, rate_hz: int) -> int:
        """Look-ahead, hold and half the detector's filter."""
        return limiter_latency(self.lookahead_ms, rate_hz)

    def lead(self, rate_hz: int) -> int:
        """Settings count for the frame that comes in."""
        return self.latency(rate_hz)

    def _settings(self) -> LimiterSettings:
        return LimiterSettings(
            ceiling_dbtp=self.ceiling_dbtp,
            release_ms=self.release_ms,
            lookahead_ms=self.lookahead_ms,
            true_peak=self.true_peak,
            link_pct=self.link_pct,
            drive_db=self.drive_db,
            adaptive=self.adaptive,
        )
