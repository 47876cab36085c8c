"""A problem as text: the caret stands under what it means, however wide the line."""

from albumbuild.model.problem import Problem, Source, Span
from albumbuild.model.problem_text import WIDTH, render_problem


def told(line: str, column: int, end: int) -> tuple[str, str]:
    span = Span(Source("album.yaml", (line,)), 1, column, 1, end)
    lines = render_problem(Problem(slug="x", at=span, what="wrong")).splitlines()
    return lines[3].removeprefix("1 | "), lines[4].removeprefix("  | ")


def test_a_problem_without_a_place_is_its_sentences_alone():
    problem = Problem(slug="no-album", what="there is none", fix="begin one")
    assert render_problem(problem) == "error[no-album]: there is none\n = fix: begin one"


def test_a_caret_stands_under_its_part():
    text, caret = told("pan: L130", 6, 10)
    assert text[caret.index("^") : len(caret)] == "L130"


def test_tabs_and_wide_characters_move_the_caret():
    assert told("\tpan: 3", 7, 8)[1] == " " * 9 + "^"
    assert told("title: 静かな x", 12, 13)[1] == " " * 14 + "^"
    assert told("title: e\u0301 x", 11, 12)[1] == " " * 9 + "^"


def test_a_long_line_is_cut_around_its_caret():
    text, caret = told("a" * 300 + "MARK" + "b" * 300, 301, 305)
    assert len(text) <= WIDTH
    assert text.startswith("…")
    assert text.endswith("…")
    assert text[caret.index("^") : len(caret)] == "MARK"


def test_a_part_that_is_longer_than_the_line_is_cut():
    text, caret = told("a: " + "x" * 500, 4, 504)
    assert len(text) <= WIDTH
    assert len(caret) <= WIDTH


def test_what_cannot_be_shown_is_not():
    assert "\x1b" not in told("title: \x1b[2J", 8, 12)[0]


def test_what_is_repeated_of_a_manifest_stays_on_its_line():
    problem = Problem(slug="x", what="not `a\nb`", why="\x1b[2J", fix="did you mean `\ud800\r`?")
    assert render_problem(problem).splitlines() == [
        "error[x]: not `a\ufffdb`",
        " = why: \ufffd[2J",
        " = fix: did you mean `\ufffd\ufffd`?",
    ]


def test_a_part_of_several_lines_is_marked_on_its_first():
    span = Span(Source("album.yaml", ("songs: {", "}")), 1, 8, 2, 2)
    lines = render_problem(Problem(slug="x", at=span, what="wrong")).splitlines()
    assert lines[4] == "  |        ^"
