"""`plan`: what `make` would do and why, touching nothing."""

import argparse
import json

from albumbuild.commands import exits
from albumbuild.commands.building import BUILD, store_of, targets_of
from albumbuild.commands.opening import open_album, tell_choices
from albumbuild.commands.waiting import add_wait_arguments, sharing
from albumbuild.console import console_for
from albumbuild.engine.forecast import dry_run
from albumbuild.engine.placing import Placer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `plan`."""
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="as for make")
    parser.add_argument(
        "--exit-code", action="store_true", help="exit with 6 when there is work to do"
    )
    parser.add_argument("--json", action="store_true", help="the steps as JSON on stdout")
    add_wait_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Show the plan; the exit code."""
    return show_plan(options, exit_code=options.exit_code)


def show_plan(options: argparse.Namespace, *, exit_code: bool) -> int:
    """Print every step that would run, with its reason."""
    console = console_for(options)
    opened = open_album(options, console)
    tell_choices(opened, console)
    store = store_of(opened.root)
    with sharing(store, options, console):
        steps = dry_run(
            opened.planned.plan,
            targets_of(opened.root, options.targets),
            store=store,
            placer=Placer(store, opened.root / BUILD),
            force=getattr(options, "force", False),
        )
    if options.json:
        rows = [{"id": s.id, "certainty": s.certainty, "why": list(s.why)} for s in steps]
        console.result(json.dumps(rows, indent=2, ensure_ascii=False))
    elif not steps:
        console.result("nothing to do")
    else:
        width = max(len(step.id) for step in steps)
        for step in steps:
            console.result(f"{step.certainty:8} {step.id:{width}}  {'; '.join(step.why)}".rstrip())
    return exits.WORK_TO_DO if steps and exit_code else exits.DONE
