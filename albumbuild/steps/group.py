"""A bus of a song as a step of its own, or one strip alone: its sound and its sends."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec

from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.wave import create_wave
from albumbuild.model.desk import Desk
from albumbuild.steps.desk import DeskRun, Source
from albumbuild.steps.sounds import loaded_desk
from albumbuild.steps.source import StripSource
from albumbuild.steps.stream import AUDIO, BLOCK, FileSource

if TYPE_CHECKING:
    from collections.abc import Mapping


class Group(Action, frozen=True, kw_only=True):
    """Sums the strips of one bus through its inserts and fader.

    Leaves the bus from the start of the song's time line to the end of its last tail,
    and what goes from it to each return. Holds the strips and not the song: a new
    title must not mix again.
    """

    kind: ClassVar[str] = "bus"
    libraries: ClassVar[tuple[str, ...]] = ("soxr",)

    desk: Desk
    root: str
    rate_hz: int

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `audio` and a `send.NAME` for each return that it feeds."""
        desk = loaded_desk(self.desk, needs)
        with open_sources(desk, needs, self.rate_hz) as sources:
            run = DeskRun(desk, sources.each, root=self.root, rate_hz=self.rate_hz)
            until = max(out.end + out.latency for out in run.outputs.values())
            progress.total(until)
            with ExitStack() as stack:
                files = {
                    name: stack.enter_context(
                        create_wave(
                            into / output_name(name),
                            rate_hz=self.rate_hz,
                            channels=2,
                            sample="float32",
                        )
                    )
                    for name in run.outputs
                }
                for first, blocks in run.blocks(BLOCK, until=until, side_by_side=progress.map):
                    for name, block in blocks.items():
                        out = run.outputs[name]
                        begin = max(out.latency - first, 0)
                        files[name].write(block[begin : max(out.end + out.latency - first, begin)])
                    progress.add(BLOCK)


class Solo(Group, frozen=True, kw_only=True):
    """One strip as it leaves its fader, for listening."""

    kind: ClassVar[str] = "strip"


class Sources(msgspec.Struct):
    """The open files of a desk: its stems, and its kept buses."""

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
