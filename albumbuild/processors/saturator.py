"""The saturator: harmonics from a curve, without aliases."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from albumbuild.dsp import saturator
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Saturator(ToneProcessor, frozen=True, kw_only=True):
    """Bends the wave, to ±1 at most: `x` is the sound after its drive.

    Every curve leaves quiet sound as it is, with a slope of 1:
    tape  x / √(1 + x²)
    tube  x / √(1 + x²) + x² / (2 √(1 + x²)⁵): even harmonics too, so a DC offset
    soft  x - 4/27·x³ up to ±1.5, ±1 beyond
    hard  x up to ±1, ±1 beyond
    What is heard of it is band-limited, so steep edges swing over ±1 by a little.

    Of tones up to 15 kHz, lines that are no harmonics stay under -90 dB up to 20 kHz at the
    default `oversample`, whatever the drive. 8 holds to 5 kHz and 24 dB, 4 to 1 kHz and 24 dB;
    1 is the curve alone.
    """

    name: ClassVar[str] = "saturator"

    drive_db: Annotated[float, Db(-24, 48, "gain into the curve")] = 6.0
    curve: Annotated[Literal["tape", "tube", "soft", "hard"], Text("how it bends")] = "tape"
    oversample: Annotated[Literal[1, 2, 4, 8, 16], Text("times the rate inside it")] = 16
    output_db: Annotated[float, Db(-48, 24, "gain after the curve")] = 0.0

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 8.0

    def start(self, rate_hz: int, channels: int) -> saturator.Saturator:  # noqa: ARG002
        """The filters, silent."""
        return saturator.saturator(
            self.curve, oversample=self.oversample, gains=self._factors(), channels=channels
        )

    def process(
        self,
        block: "Block",
        state: saturator.Saturator,
        key: "Block | None" = None,  # noqa: ARG002
    ) -> "Block":
        """The next block, bent."""
        return state.process(block)

    def glide(self, state: saturator.Saturator, frames: int) -> None:
        """Move drive and output."""
        state.gains.aim(self._factors(), frames)

    def latency(self, rate_hz: int) -> int:  # noqa: ARG002
        """That of its filters."""
        return saturator.latency(self.oversample)

    def tail(self, rate_hz: int) -> int:
        """What is still in the filters when the input ends, after the latency."""
        return self.latency(rate_hz)

    def lead(self, rate_hz: int) -> int:
        """All of its latency: the drive is the first thing that happens."""
        return self.latency(rate_hz)

    def _factors(self) -> list[float]:
        return saturator.factors(self.curve, drive_db=self.drive_db, output_db=self.output_db)
