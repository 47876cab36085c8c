"""The dehummer: mains hum and its harmonics are notched out."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.dehum import Dehummer
from albumbuild.dsp.maths import gain_to_db
from albumbuild.model.device import Processor
from albumbuild.model.repair import Repair
from albumbuild.model.units import Hz, Number

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Dehum(Processor, frozen=True, kw_only=True):
    """Takes out mains hum and its harmonics.

    A notch at `freq_hz` and at each of its multiples up to near half the sample rate, as many
    as `harmonics`; each is `freq_hz` / `q` times its number wide, 3 dB down at its edges. A hum
    that keeps to its frequency is 40 dB down after 1.5 · `q` periods; a lower `q` forgives more
    drift.
    """

    name: ClassVar[str] = "dehum"
    repairing: ClassVar[bool] = True
    unmoved: ClassVar[dict[str, str]] = {"harmonics": "it sets how many notches there are"}
    example: ClassVar[str] = "{freq_hz: 60, harmonics: 12}"

    freq_hz: Annotated[float, Hz(20, 500, "the hum's fundamental")] = 50.0
    harmonics: Annotated[int, Number(1, 64, "how many are taken out")] = 8
    q: Annotated[float, Number(1, 500, "narrowness of each notch")] = 30.0

    def start(self, rate_hz: int, channels: int) -> Dehummer:
        """The notches, at rest."""
        return Dehummer(
            self.freq_hz, self.q, harmonics=self.harmonics, rate_hz=rate_hz, channels=channels
        )

    def process(self, block: "Block", state: Dehummer, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, without its hum."""
        return state.process(block)

    def glide(self, state: Dehummer, frames: int) -> None:
        """Move all notches."""
        state.aim(self.freq_hz, self.q, frames)

    def repairs(self, state: Dehummer) -> tuple[Repair, ...]:
        """The power of what was taken out of each channel."""
        powers = state.energy / max(state.frames, 1)
        return tuple(
            Repair(
                kind="hum",
                frame=0,
                frames=state.frames,
                channel=channel,
                level_db=gain_to_db(float(power)) / 2,
            )
            for channel, power in enumerate(powers)
            if power > 0.0
        )
