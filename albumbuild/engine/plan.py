"""The plan: every step of an album and what needs what, as a graph without cycles."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
import networkx as nx

from albumbuild.engine.action import Action
from albumbuild.model.problem import did_you_mean


class UnknownTarget(ValueError):  # noqa: N818 - named for what the user typed
    """A target that names no step; `fix` tells what may have been meant."""

    def __init__(self, target: str, fix: str) -> None:
        self.target = target
        self.fix = fix
        super().__init__(f"no step is called `{target}`")


class Need(msgspec.Struct, frozen=True):
    """One output of another step."""

    step: str
    output: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the plan.

    `needs` and `sources` count by content: outputs of other steps, and files of the
    user. `reads` are files that the action opens as it runs while what counts of them
    stands in a need (an ingest); they must be the sources of another step. `place` is
    the folder under `build/` that the outputs go to.
    """

    id: str
    action: Action
    needs: Mapping[str, Need] = {}
    sources: Mapping[str, Path] = {}
    reads: Mapping[str, Path] = {}
    place: str | None = None

    @property
    def kind(self) -> str:
        """The kind of its action."""
        return self.action.kind


class Plan:
    """Steps by id, in an order where each comes after all that it needs.

    Raises:
        ValueError: an id or a place is there twice, a need names no step, or steps need each other.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps: dict[str, Step] = {}
        for step in steps:
            if step.id in self._steps:
                raise ValueError(f"two steps are called {step.id}")
            self._steps[step.id] = step
        places = [step.place for step in self._steps.values() if step.place is not None]
        if len(places) != len(set(places)):
            raise ValueError("two steps have the same place")
        self._graph = _graph(self._steps)
        self._rank = {step: index for index, step in enumerate(_ordered(self._graph, self._steps))}

    def __getitem__(self, step_id: str) -> Step:
        return self._steps[step_id]

    def __contains__(self, step_id: str) -> bool:
        return step_id in self._steps

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[Step]:
        return (self._steps[step_id] for step_id in self._rank)

    def order(self, ids: Iterable[str] | None = None) -> list[str]:
        """`ids`, or all, each after all that it needs; always the same for the same plan."""
        return sorted(self._rank if ids is None else set(ids), key=self._rank.__getitem__)

    def rank(self, step_id: str) -> int:
        """The place of a step in the order of the whole plan."""
        return self._rank[step_id]

    def levels(self) -> list[list[str]]:
        """The steps in layers: each layer needs only layers before it."""
        return [self.order(layer) for layer in nx.topological_generations(self._graph)]

    def edges(self) -> list[tuple[str, str]]:
        """Pairs of a step and one that needs it, in the order of the plan."""
        return sorted(
            self._graph.edges, key=lambda edge: (self._rank[edge[0]], self._rank[edge[1]])
        )

    def needed_by(self, step_id: str) -> list[str]:
        """The steps that need this one directly, in order."""
        return self.order(self._graph.successors(step_id))

    def ancestors(self, targets: Iterable[str]) -> set[str]:
        """The targets and all that they need, directly or not."""
        found: set[str] = set()
        for target in targets:
            found |= {target} | nx.ancestors(self._graph, target)
        return found

    def ends(self) -> list[str]:
        """The steps that no other needs, in order."""
        return [step_id for step_id in self._rank if self._graph.out_degree(step_id) == 0]

    def remaining(self) -> dict[str, int]:
        """For each step, how many steps long the longest chain is that waits for it."""
        length: dict[str, int] = {}
        for step_id in reversed(self._rank):
            after = (length[each] for each in self._graph.successors(step_id))
            length[step_id] = 1 + max(after, default=0)
        return length

    def match(self, pattern: str) -> list[str]:
        """The ids that a glob matches, in order."""
        return [step_id for step_id in self._rank if fnmatchcase(step_id, pattern)]

    def select(self, targets: Iterable[str], *, others: Iterable[str] = ()) -> list[str]:
        """The steps that targets name, in order; none given: all that is placed.

        In a plan that places nothing, those are the steps that no other needs.

        A target is a step id, the name of a placed folder, or a glob of step ids. `others`
        may have been meant as well where one names nothing.

        Raises:
            UnknownTarget: a target names nothing.
        """
        named = list(targets)
        if not named:
            return [step.id for step in self if step.place is not None] or self.ends()
        return self.order(step_id for target in named for step_id in self._named(target, others))

    def _named(self, target: str, others: Iterable[str]) -> list[str]:
        if target in self._steps:
            return [target]
        placed = [step.id for step in self if step.place == target]
        found = placed or self.match(target)
        if not found:
            known = {*self._steps, *(step.place for step in self if step.place), *others}
            raise UnknownTarget(target, did_you_mean(target, known))
        return found


def _graph(steps: Mapping[str, Step]) -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(steps)
    for step in steps.values():
        for role, need in step.needs.items():
            if need.step not in steps:
                raise ValueError(f"{step.id} needs {need.step} as {role}, which is not planned")
            graph.add_edge(need.step, step.id)
    return graph


def _ordered(graph: "nx.DiGraph[str]", steps: Mapping[str, Step]) -> list[str]:
    index = {step_id: place for place, step_id in enumerate(steps)}
    try:
        return list(nx.lexicographical_topological_sort(graph, key=index.__getitem__))
    except nx.NetworkXUnfeasible:
        cycle = " → ".join(edge[0] for edge in nx.find_cycle(graph))
        raise ValueError(f"steps need each other: {cycle}") from None
