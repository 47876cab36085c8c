"""The reverb: a room of any size, from early reflections to the last of the tail."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp import reverb
from albumbuild.dsp.prototypes import cuts
from albumbuild.dsp.stereo import both
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Hz, Ms, Pct, Seconds

if TYPE_CHECKING:
    from albumbuild.dsp.prototypes import Prototype
    from albumbuild.model.device import Block

TAIL_DECAYS = 1.5  # 90 dB


class Reverb(ToneProcessor, frozen=True, kw_only=True):
    """The sound of a room alone, in stereo, as loud as a steady sound that goes in.

    It falls by 60 dB in `decay_s`, and what is at `damping_hz` in half of it; highs are dulled
    on the way in as well, as by a first wall. Walls come nearer than `size_pct` says where
    sound would not last to reach them: at 100 % from 0.2 s down.
    """

    name: ClassVar[str] = "reverb"
    version: ClassVar[int] = 2

    decay_s: Annotated[float, Seconds(0.1, 30, "time to fall by 60 dB")] = 1.8
    predelay_ms: Annotated[float, Ms(0, 500, "before the first reflection")] = 0.0
    size_pct: Annotated[float, Pct(20, 200, "distance of the walls")] = 100.0
    damping_hz: Annotated[float, Hz(500, 20_000, "where the decay takes half the time")] = 8_000.0
    low_cut_hz: Annotated[float, Hz(20, 20_000, "no reverb below")] | None = None
    high_cut_hz: Annotated[float, Hz(20, 20_000, "no reverb above")] | None = None
    width_pct: Annotated[float, Pct(0, 200, "level of the side; 0 is mono")] = 100.0
    early_db: Annotated[float, Db(-60, 12, "early reflections against the tail")] = -6.0
    diffusion_pct: Annotated[float, Pct(0, 100, "how soon echoes blur")] = 85.0
    modulation_pct: Annotated[float, Pct(0, 100, "slow movement of the walls")] = 25.0

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 8.0

    def start(self, rate_hz: int, channels: int) -> reverb.Reverb:  # noqa: ARG002
        """The room, silent."""
        return reverb.reverb(self._room(), rate_hz=rate_hz, cuts=self._cuts())

    def process(self, block: "Block", state: reverb.Reverb, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The wet sound, stereo."""
        return state.process(both(block))

    def glide(self, state: reverb.Reverb, frames: int) -> None:
        """Move walls, losses and levels; a room that grows or shrinks bends the pitch."""
        state.aim(self._room(), cuts=self._cuts(), frames=frames)

    def tail(self, rate_hz: int) -> int:
        """Until the room is 90 dB down."""
        first_s = self.predelay_ms / 1000 + reverb.longest_s(self.size_pct / 100)
        return round((first_s + TAIL_DECAYS * self.decay_s) * rate_hz)

    def channels_out(self, channels: int) -> int:
        """Two, also from mono."""
        return max(channels, 2)

    def _room(self) -> reverb.Room:
        return reverb.Room(
            decay_s=self.decay_s,
            predelay_s=self.predelay_ms / 1000,
            size=self.size_pct / 100,
            damping_hz=self.damping_hz,
            width=self.width_pct / 100,
            early_db=self.early_db,
            diffusion=self.diffusion_pct / 100,
            modulation=self.modulation_pct / 100,
        )

    def _cuts(self) -> "tuple[Prototype, ...]":
        return cuts(self.low_cut_hz, self.high_cut_hz)
