"""The chorus: voices a little out of tune and time."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp import chorus
from albumbuild.dsp.stereo import both
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Hz, Number, Pct

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Chorus(ToneProcessor, frozen=True, kw_only=True):
    """Copies of the sound, each a little out of tune and time, without the sound itself.

    Each side hears all voices, 12 to 19 ms late, and each voice swings by up to 5 ms as a
    sine does; the right side is a quarter of a turn ahead. A single voice is a vibrato.
    """

    name: ClassVar[str] = "chorus"

    rate_hz: Annotated[float, Hz(0.01, 20, "how fast it moves")] = 0.8
    depth_pct: Annotated[float, Pct(0, 100, "how far it moves")] = 30.0
    voices: Annotated[int, Number(1, 8, "how many copies")] = 2

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 3.0

    def start(self, rate_hz: int, channels: int) -> chorus.Chorus:  # noqa: ARG002
        """The lines, silent, at the beginning of a turn."""
        return chorus.chorus(
            swings_hz=self.rate_hz,
            depth=self.depth_pct / 100,
            voices=self.voices,
            rate_hz=rate_hz,
        )

    def process(self, block: "Block", state: chorus.Chorus, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The voices alone, stereo."""
        return state.process(both(block))

    def glide(self, state: chorus.Chorus, frames: int) -> None:
        """Move rate and depth, and fade voices in or out."""
        state.aim(
            swings_hz=self.rate_hz,
            depth=self.depth_pct / 100,
            voices=self.voices,
            frames=frames,
        )

    def tail(self, rate_hz: int) -> int:
        """The latest of its voices."""
        return chorus.longest_frames(self.voices, depth=self.depth_pct / 100, rate_hz=rate_hz)

    def channels_out(self, channels: int) -> int:
        """Two, also from mono."""
        return max(channels, 2)
