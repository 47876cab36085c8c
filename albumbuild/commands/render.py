"""`render`: brings one step up to date and writes its sound, or a part of it, for listening."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from albumbuild.commands.building import run_build, store_of
from albumbuild.commands.choosing import one_step
from albumbuild.commands.interrupt import Interrupt
from albumbuild.commands.make import ended
from albumbuild.commands.opening import open_album
from albumbuild.commands.waiting import add_wait_arguments, patience
from albumbuild.console import console_for
from albumbuild.dsp.dither import quantise
from albumbuild.engine.action import Cancelled
from albumbuild.engine.build import Terms
from albumbuild.engine.forecast import at_hand
from albumbuild.engine.lock import hold
from albumbuild.engine.plan import Plan
from albumbuild.engine.results import StepResult
from albumbuild.engine.store import Store
from albumbuild.formats.coding import Coding, CodingFormat, best_rate
from albumbuild.formats.sound import encode, probe
from albumbuild.formats.wave import create_wave
from albumbuild.model.problem import Problem, ProblemError, did_you_mean
from albumbuild.model.time import Part, seconds_from_clock
from albumbuild.planner.listening import listened, with_part
from albumbuild.steps.figures import FIGURES
from albumbuild.steps.prepared import resampled
from albumbuild.steps.sequence import LAYOUT
from albumbuild.steps.stream import AUDIO, blocks_of

if TYPE_CHECKING:
    from albumbuild.commands.opening import Opened
    from albumbuild.model.device import Block

WAVES = ("wav", "wave")
CODED: dict[str, CodingFormat] = {
    "flac": "flac",
    "aif": "aiff",
    "aiff": "aiff",
    "mp3": "mp3",
    "ogg": "ogg",
    "opus": "opus",
}
BITS = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `render`."""
    parser.add_argument(
        "step", metavar="STEP", help="such as mix:tide, strip:tide/vocal or return:tide/hall"
    )
    parser.add_argument("--from", dest="first", metavar="T", help="seconds or m:ss; default: start")
    parser.add_argument("--to", dest="last", metavar="T", help="seconds or m:ss; default: end")
    parser.add_argument("-o", dest="output", metavar="FILE", help="default: KIND-SUBJECT.wav")
    add_wait_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Render one step to a file; the exit code."""
    console = console_for(options)
    first_s, last_s = seconds_of(options.first), seconds_of(options.last)
    target = Path(options.output or options.step.replace(":", "-").replace("/", "-") + ".wav")
    _check_ending(target)
    opened = open_album(options, console)
    plan, step = one_step(opened.planned, options.step, command="render")
    span = _Span(first_s, last_s)
    part = _part_of(opened, step, span)
    store, busy = store_of(opened.root), patience(options, console)
    store.check_version()
    with Interrupt(quiet=console.quiet) as interrupt:
        try:
            with hold(store.lock, "shared", who=None, busy=busy, cancelled=interrupt.stopped):
                if part is not None:
                    plan, step, span = _quickest(opened, plan, step, span, part=part, store=store)
                result = run_build(
                    opened,
                    [step],
                    terms=_terms(step, opened),
                    console=console,
                    interrupt=interrupt,
                    busy=busy,
                    plan=plan,
                )
                if result.status == "ok":
                    _write(_sounds(store, result.steps[step], step), target, span)
                    console.result(str(target))
        except Cancelled:
            return interrupt.code
    return ended(opened, result, console, interrupt=interrupt)


class _Span(NamedTuple):
    """What of a sound is asked for, in seconds: from its start, and to its end, unless said."""

    first_s: float | None = None
    last_s: float | None = None

    def frames(self, whole: int, rate_hz: int) -> tuple[int, int]:
        """The same in frames of a sound that has so many.

        Raises:
            ProblemError: there are none between the two.
        """
        first = round((self.first_s or 0.0) * rate_hz)
        last = whole if self.last_s is None else min(round(self.last_s * rate_hz), whole)
        if first >= last:
            raise ProblemError([_empty_part(whole / rate_hz)])
        return first, last


def _part_of(opened: "Opened", step: str, span: _Span) -> Part | None:
    """The part of a step's sound that is enough; None where it must be made to its end.

    Raises:
        ProblemError: there is no sound in that part, or none at all.
    """
    heard = listened(opened.planned, step)
    if heard is not None and "/" in step and not heard.frames:
        raise ProblemError([_silent(step)])
    if heard is None or span == _Span():
        return None
    first, last = span.frames(heard.frames, heard.song.rate_hz)
    return Part(first=first, last=last) if last < heard.frames else None


def _quickest(
    opened: "Opened", plan: Plan, step: str, span: _Span, *, part: Part, store: Store
) -> tuple[Plan, str, _Span]:
    """The step that gives a part the soonest: the whole one if it is made, else the part alone."""
    made = [each for each in plan.order(plan.ancestors([step])) if plan[each].needs]
    ready = at_hand(plan, made, store=store)
    if step in ready:
        return plan, step, span
    return *with_part(opened.planned, plan, step, part=part, ready=ready), _Span()


def _terms(step: str, opened: "Opened") -> Terms:
    """Nothing is placed; what is heard must be in the store."""
    return Terms(
        jobs=len(os.sched_getaffinity(0)),
        wanted=(step,),
        album=opened.manifest.album.title,
        who="render",
    )


def seconds_of(text: str | None) -> float | None:
    """A position that was typed, in seconds.

    Raises:
        ProblemError: it is no position.
    """
    if text is None:
        return None
    seconds = seconds_from_clock(text)
    try:
        seconds = float(text) if seconds is None else seconds
    except ValueError:
        raise ProblemError([_no_position(text)]) from None
    if not 0 <= seconds < float("inf"):
        raise ProblemError([_no_position(text)])
    return seconds


def _sounds(store: Store, step: StepResult, step_id: str) -> list[Path]:
    """The sound files that a step left: one, or one a side."""
    names = [AUDIO] if AUDIO in step.outputs else []
    if step_id.startswith("sequence:"):
        names = [name for name in step.outputs if name not in (LAYOUT, FIGURES)]
    if not names:
        raise ProblemError([_no_sound(step_id)])
    return [store.blob(step.outputs[name]) for name in names]


def _write(paths: list[Path], target: Path, span: _Span) -> None:
    """The sound of `paths`, one after the other, cut and written whole or not at all."""
    rate_hz = probe(paths[0]).rate_hz
    first, last = span.frames(sum(probe(path).frames for path in paths), rate_hz)
    blocks = _part(paths, first, last)
    half = target.with_name(f".{target.name}.part")
    try:
        if _ending(target) in WAVES:
            with create_wave(half, rate_hz=rate_hz, channels=2, sample="float32") as out:
                for block in blocks:
                    out.write(block)
        else:
            _encode(half, blocks, rate_hz=rate_hz, form=CODED[_ending(target)])
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def _encode(path: Path, blocks: "Iterator[Block]", *, rate_hz: int, form: CodingFormat) -> None:
    """A file of another format, at a rate that it knows."""
    coding = Coding(format=form, rate_hz=best_rate(form, rate_hz), channels=2, bits=BITS)
    blocks = resampled(blocks, rate_hz, coding.rate_hz)
    encode(path, _whole(blocks) if coding.is_lossless else blocks, coding=coding)


def _part(paths: list[Path], first: int, last: int) -> "Iterator[Block]":
    """The frames `first` … `last` of files laid end to end."""
    position = 0
    for path in paths:
        for block in blocks_of(path):
            part = block[max(first - position, 0) : max(last - position, 0)]
            position += len(block)
            if len(part):
                yield part


def _whole(blocks: "Iterator[Block]") -> Iterator[Any]:
    for block in blocks:
        yield quantise(block, bits=BITS, dither="none", first_frame=0, seed=0)


def _ending(target: Path) -> str:
    return target.suffix.lower().removeprefix(".")


def _check_ending(target: Path) -> None:
    if _ending(target) not in (*WAVES, *CODED):
        raise ProblemError([_unknown_ending(_ending(target))])


def _no_position(text: str) -> Problem:
    """A time that cannot be read."""
    return Problem(
        slug="no-position",
        what=f"`{text}` is no position",
        why="a position is seconds from the start, or minutes and seconds",
        fix="write it as `62.25` or `1:02.250`",
    )


def _no_sound(step: str) -> Problem:
    """A step that leaves no sound."""
    return Problem(
        slug="no-sound",
        what=f"`{step}` leaves no sound to listen to",
        why="strips, buses, returns, mixes, premasters, masters and sequences do",
        fix="render one of these, such as `mix:tide`",
    )


def _silent(step: str) -> Problem:
    """A bus that nothing leads to."""
    return Problem(
        slug="silent-step",
        what=f"`{step}` has no sound",
        why="no stem that sounds leads to it",
        fix="render another step, or lead a stem there",
    )


def _empty_part(seconds: float) -> Problem:
    """A part without a frame."""
    return Problem(
        slug="empty-part",
        what="there is no sound between `--from` and `--to`",
        why=f"the step leaves {seconds:.3f} s of sound",
        fix="choose a `--from` that is earlier, or a `--to` that is later",
    )


def _unknown_ending(ending: str) -> Problem:
    """An output file of no known format."""
    return Problem(
        slug="unknown-ending",
        what=f"cannot write a `.{ending}` file",
        why="the ending of the file says the format",
        fix=did_you_mean(ending, [*WAVES, *CODED]),
    )
