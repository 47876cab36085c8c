"""Every strip, bus and return of a song as it leaves its fader and pan, on the mix's time line."""

from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from albumbuild.engine.action import Action, Needs, Progress, StepError
from albumbuild.formats.wave import create_wave
from albumbuild.model.desk import MIX, Desk
from albumbuild.steps.desk import DeskRun
from albumbuild.steps.group import open_sources
from albumbuild.steps.mix import no_sound
from albumbuild.steps.sounds import loaded_desk
from albumbuild.steps.stream import BLOCK


class Stems(Action, frozen=True, kw_only=True):
    """Takes the `channels` of a desk down in one pass.

    Each is `frames` long from frame `first` of the song's time line on, as the mix is. What
    goes straight to the mix adds up to it as it was before its inserts, fader and fades.
    """

    kind: ClassVar[str] = "stems"
    libraries: ClassVar[tuple[str, ...]] = ("soxr",)

    desk: Desk
    channels: tuple[str, ...]
    rate_hz: int
    first: int
    frames: int

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write a `channel.NAME` for each strip, bus and return: stereo float."""
        if self.frames <= 0:
            raise StepError(no_sound())
        desk = loaded_desk(self.desk, needs)
        with open_sources(desk, needs, self.rate_hz) as sources, ExitStack() as stack:
            run = DeskRun(desk, sources.each, root=MIX, rate_hz=self.rate_hz)
            heard = {name: run.channels[name] for name in self.channels}
            files = {
                name: stack.enter_context(
                    create_wave(
                        into / channel_output(name),
                        rate_hz=self.rate_hz,
                        channels=2,
                        sample="float32",
                    )
                )
                for name in heard
            }
            late = max((each.latency for each in heard.values()), default=0)
            until = self.first + self.frames + late
            progress.total(until)
            for start, _ in run.blocks(BLOCK, until=until, side_by_side=progress.map):
                for name, channel in heard.items():
                    begin = self.first + channel.latency - start
                    files[name].write(channel.out[max(begin, 0) : max(begin + self.frames, 0)])
                progress.add(BLOCK)


def channel_output(name: str) -> str:
    """The file that holds a strip, bus or return."""
    return f"channel.{name}"
