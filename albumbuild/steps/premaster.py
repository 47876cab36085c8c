"""The premaster: a mix after its song's and its album's master inserts."""

from pathlib import Path
from typing import ClassVar

from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.model.device import Processor
from albumbuild.model.time import Part
from albumbuild.steps.reductions import ReductionLog
from albumbuild.steps.repairs import RepairLog
from albumbuild.steps.sounds import with_sounds
from albumbuild.steps.stream import AUDIO, blocks_of, cut, frames_of, placed, through, write_sound
from albumbuild.steps.study import studied
from albumbuild.steps.traces import Traced, write_trace


class Premaster(Action, frozen=True, kw_only=True):
    """Runs a mix through the master inserts, before any medium's loudness and limiter.

    Of a `part` no more is rendered than up to its end; the mix need not be longer than that
    and the latency of the inserts, unless one of them studies all of it.
    """

    kind: ClassVar[str] = "premaster"
    version: ClassVar[int] = 3
    libraries: ClassVar[tuple[str, ...]] = ("soxr",)

    inserts: tuple[Processor, ...]
    rate_hz: int
    part: Part | None = None

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `audio` at the working rate, with the tail of the inserts, and what they did."""
        mix = needs.blob("mix")
        progress.total(frames_of(mix))
        inserts = studied(
            with_sounds(self.inserts, needs),
            lambda: blocks_of(mix),
            rate_hz=self.rate_hz,
            progress=progress,
        )
        repairs, reductions = RepairLog(self.rate_hz), ReductionLog(self.rate_hz)
        watchers = (repairs, reductions)
        blocks = through(inserts, blocks_of(mix), rate_hz=self.rate_hz, watchers=watchers)
        if self.part is not None:
            blocks = cut(placed(blocks), self.part.first, self.part.last)
        write_sound(into / AUDIO, blocks, rate_hz=self.rate_hz, progress=progress)
        first = 0 if self.part is None else self.part.first
        reduced = reductions.reductions(frames_of(into / AUDIO), first=first)
        write_trace(into, Traced(reductions=reduced))
        repairs.write(into, progress)
