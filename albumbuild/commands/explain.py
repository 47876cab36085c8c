"""`explain`: why a step would run, or why it ran last."""

import argparse
import re
from typing import TYPE_CHECKING

from albumbuild.commands import exits
from albumbuild.commands.building import store_of
from albumbuild.commands.opening import open_album
from albumbuild.console import console_for
from albumbuild.engine.forecast import explain
from albumbuild.planner.album import with_step

if TYPE_CHECKING:
    from albumbuild.model.node import Places

STATUS_TEXT = {
    "certain": "would run",
    "maybe": "would run if what it needs comes out otherwise",
    "current": "is current",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `explain`."""
    parser.add_argument("step", metavar="STEP", help="a step id, such as mix:tide")


def run(options: argparse.Namespace) -> int:
    """Explain one step; the exit code."""

    console = console_for(options)
    opened = open_album(options, console)
    plan = with_step(opened.planned, options.step)
    found = explain(plan, options.step, store=store_of(opened.root))
    console.result(f"{options.step} {STATUS_TEXT[found.status]}")
    if found.status == "current" and found.why:
        console.result("  it ran last because:")
    for why in found.why:
        console.result(f"  {why}")
    for line in found.lines:
        place = manifest_line(opened.manifest.places, options.step, line)
        console.result(f"    {line}" + (f"   ({place})" if place else ""))
    return exits.DONE


def manifest_line(places: "Places", step_id: str, line: str) -> str | None:
    """Where the manifest says what a line of a recipe says, as `file:line`."""
    kind, _, subject = step_id.partition(":")
    song = re.split(r"[/+@]", subject)[0]
    path = [
        int(part) if part.isdigit() else part
        for part in re.split(r"[.\[\]]+", line.split(":")[0].split(" ")[0])
        if part
    ]
    roots: dict[str, list[str | int]] = {
        "strips": ["songs", song, "stems"],
        "buses": ["songs", song, "buses"],
        "returns": ["songs", song, "returns"],
        "mix": ["songs", song, "mix"],
    }
    at = None
    for start, part in enumerate(path):
        if part in roots:
            at = places.of(*roots[str(part)], *path[start + 1 :])
            break
    else:
        if kind == "master" and "@" in subject:
            at = places.of("deliverables", subject.split("@")[1])
        elif kind in ("sequence", "deliver"):
            at = places.of("deliverables", subject)
    return None if at is None else f"{at.source.name}:{at.line}"
