"""`make`: builds what is out of date, then puts the deliverables under `build/`."""

import argparse
import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from albumbuild.commands import exits
from albumbuild.commands.opening import PROGRAM, find_root
from albumbuild.commands.waiting import add_wait_arguments
from albumbuild.engine import seal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albumbuild.commands.checking import Answer
    from albumbuild.commands.interrupt import Interrupt
    from albumbuild.commands.opening import Opened
    from albumbuild.console import Console
    from albumbuild.engine.build import Terms
    from albumbuild.engine.events import Emit
    from albumbuild.engine.results import Result
    from albumbuild.model.problem import Problem


class Built(NamedTuple):
    """How a build ended, and the exit code for what became of checks and rules."""

    result: "Result"
    verdict: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `make`."""
    parser.add_argument("-n", "--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("-f", "--force", action="store_true", help="rebuild the named targets")
    parser.add_argument("--json", action="store_true", help="a summary as JSON on stdout")
    parser.add_argument(
        "--profile", metavar="FILE", help="write where time went, as JSON and for trace viewers"
    )
    add_build_arguments(parser)


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of every command that builds targets."""
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="a deliverable, a step, a glob, a path in build/",
    )
    add_run_arguments(parser)


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of every command that runs steps."""
    parser.add_argument(
        "-j", "--jobs", type=jobs_of, metavar="N", help="steps at once (default: cores)"
    )
    parser.add_argument("-k", "--keep-going", action="store_true", help="go on after a failure")
    parser.add_argument(
        "--executor", choices=("local",), default="local", help="what runs the steps"
    )
    parser.add_argument("--events", metavar="FILE", help="write one JSON object a line to FILE")
    add_wait_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Build; the exit code."""
    if options.dry_run:
        from albumbuild.commands.plan import show_plan

        return show_plan(options, exit_code=False)
    began = time.monotonic()
    root = find_root(options.folder)
    sealed = None
    if root is not None and not options.force and options.profile is None:
        sealed = seal.check(root, options.targets, PROGRAM)
    if root is not None and sealed is not None:
        _tell_current(options, root, sealed, time.monotonic() - began)
        return exits.DONE
    return _build(options)


def _build(options: argparse.Namespace) -> int:
    from albumbuild.commands.interrupt import Interrupt

    with Interrupt(quiet=options.quiet) as interrupt:  # before libraries load: they bear none
        from albumbuild.commands.building import events_to
        from albumbuild.commands.opening import open_album, tell_choices
        from albumbuild.commands.profiling import profile_to
        from albumbuild.console import console_for

        console = console_for(options)
        opened = open_album(options, console)
        if interrupt.stopped.is_set():
            return interrupt.code
        tell_choices(opened, console)
        with events_to(options.events) as readers, profile_to(options.profile):
            built = make_once(options, opened, console, interrupt=interrupt, readers=readers)
    return ended(opened, built.result, console, interrupt=interrupt) or built.verdict


def make_once(
    options: argparse.Namespace,
    opened: "Opened",
    console: "Console",
    *,
    interrupt: "Interrupt",
    readers: "Sequence[Emit]",
) -> Built:
    """Build what was asked for, sum up, and seal it where all is good."""
    from albumbuild.commands.building import seal_build

    built = build_once(
        options,
        opened,
        console,
        targets=options.targets,
        interrupt=interrupt,
        readers=readers,
    )
    if built.result.status == "ok" and built.verdict == exits.DONE:
        seal_build(opened, options.targets, built.result)
    return built


def build_once(
    options: argparse.Namespace,
    opened: "Opened",
    console: "Console",
    *,
    targets: "Sequence[str]",
    interrupt: "Interrupt",
    readers: "Sequence[Emit]",
) -> Built:
    """Build targets, and sum up."""
    from albumbuild.commands.account import write_account
    from albumbuild.commands.building import run_build, store_of
    from albumbuild.commands.checking import Readings
    from albumbuild.commands.noting import note_work_tree
    from albumbuild.commands.summary import is_up_to_date
    from albumbuild.commands.waiting import patience

    result = run_build(
        opened,
        targets,
        terms=terms_of(options, opened),
        console=console,
        interrupt=interrupt,
        busy=patience(options, console),
        readers=readers,
    )
    readings = Readings(opened, result)
    found, broken, standing_out = readings.answers(), readings.broken_rules(), readings.warnings()
    holds = all(each.holds for each in found) and not broken
    write_account(opened, result, answers=found, told=[*broken, *standing_out])
    if result.status == "ok":
        note_work_tree(opened, result.steps, store_of(opened.root))
    _summarise(options, opened, result, (found, broken), console)
    console.problems(broken)
    if not is_up_to_date(result):
        console.problems(standing_out)
    return Built(result, exits.DONE if holds else exits.RULE_BROKEN)


def terms_of(options: argparse.Namespace, opened: "Opened") -> "Terms":
    """How the user wants to build."""
    from albumbuild.commands.building import BUILD
    from albumbuild.engine.build import Terms

    return Terms(
        jobs=options.jobs or len(os.sched_getaffinity(0)),
        build_dir=opened.root / BUILD,
        keep_going=options.keep_going,
        force=options.force,
        album=opened.manifest.album.title,
        who=options.command,
        since_ns=opened.since_ns,
    )


def ended(opened: "Opened", result: "Result", console: "Console", *, interrupt: "Interrupt") -> int:
    """What failed, what was kept and what was stopped, told; the exit code that says so."""
    from albumbuild.commands.building import problem_of

    console.problems(problem_of(opened, step, each) for step, each in result.failed.items())
    console.problems(result.kept)
    if result.faults:
        step, fault = next(iter(result.faults.items()))
        console.problems([_our_fault(step, str(result.run))])
        if console.verbose:
            console.note(fault.rstrip())
        return exits.OUR_FAULT
    if result.status == "interrupted":
        console.note("interrupted; what was finished is kept")
        return interrupt.code
    return exits.DONE if result.status == "ok" else exits.FAILED


def _our_fault(step: str, log: str) -> "Problem":
    from albumbuild.model.problem import Problem

    return Problem(
        slug="our-fault",
        what=f"albumbuild made a mistake in `{step}`",
        why="this is not something that you did",
        fix=f"report it with the log in {log}",
    )


def _summarise(
    options: argparse.Namespace,
    opened: "Opened",
    result: "Result",
    judged: "tuple[list[Answer], list[Problem]]",
    console: "Console",
) -> None:
    from albumbuild.commands.checking import check_figures, check_lines, rule_figures
    from albumbuild.commands.summary import deliverable_lines, deliverables, is_up_to_date

    counts = dict(result.counts)
    found, broken = judged
    if options.json:
        placed = deliverables(opened.root, result)
        text = json.dumps(
            {
                "status": result.status,
                **counts,
                "seconds": round(result.seconds, 3),
                "deliverables": placed,
                "failures": {step: each.what for step, each in result.failed.items()},
                "broken_checks": check_figures(each for each in found if not each.holds),
                "broken_rules": rule_figures(broken),
            },
            indent=2,
            ensure_ascii=False,
        )
        console.result(text)
        return
    if result.status == "ok" and is_up_to_date(result):
        console.result(_current_line(len(result.steps), result.seconds))
        lines = check_lines(found) if any(not each.holds for each in found) else []
    else:
        said = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
        console.result(f"{result.status}: {said} in {result.seconds:.1f} s")
        lines = [*deliverable_lines(opened.root, result), *check_lines(found)]
    for line in lines:
        console.result(line)


def _tell_current(
    options: argparse.Namespace, root: str, sealed: seal.Sealed, seconds: float
) -> None:
    """A build with nothing to do, told without loading anything heavy."""
    steps = sealed.steps
    counts = {"ran": 0, "restored": 0, "current": len(steps), "failed": 0, "skipped": 0}
    if options.events:
        _write_events(options.events, sealed, counts, seconds)
    if options.json:
        summary = {"status": "ok", **counts, "seconds": round(seconds, 3)}
        placed = _placed(root, steps)
        none: dict[str, object] = {"failures": {}, "broken_checks": [], "broken_rules": []}
        whole = {**summary, "deliverables": placed, **none}
        print(json.dumps(whole, indent=2, ensure_ascii=False))
    else:
        print(_current_line(len(steps), seconds))


def _write_events(path: str, sealed: seal.Sealed, counts: dict[str, int], seconds: float) -> None:
    started = {
        "event": "build_started",
        "album": sealed.album,
        "steps": len(sealed.steps),
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    finished = {"event": "build_finished", "status": "ok", **counts, "seconds": round(seconds, 3)}
    each = {"event": "step_finished", "status": "current", "seconds": 0.0, "outputs": {}, "why": []}
    steps = ({**each, "id": step} for step in sealed.steps)
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - no pathlib on the fast path
        for event in (started, *steps, finished):
            file.write(json.dumps(event, ensure_ascii=False) + "\n")


def _placed(root: str, steps: list[str]) -> dict[str, object]:
    from pathlib import Path

    from albumbuild.commands.summary import figures_of

    names = [step.removeprefix("deliver:") for step in steps if step.startswith("deliver:")]
    return {name: figures_of(Path(root) / "build" / name) for name in names}


def _current_line(steps: int, seconds: float) -> str:
    counted = "1 step" if steps == 1 else f"{steps} steps"
    return f"album is up to date ({counted}, {seconds:.1f} s)"


def jobs_of(text: str) -> int:
    """How many steps to run at once, as typed."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of steps to run at once")
    return int(text)
