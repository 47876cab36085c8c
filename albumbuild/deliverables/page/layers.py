"""The graph of a plan laid out: each step to the right of all that it needs."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

BOX, GAP, ROW = 190, 60, 30
_SWEEPS = 4


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One node, its middle at the left at `x`, `y`."""

    id: str
    x: int
    y: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes and the curves between them, as large as they need to be."""

    width: int
    height: int
    nodes: tuple[Placed, ...]
    curves: tuple[tuple[str, str, str], ...]
    """From, to, and the path."""


def picture(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> Picture:
    """A graph without cycles, in columns.

    Within a column nodes stand near what they need, so that few lines cross.
    Source: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
    structures", IEEE Trans. SMC 11 (2), 1981: barycentres, swept to and fro.
    """
    pairs = [(a, b) for a, b in edges if a != b]
    needs: dict[str, list[str]] = {node: [] for node in nodes}
    needed: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in pairs:
        needs[b].append(a)
        needed[a].append(b)
    columns = _columns(needs)
    for sweep in range(_SWEEPS):
        order = columns[1:] if sweep % 2 == 0 else columns[-2::-1]
        beside = needs if sweep % 2 == 0 else needed
        for column in order:
            ranks = {node: at for each in columns for at, node in enumerate(each)}
            column.sort(key=lambda node: _middle(beside[node], ranks, ranks[node]))
    tallest = max(map(len, columns), default=0)
    spots = {
        node: Placed(
            id=node,
            x=at * (BOX + GAP) + 10,
            y=round((row + 0.5 + (tallest - len(column)) / 2) * ROW),
        )
        for at, column in enumerate(columns)
        for row, node in enumerate(column)
    }
    return Picture(
        width=len(columns) * (BOX + GAP) - GAP + 20 if columns else 20,
        height=tallest * ROW,
        nodes=tuple(spots[node] for node in nodes),
        curves=tuple((a, b, _curve(spots[a], spots[b])) for a, b in pairs),
    )


def _columns(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The nodes by how long the longest way to each is."""
    depth: dict[str, int] = {}
    for node in needs:
        waiting = [node]
        while waiting:
            at = waiting[-1]
            ahead = [each for each in needs[at] if each not in depth]
            if ahead and at not in depth:
                waiting += ahead
                continue
            waiting.pop()
            depth.setdefault(at, 1 + max((depth[each] for each in needs[at]), default=-1))
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in needs:
        columns[depth[node]].append(node)
    return columns


def _middle(beside: Sequence[str], ranks: Mapping[str, int], own: int) -> float:
    return sum(ranks[each] for each in beside) / len(beside) if beside else float(own)


def _curve(a: Placed, b: Placed) -> str:
    begin, end = a.x + BOX, b.x
    half = (begin + end) // 2
    return f"M{begin},{a.y}C{half},{a.y} {half},{b.y} {end},{b.y}"
