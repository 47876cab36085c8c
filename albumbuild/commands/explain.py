"""`explain`: why a step would run, or why it would not and why it ran last."""

import argparse

from albumbuild.commands import exits
from albumbuild.commands.building import BUILD, store_of
from albumbuild.commands.choosing import one_step
from albumbuild.commands.opening import open_album
from albumbuild.commands.waiting import add_wait_arguments, sharing
from albumbuild.console import console_for
from albumbuild.engine.forecast import explain
from albumbuild.engine.placing import Placer
from albumbuild.planner.origins import origin_of

CHANGED = "parameter changed: "
STATUS_TEXT = {
    "certain": "would run",
    "maybe": "would run if what it needs comes out otherwise",
    "current": "is current",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `explain`."""
    parser.add_argument("step", metavar="STEP", help="a step id, such as mix:tide")
    add_wait_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Explain one step; the exit code."""
    console = console_for(options)
    opened = open_album(options, console)
    plan, step = one_step(opened.planned, options.step, command="explain")
    store = store_of(opened.root)
    with sharing(store, options, console):
        placer = Placer(store, opened.root / BUILD)
        found = explain(plan, step, store=store, placer=placer)
    console.result(f"{step} {STATUS_TEXT[found.status]}")
    for line in found.why_not:
        console.result(f"  {line}")
    if found.status == "current" and found.why:
        console.result("  it ran last because:")
    told = [why.removeprefix(CHANGED) for why in found.why]
    for line in (*told, *(line for line in found.lines if line not in told)):
        at = origin_of(opened.planned, opened.manifest.places, step, line)
        console.result(f"  {line}" + (f"   ({at.source.name}:{at.line})" if at else ""))
    return exits.DONE
