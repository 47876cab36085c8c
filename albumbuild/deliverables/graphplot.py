"""A graph as a drawing in SVG: layers from left to right, wires that go around boxes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

import msgspec

Mark = str
"""Why a box stands out: `certain` and `maybe`, or nothing."""

_LETTER, _BOX, _ROW, _GAP, _EDGE = 7.3, 22.0, 30.0, 56.0, 16.0
_LANE = 8.0
_SWEEPS = 12
_STYLE = """
svg{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--wire:#8b949e;--box:#f3f5f8;
 --edge:#b9c1ca;--certain:#ffd9a0;--certain-edge:#b86a00;--maybe-edge:#b86a00}
@media (prefers-color-scheme:dark){svg{--paper:#14171b;--ink:#e6e8eb;--wire:#6b747e;
 --box:#22272e;--edge:#4a535d;--certain:#6b4300;--certain-edge:#ffb454;--maybe-edge:#ffb454}}
.paper{fill:var(--paper)}
text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink)}
.wire{fill:none;stroke:var(--wire);stroke-width:1;opacity:.7}
.box rect{fill:var(--box);stroke:var(--edge)}
.certain rect{fill:var(--certain);stroke:var(--certain-edge)}
.maybe rect{stroke:var(--maybe-edge);stroke-dasharray:4 3}
.box:hover rect{stroke:var(--ink);stroke-width:2}
"""


class GraphNode(msgspec.Struct, frozen=True, kw_only=True):
    """A box: what it is called, what is written in it, and what is told of it under a pointer."""

    id: str
    label: str = ""
    mark: Mark = ""
    told: str = ""

    @property
    def text(self) -> str:
        """What is written in it."""
        return self.label or self.id


class _Placed(msgspec.Struct):
    """A place in a layer: a box, or where a wire passes."""

    name: str
    layer: int
    height: float
    row: float = 0.0


def graph_svg(
    nodes: Sequence[GraphNode],
    edges: Iterable[tuple[str, str]],
    *,
    title: str,
    legend: Sequence[tuple[Mark, str]] = (),
) -> str:
    """The whole drawing; `nodes` come in an order in which each stands after what it needs.

    An edge goes from what is needed to what needs it. `legend` says what marks mean.
    """
    boxes = {node.id: node for node in nodes}
    wires = [edge for edge in dict.fromkeys(edges) if edge[0] in boxes and edge[1] in boxes]
    layers = _layers([*boxes], wires)
    places, ways = _routed(boxes, wires, layers)
    _order(places, ways)
    columns = _columns(boxes, layers)
    foot = max((each.row + each.height for each in places.values()), default=0.0)
    width = max((left + wide for left, wide in columns.values()), default=0.0) + _EDGE
    top = _EDGE + (_ROW if legend else 0.0)
    height = foot + top + _EDGE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{_quoted(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
        *_legend(legend),
        *(_wire(way, places, columns, top) for way in ways),
        *(_box(boxes[name], places[name], columns, top) for name in boxes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _layers(names: Sequence[str], wires: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How far from the left each box stands: as far right as what needs it allows."""
    layers = dict.fromkeys(names, 0)
    after: dict[str, list[str]] = {name: [] for name in names}
    before: dict[str, list[str]] = {name: [] for name in names}
    for need, name in wires:
        before[name].append(need)
        after[need].append(name)
    for name in names:
        layers[name] = max((layers[need] + 1 for need in before[name]), default=0)
    for name in reversed(names):
        if after[name]:
            layers[name] = min(layers[each] for each in after[name]) - 1
    return layers


def _routed(
    boxes: Mapping[str, GraphNode], wires: Sequence[tuple[str, str]], layers: Mapping[str, int]
) -> tuple[dict[str, _Placed], list[list[str]]]:
    """All places, and each wire as the names of those that it passes.

    Wires from one box share a lane until they part.
    """
    places = {name: _Placed(name, layers[name], _ROW) for name in boxes}
    ways = []
    for need, name in wires:
        way = [need]
        for layer in range(layers[need] + 1, layers[name]):
            passing = f"{need}>{layer}"
            places.setdefault(passing, _Placed(passing, layer, _LANE))
            way.append(passing)
        ways.append([*way, name])
    return places, ways


def _order(places: dict[str, _Placed], ways: Sequence[Sequence[str]]) -> None:
    """Give each place its row: near those that it is wired to, none on another."""
    rows: dict[int, list[_Placed]] = {}
    for place in places.values():
        rows.setdefault(place.layer, []).append(place)
    left: dict[str, list[_Placed]] = {name: [] for name in places}
    right: dict[str, list[_Placed]] = {name: [] for name in places}
    for first, second in {pair for way in ways for pair in pairwise(way)}:
        left[second].append(places[first])
        right[first].append(places[second])
    for layer in rows.values():
        _settle(layer)
    last = max(rows, default=0)
    for sweep in range(_SWEEPS):
        near, there = (left, range(1, last + 1)) if sweep % 2 == 0 else (right, range(last))
        for number in there if sweep % 2 == 0 else reversed(there):
            layer = rows.get(number, [])
            wished = {each.name: _middle(each, near[each.name]) for each in layer}
            layer.sort(key=lambda each: wished[each.name])
            _settle(layer, wished)
    head = min((each.row for each in places.values()), default=0.0)
    for place in places.values():
        place.row -= head


def _middle(place: _Placed, near: Sequence[_Placed]) -> float:
    """Where a place would be best, by those that it is wired to; where it is, without any."""
    if not near:
        return place.row
    middle = sum(each.row + each.height / 2 for each in near) / len(near)
    return middle - place.height / 2


def _settle(layer: Sequence[_Placed], wished: Mapping[str, float] | None = None) -> None:
    """Rows that keep their order and do not overlap, as near to what is wished as that allows.

    Places that push each other stand as one block around the mean of their wishes.
    """
    wished = wished or {}
    blocks: list[tuple[float, float, list[_Placed]]] = []  # sum of wishes, height, places
    for place in layer:
        want, height, group = wished.get(place.name, 0.0), place.height, [place]
        while blocks:
            wants, high, earlier = blocks[-1]
            if wants / len(earlier) + high <= want / len(group):
                break
            blocks.pop()
            want, height, group = wants + want - high * len(group), high + height, earlier + group
        blocks.append((want, height, group))
    for want, _, group in blocks:
        row = want / len(group)
        for place in group:
            place.row = row
            row += place.height


def _columns(
    boxes: Mapping[str, GraphNode], layers: Mapping[str, int]
) -> dict[int, tuple[float, float]]:
    """Where each layer begins, and how wide its boxes are."""
    widths: dict[int, float] = {}
    for name, node in boxes.items():
        wide = len(node.text) * _LETTER + 16.0
        widths[layers[name]] = max(widths.get(layers[name], 0.0), wide)
    left, found = _EDGE, {}
    for layer in range(max(widths, default=-1) + 1):
        found[layer] = (left, widths.get(layer, 0.0))
        left += widths.get(layer, 0.0) + _GAP
    return found


def _wire(
    way: Sequence[str],
    places: Mapping[str, _Placed],
    columns: Mapping[int, tuple[float, float]],
    top: float,
) -> str:
    """A wire through the gaps between layers; within a layer it goes straight."""
    parts: list[str] = []
    for first, second in pairwise(way):
        here, there = places[first], places[second]
        left, wide = columns[here.layer]
        x, until = left + wide, columns[there.layer][0]
        y, to = (top + each.row + each.height / 2 for each in (here, there))
        begin = f"M{x:.1f} {y:.1f}" if not parts else f"H{x:.1f}"
        bent = (x + until) / 2
        parts.append(f"{begin}C{bent:.1f} {y:.1f} {bent:.1f} {to:.1f} {until:.1f} {to:.1f}")
    return f'<path class="wire" d="{"".join(parts)}"/>'


def _box(
    node: GraphNode, place: _Placed, columns: Mapping[int, tuple[float, float]], top: float
) -> str:
    left, wide = columns[place.layer]
    y = top + place.row + (_ROW - _BOX) / 2
    told = node.told or node.id
    return (
        f'<g class="box {node.mark}"><title>{escape(told)}</title>'
        f'<rect x="{left:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{_BOX:.0f}" rx="4"/>'
        f'<text x="{left + 8:.1f}" y="{y + 15:.1f}">{escape(node.text)}</text></g>'
    )


def _legend(legend: Sequence[tuple[Mark, str]]) -> list[str]:
    """Boxes that say what marks mean, above the drawing."""
    lines = []
    left = _EDGE
    for mark, text in legend:
        wide = len(text) * _LETTER + 16.0
        lines.append(
            f'<g class="box {mark}"><rect x="{left:.1f}" y="{_EDGE / 2:.1f}" width="{wide:.1f}" '
            f'height="{_BOX:.0f}" rx="4"/><text x="{left + 8:.1f}" y="{_EDGE / 2 + 15:.1f}">'
            f"{escape(text)}</text></g>"
        )
        left += wide + _EDGE
    return lines


def _quoted(text: str) -> str:
    return escape(text, {'"': "&quot;"})
