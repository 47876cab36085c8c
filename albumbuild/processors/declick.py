"""The declicker: clicks are found and filled in, and nothing else is touched."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.declick import (
    LONGEST_MS,
    MAX_LENGTH_MS,
    SENSITIVITY,
    Declicker,
    declick_latency,
)
from albumbuild.dsp.maths import gain_to_db
from albumbuild.model.device import Processor
from albumbuild.model.repair import Repair
from albumbuild.model.units import Ms, Number

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Declick(Processor, frozen=True, kw_only=True):
    """Finds clicks and repairs them; the rest stays untouched, bit for bit.

    A click is brief, stands out against the sound around it, and leaves the sound after it as
    it was: a drum or a pluck does not. At 5 it is found from 25 times the deviation of what
    cannot be foretold of the sound; each 2 more halve that. What it covered is rebuilt from
    both sides. Each channel is repaired for itself.
    """

    name: ClassVar[str] = "declick"
    repairing: ClassVar[bool] = True
    example: ClassVar[str] = "{sensitivity: 6, max_length_ms: 3}"

    sensitivity: Annotated[float, Number(0, 10, "10 finds the smallest clicks")] = SENSITIVITY
    max_length_ms: Annotated[float, Ms(0.05, LONGEST_MS, "the longest click")] = MAX_LENGTH_MS

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 8.0

    def start(self, rate_hz: int, channels: int) -> Declicker:
        """The declicker, before any sound."""
        return Declicker(self.sensitivity, self.max_length_ms, rate_hz, channels)

    def process(self, block: "Block", state: Declicker, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, without its clicks."""
        return state.process(block)

    def glide(self, state: Declicker, frames: int) -> None:
        """Move sensitivity and length; they are read every 20 ms."""
        state.aim(self.sensitivity, self.max_length_ms, frames)

    def latency(self, rate_hz: int) -> int:
        """What it must have heard after a click."""
        return declick_latency(rate_hz)

    def repairs(self, state: Declicker) -> tuple[Repair, ...]:
        """Every click that was filled in."""
        return tuple(
            Repair(
                kind="click",
                frame=click.frame,
                frames=click.frames,
                channel=click.channel,
                level_db=gain_to_db(click.height),
            )
            for click in state.clicks
        )
