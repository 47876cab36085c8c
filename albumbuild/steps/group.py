"""A bus, strip or return of a song as a step of its own: its sound and its sends."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec

from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.wave import create_wave
from albumbuild.model.desk import Desk
from albumbuild.model.time import Part
from albumbuild.steps.desk import DeskRun, Junction, Source
from albumbuild.steps.repairs import RepairLog
from albumbuild.steps.sounds import loaded_desk
from albumbuild.steps.source import StripSource
from albumbuild.steps.stream import AUDIO, BLOCK, FileSource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from albumbuild.formats.wave import WaveWriter


class Group(Action, frozen=True, kw_only=True):
    """Sums the strips of one bus through its inserts and fader.

    Leaves the bus from the start of the song's time line to the end of its last tail,
    or a `part` of that, and what goes from it to each return. Holds the strips and not
    the song: a new title must not mix again.
    """

    kind: ClassVar[str] = "bus"
    libraries: ClassVar[tuple[str, ...]] = ("soxr",)

    desk: Desk
    root: str
    rate_hz: int
    part: Part | None = None

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `audio` and a `send.NAME` for each return that it feeds."""
        desk = loaded_desk(self.desk, needs)
        with open_sources(desk, needs, self.rate_hz) as sources, ExitStack() as stack:
            run = DeskRun(desk, sources.each, root=self.root, rate_hz=self.rate_hz)
            spans = {name: self._span(out) for name, out in run.outputs.items()}
            until = max(last for _, last in spans.values())
            progress.total(until)
            files = {name: stack.enter_context(self._file(into, name)) for name in spans}
            for start, blocks in run.blocks(BLOCK, until=until, side_by_side=progress.map):
                for name, block in blocks.items():
                    first, last = spans[name]
                    files[name].write(block[max(first - start, 0) : max(last - start, 0)])
                progress.add(BLOCK)
            repairs = RepairLog(self.rate_hz)
            run.watched_by(repairs)
        repairs.write(into, progress)

    def _span(self, out: Junction) -> tuple[int, int]:
        """The frames of an output that are written, as late as they come."""
        part = self.part or Part(first=0, last=out.end)
        return part.first + out.latency, min(part.last, out.end) + out.latency

    def _file(self, into: Path, name: str) -> "AbstractContextManager[WaveWriter]":
        path = into / output_name(name)
        return create_wave(path, rate_hz=self.rate_hz, channels=2, sample="float32")


class Solo(Group, frozen=True, kw_only=True):
    """One strip as it leaves its fader and pan."""

    kind: ClassVar[str] = "strip"


class Return(Group, frozen=True, kw_only=True):
    """One return as it leaves its fader: all that is sent to it, summed, through its inserts."""

    kind: ClassVar[str] = "return"


class Sources(msgspec.Struct):
    """The open files of a desk: its stems, and what is kept."""

    each: "Mapping[str, Source]"
    stack: ExitStack

    def __enter__(self) -> "Sources":
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()


def open_sources(desk: Desk, needs: Needs, rate_hz: int) -> Sources:
    """What the desk reads: `stem/NAME/…` and `kept/NAME/OUTPUT` among the needs."""
    stack = ExitStack()
    each: dict[str, Source] = {}
    for name, strip in desk.strips.items():
        if name in desk.kept:
            continue
        paths = [needs.source(role) for role in needs.roles(f"stem/{name}/")]
        source = StripSource(strip, paths, rate_hz)
        stack.callback(source.close)
        each[name] = source
    for name in desk.kept:
        for role in needs.roles(f"kept/{name}/"):
            output = role.removeprefix(f"kept/{name}/")
            target = output.removeprefix("send.")
            kept = stack.enter_context(FileSource(needs.blob(role)))
            each[name if output == AUDIO else f"{name}>{target}"] = kept
    return Sources(each, stack)


def output_name(tap: str) -> str:
    """The file that holds an output of a desk."""
    return AUDIO if tap == "audio" else f"send.{tap}"
