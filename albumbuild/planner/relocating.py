"""A plan whose files stand elsewhere: that of an album in a scratch folder of links."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from albumbuild.engine.plan import Plan, Step


def relocated(plan: Plan, where: Mapping[Path, Path]) -> Plan:
    """The same plan, its steps reading what `where` tells in place of the links to it."""

    def moved(step: Step) -> Step:
        sources = {role: where.get(path, path) for role, path in step.sources.items()}
        reads = {role: where.get(path, path) for role, path in step.reads.items()}
        return replace(step, sources=sources, reads=reads)

    return Plan(map(moved, plan))
