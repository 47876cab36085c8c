"""A graph as a drawing: what stands where, and that it is sound XML."""

import re
from itertools import pairwise
from xml.etree import ElementTree

from albumbuild.deliverables.graphplot import GraphNode, graph_svg

SVG = "{http://www.w3.org/2000/svg}"
EDGES = [("a", "mix"), ("b", "mix"), ("mix", "cd"), ("mix", "page"), ("cd", "page"), ("c", "page")]
NODES = [GraphNode(id=name) for name in ("a", "b", "c", "mix", "cd", "page")]


def boxes(text: str) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, width and height of each box by what is told of it."""
    found = {}
    for group in ElementTree.fromstring(text).iter(f"{SVG}g"):
        title, box = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        if title is not None and box is not None:
            x, y, width, height = (float(box.get(key, "")) for key in ("x", "y", "width", "height"))
            found[title.text or ""] = (x, y, width, height)
    return found


def test_what_is_needed_stands_to_the_left() -> None:
    placed = boxes(graph_svg(NODES, EDGES, title="Salt"))
    assert set(placed) == {node.id for node in NODES}
    for need, name in EDGES:
        assert placed[need][0] + placed[need][2] < placed[name][0]
    assert placed["c"][0] == placed["cd"][0], "as far right as what needs it allows"


def test_no_box_lies_on_another() -> None:
    nodes = [GraphNode(id=f"stem {number}") for number in range(40)] + [GraphNode(id="mix")]
    edges = [(node.id, "mix") for node in nodes[:-1]]
    placed = sorted(boxes(graph_svg(nodes, edges, title="Salt")).values())
    for above, below in pairwise(each for each in placed if each[0] == placed[0][0]):
        assert above[1] + above[3] <= below[1]


def test_a_wire_goes_from_box_to_box() -> None:
    text = graph_svg(NODES, EDGES, title="Salt")
    placed = boxes(text)
    paths = [each.get("d", "") for each in ElementTree.fromstring(text).iter(f"{SVG}path")]
    assert len(paths) == len(EDGES)
    ends = set()
    for path in paths:
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", path)]
        ends.add((numbers[0], numbers[-2]))
    for need, name in EDGES:
        left, right = placed[need][0] + placed[need][2], placed[name][0]
        assert any(abs(a - left) < 1 and abs(b - right) < 1 for a, b in ends)


def test_any_name_is_drawn() -> None:
    nodes = [GraphNode(id="<&\"'", mark="certain", told="a & b")]
    text = graph_svg(nodes, [], title='"Salt" & <Static>', legend=[("certain", "runs <now>")])
    assert list(boxes(text)) == ["a & b"]
    assert 'class="box certain"' in text


def test_nothing_is_a_drawing_too() -> None:
    ElementTree.fromstring(graph_svg([], [], title="Salt"))
