"""The mix of one song: buses, strips and returns summed, cut and faded."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from albumbuild.dsp.levels import under_fades
from albumbuild.engine.action import Action, Needs, Progress, StepError
from albumbuild.model.desk import MIX, Desk, Fader
from albumbuild.model.problem import Problem
from albumbuild.model.time import Fade, Part
from albumbuild.steps.channel import Channel
from albumbuild.steps.desk import DeskRun
from albumbuild.steps.figures import SOUND, ToneMeter, write_figures
from albumbuild.steps.group import open_sources
from albumbuild.steps.inserts import fader_tail
from albumbuild.steps.reductions import ReductionLog
from albumbuild.steps.repairs import RepairLog
from albumbuild.steps.sounds import loaded_desk, loaded_fader
from albumbuild.steps.stream import AUDIO, BLOCK, cut, metered, write_sound
from albumbuild.steps.traces import Traced, write_trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albumbuild.model.device import Block


class Mix(Action, frozen=True, kw_only=True):
    """Sums the buses, strips and returns of one song into its stereo mix.

    Holds the strips and not the song: a new title must not mix again. The mix begins at
    `start_s` of the song's time line and ends at `end_s`, or with the last tail; a `part`
    of it is rendered no further than to its own end.
    """

    kind: ClassVar[str] = "mix"
    version: ClassVar[int] = 2
    libraries: ClassVar[tuple[str, ...]] = ("soxr",)

    desk: Desk
    mix: Fader
    rate_hz: int
    start_s: float
    end_s: float | None = None
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    part: Part | None = None

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `audio`, stereo float at the working rate, and what it measures."""
        desk, mix = loaded_desk(self.desk, needs), loaded_fader(self.mix, needs, MIX)
        with open_sources(desk, needs, self.rate_hz) as sources:
            run = DeskRun(desk, sources.each, root=MIX, rate_hz=self.rate_hz)
            root = run.outputs["audio"]
            channel = Channel(
                mix,
                channels=2,
                latency=root.latency,
                keys=run.channels,
                rate_hz=self.rate_hz,
            )
            first = round(self.start_s * self.rate_hz)
            last = root.end + fader_tail(mix, self.rate_hz) if root.end else first
            if self.end_s is not None:
                last = round(self.end_s * self.rate_hz)
            if last <= first:
                raise StepError(no_sound())
            part = self.part or Part(first=0, last=last - first)
            begin, end = first + part.first, min(first + part.last, last)
            progress.total(end)
            blocks = cut(self._sounding(run, channel, end, progress), begin, end)
            meter, reductions = ToneMeter(self.rate_hz), ReductionLog(self.rate_hz)
            reductions.watch(MIX, channel.inserts)
            sound = metered(self._faded(blocks, part.first, last - first), meter)
            write_sound(into / AUDIO, sound, rate_hz=self.rate_hz, progress=Progress())
            reduced = reductions.reductions(end - begin, first=begin)
            write_figures(into, {SOUND: meter.named()})
            write_trace(into, Traced(sound=meter.trace(), reductions=reduced))
            repairs = RepairLog(self.rate_hz)
            run.watched_by(repairs)
            repairs.watch(MIX, channel.inserts)
            repairs.write(into, progress)

    def _sounding(
        self, run: DeskRun, channel: Channel, last: int, progress: Progress
    ) -> "Iterator[tuple[int, Block]]":
        """Blocks of the whole time line, each with the frame that it begins at."""
        until = last + channel.latency
        for first, blocks in run.blocks(BLOCK, until=until, side_by_side=progress.map):
            channel.process(blocks["audio"], first, run.channels)
            progress.add(BLOCK)
            yield first - channel.latency, channel.out

    def _faded(self, blocks: "Iterator[Block]", position: int, frames: int) -> "Iterator[Block]":
        """Blocks from `position` on under the fades of a mix of so many frames."""
        for block in blocks:
            yield under_fades(
                block,
                self.fade_in,
                self.fade_out,
                position=position,
                frames=frames,
                rate_hz=self.rate_hz,
            )
            position += len(block)


def no_sound() -> Problem:
    """The part of the time line that is the song holds nothing."""
    return Problem(
        slug="empty-mix",
        what="the mix has no sound between its start and its end",
        why="every strip ends before the song begins, or is muted",
        fix="check `start`, `end` and `trim`, and what the version mutes",
    )
