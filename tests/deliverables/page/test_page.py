"""The page as text: all of it inside, nothing of it asked for elsewhere, nothing slipped in."""

import json
import re
from html.parser import HTMLParser

import pytest

from albumbuild.deliverables.page import drawing, layers, words
from albumbuild.deliverables.page.page import page_html
from tests.reviews import review

NASTY = '</script><img src=x onerror="alert(1)">'


class Reader(HTMLParser):
    """What a page asks for, what it calls, and whether each thing that is opened is closed."""

    EMPTY = frozenset({"meta", "link", "img", "input", "line", "path", "rect", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.asked += [told[name] for name in ("src", "href") if told.get(name)]
        self.ids += [told["id"]] if "id" in told else []
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag


def test_it_needs_nothing_but_what_stands_beside_it():
    page = Reader(page_html(review("Tide", "Ember")))
    beyond = {each for each in page.asked if not each.startswith(("#", "data:"))}
    assert beyond == {"build.js", "listen.js"}
    assert not page.open
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("title", [NASTY, "شاطئ", "海", "A" * 300])
def test_a_title_is_text_whatever_it_holds(title):
    text = page_html(review(title))
    assert "<img src=x" not in text
    data = json.loads(re.search(r'id="album-data">(.*?)</script>', text, re.DOTALL)[1])
    assert data["songs"][0]["title"] == title


def test_the_same_review_is_the_same_page():
    assert page_html(review("Tide")) == page_html(review("Tide"))


def test_figures_stand_as_they_are_measured():
    text = page_html(review("Tide"))
    for said in ("−14.00 LUFS", "−20.00 LUFS", "−1.00 dBTP", "4.25 LU", "ogg-160 −0.50"):
        assert said in text


def test_an_album_without_anything_is_a_page_too():
    bare = review()
    bare["graph"] = {"nodes": [], "edges": []}
    bare["sets"] = []
    assert "0 songs" in page_html(bare)


def test_a_line_breaks_where_there_is_no_value():
    assert drawing.line([None, 0.0, -10.0, None, -5.0], low=-10, high=0, height=100) == (
        "M1,0 2,100M4,50 5,50"
    )
    assert drawing.line([20.0, -99.0], low=-10, high=0, height=100) == "M0,0 1,100"
    assert drawing.line([None, None], low=-10, high=0, height=100) == ""


def test_a_waveform_goes_out_above_and_comes_back_below():
    assert drawing.waveform([-1.0, -0.5], [1.0, 0.0]) == "M0,0 1,100 1,150 0,200Z"
    assert drawing.waveform([], []) == ""


def test_each_node_stands_to_the_right_of_all_that_it_needs():
    nodes = [f"n{number}" for number in range(40)]
    edges = [(f"n{a}", f"n{b}") for a in range(40) for b in range(a + 1, 40) if (a * b) % 7 == 3]
    made = layers.picture(nodes, edges)
    at = {node.id: node for node in made.nodes}
    assert all(at[a].x < at[b].x for a, b in edges)
    assert len({(node.x, node.y) for node in made.nodes}) == len(nodes)
    assert max(node.x + layers.BOX for node in made.nodes) <= made.width


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (59.6, "1:00"), (3_725, "1:02:05"), (None, "–")]
)
def test_lengths_are_told_as_on_a_clock(seconds, said):
    assert words.clock(seconds) == said


def test_silence_has_a_level_of_its_own():
    assert words.level(None, "LUFS") == "−∞ LUFS"
    assert words.hundredths(None, "LU") == "–"
