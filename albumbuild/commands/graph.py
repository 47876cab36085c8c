"""`graph`: the dependency graph, stale steps marked."""

import argparse
import json
from typing import TYPE_CHECKING

from albumbuild.commands import exits
from albumbuild.commands.building import store_of, targets_of
from albumbuild.commands.opening import open_album
from albumbuild.commands.waiting import add_wait_arguments, sharing
from albumbuild.console import console_for
from albumbuild.engine.forecast import dry_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albumbuild.engine.plan import Plan

MOST_BOXES = 40
"""A drawing of more steps than that has one box for all stems of a song."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `graph`."""
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="as for make")
    parser.add_argument(
        "--format",
        choices=("text", "dot", "mermaid", "svg", "json"),
        default="text",
        help="(default: text)",
    )
    add_wait_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Print the graph; the exit code."""
    console = console_for(options)
    opened = open_album(options, console)
    plan = opened.planned.plan
    targets = targets_of(opened.root, options.targets)
    store = store_of(opened.root)
    with sharing(store, options, console):
        stale = {s.id: s.certainty for s in dry_run(plan, targets, store=store)}
    chosen = plan.order(plan.ancestors(plan.select(targets)))
    if options.format == "svg":
        console.result(svg(plan, chosen, stale, title=opened.manifest.album.title).rstrip())
        return exits.DONE
    draw = {"text": text, "dot": dot, "mermaid": mermaid, "json": as_json}[options.format]
    console.result(draw(plan, chosen, stale))
    return exits.DONE


def text(plan: "Plan", steps: list[str], stale: "Mapping[str, str]") -> str:
    """A line a step: a mark when it is stale, its id, and what it needs."""
    width = max(len(step) for step in steps)
    marks = {"certain": "*", "maybe": "?"}
    lines = []
    for step in steps:
        needs = dict.fromkeys(need.step for need in plan[step].needs.values())
        lines.append(f"{marks.get(stale.get(step, ''), ' ')} {step:{width}}  {' '.join(needs)}")
    return "\n".join(line.rstrip() for line in lines) + "\n\n* runs   ? runs if its needs change"


def dot(plan: "Plan", steps: list[str], stale: "Mapping[str, str]") -> str:
    """The graph for graphviz."""
    lines = ["digraph album {", "  rankdir=LR;", "  node [shape=box];"]
    styles = {"certain": " [style=filled, fillcolor=orange]", "maybe": " [style=dashed]"}
    lines += [
        f"  {json.dumps(s, ensure_ascii=False)}{styles.get(stale.get(s, ''), '')};" for s in steps
    ]
    lines += [f"  {json.dumps(a)} -> {json.dumps(b)};" for a, b in _edges(plan, steps)]
    return "\n".join([*lines, "}"])


def mermaid(plan: "Plan", steps: list[str], stale: "Mapping[str, str]") -> str:
    """The graph for mermaid."""
    names = {step: f"s{index}" for index, step in enumerate(steps)}
    lines = ["flowchart LR", "  classDef certain fill:#fa3", "  classDef maybe stroke-dasharray: 4"]
    for step in steps:
        mark = f":::{stale[step]}" if step in stale else ""
        lines.append(f'  {names[step]}["{step}"]{mark}')
    lines += [f"  {names[a]} --> {names[b]}" for a, b in _edges(plan, steps)]
    return "\n".join(lines)


def svg(plan: "Plan", steps: list[str], stale: "Mapping[str, str]", *, title: str) -> str:
    """The graph as a drawing; the stems of a song are one box where all would be too many."""
    from albumbuild.deliverables.graphplot import GraphNode, graph_svg  # only here: few draw

    names = {step: _box(step, many=len(steps) > MOST_BOXES) for step in steps}
    members: dict[str, list[str]] = {}
    for step, name in names.items():
        members.setdefault(name, []).append(step)
    nodes = [
        GraphNode(
            id=name,
            label=group[0] if len(group) == 1 else f"{name} ({len(group)} stems)",
            mark=_mark(group, stale),
            told="\n".join(f"{step}: {stale[step]}" if step in stale else step for step in group),
        )
        for name, group in members.items()
    ]
    edges = ((names[a], names[b]) for a, b in _edges(plan, steps))
    legend = (("", "current"), ("certain", "runs"), ("maybe", "runs if its needs change"))
    return graph_svg(nodes, edges, title=f"{title}: what needs what", legend=legend)


def _box(step: str, *, many: bool) -> str:
    return step.partition("/")[0] if many and step.startswith("ingest:") else step


def _mark(steps: list[str], stale: "Mapping[str, str]") -> str:
    """How stale the stalest of some steps is."""
    marks = {stale.get(step, "") for step in steps}
    return next((mark for mark in ("certain", "maybe") if mark in marks), "")


def as_json(plan: "Plan", steps: list[str], stale: "Mapping[str, str]") -> str:
    """Steps and edges as data."""
    rows = [
        {
            "id": step,
            "kind": plan[step].kind,
            "stale": stale.get(step),
            "needs": list(dict.fromkeys(need.step for need in plan[step].needs.values())),
        }
        for step in steps
    ]
    return json.dumps({"steps": rows}, indent=2, ensure_ascii=False)


def _edges(plan: "Plan", steps: list[str]) -> list[tuple[str, str]]:
    chosen = set(steps)
    return [(a, b) for a, b in plan.edges() if a in chosen and b in chosen]
