"""Manifests as trees: what values are, where parts stand, and what is refused."""

import math
from itertools import pairwise
from typing import Any

import pytest

from albumbuild.formats.document import parse_document, read_document
from albumbuild.model.node import Fields, Items, Node
from albumbuild.model.problem import Problem, ProblemError


def plain(node: Node) -> Any:
    if isinstance(node, Fields):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return node.value


def parsed(text: str) -> Any:
    return plain(parse_document(text.encode(), "album.yaml"))


def problems(text: str | bytes) -> tuple[Problem, ...]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(ProblemError) as caught:
        parse_document(data, "album.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("2026-01-01", "2026-01-01"),
        ("012", 12),
        ("-012", -12),
        ("0o14", 12),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("-inf", "-inf"),
        ("1/8", "1/8"),
        ("~", None),
        ("null", None),
        ("true", True),
        ("'5'", "5"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        ("1" * 5000, math.inf),
    ],
)
def test_scalars_are_those_of_the_core_schema(text, value):
    found = parsed(f"a: {text}")["a"]
    assert (found, type(found)) == (value, type(value))


def test_nan_is_a_number():
    assert math.isnan(parsed("a: .nan")["a"])


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\n\n"])
def test_an_empty_document_is_an_empty_mapping(text):
    assert parsed(text) == {}


def test_merge_keys_give_way_to_explicit_ones():
    text = "a: &a {k: 1, l: 2}\nb: {l: 3, <<: *a}\nc: {<<: [*a, {k: 9, m: 4}]}"
    assert parsed(text) == {"a": {"k": 1, "l": 2}, "b": {"k": 1, "l": 3},
                            "c": {"k": 1, "l": 2, "m": 4}}  # fmt: skip


def test_every_part_knows_its_place():
    root = parse_document(b"songs:\n  tide:\n    gap_s: -2.5\n", "album.yaml")
    tide = root.entries["songs"].node.entries["tide"]
    gap = tide.node.entries["gap_s"]
    assert str(tide.key_span) == "album.yaml:2:3"
    assert str(gap.key_span) == "album.yaml:3:5"
    span = gap.node.span
    assert (span.line, span.column, span.end_line, span.end_column) == (3, 12, 3, 16)
    assert span.source.lines[2] == "    gap_s: -2.5"


def test_a_duplicate_key_shows_both_places():
    (problem,) = problems("a: 1\nb: 2\na: 3\n")
    assert (problem.slug, str(problem.at)) == ("duplicate-key", "album.yaml:3:1")
    assert "album.yaml:1:1" in problem.why


def test_all_that_can_be_told_is_told_at_once():
    found = problems("a: 1\na: 2\n1: x\nb: *gone\nc: !python/object:os.system x\nd: {<<: 5}\n")
    slugs = [problem.slug for problem in found]
    assert slugs == ["duplicate-key", "key-not-text", "unknown-alias", "unknown-tag", "bad-merge"]


@pytest.mark.parametrize(
    ("text", "slug", "at"),
    [
        ("a:\n\tb: 1\n", "tab", "2:1"),
        ("a: b: c", "yaml-syntax", "1:5"),
        ("a: [1, 2\nb: 3", "yaml-syntax", "2:2"),
        ('a: "x\n', "yaml-syntax", "2:1"),
        ("a: 1\n---\nb: 1\n", "several-documents", "2:1"),
        (b"a: 1\nb: \xff\n", "not-utf8", "2:4"),
        ("é: 1\nb: \x00", "control-character", "2:4"),
        ("\ufeffa: 1", "control-character", "1:1"),
        ("&a [*a]", "unknown-alias", "1:5"),
        ("[" * 500, "too-deep", "1:101"),
        ("- " * 500, "too-deep", "1:201"),
        ("{a: {b: " * 200, "too-deep", "1:398"),
    ],
)
def test_a_broken_text_is_a_problem_with_its_place(text, slug, at):
    problem = problems(text)[-1]
    assert (problem.slug, str(problem.at)) == (slug, f"album.yaml:{at}")


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5_000, "{a: {b: " * 50_000])
def test_a_depth_that_the_parser_refuses_by_itself_is_told_as_such(text):
    assert problems(text)[-1].slug == "too-deep"


def test_an_alias_bomb_is_refused():
    names = "abcdefghi"
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    assert problems("\n".join(lines))[-1].slug == "alias-bomb"


def test_aliases_do_not_hide_depth():
    lines = ["a0: &a0 1"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)]
    assert problems("\n".join(lines))[-1].slug == "too-deep"


def test_a_file_over_4_mib_is_refused(tmp_path):
    path = tmp_path / "album.yaml"
    path.write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(ProblemError) as caught:
        read_document(path, "album.yaml")
    assert caught.value.problems[0].slug == "document-too-large"


def test_a_missing_file_and_a_folder_are_problems(tmp_path):
    for path in (tmp_path / "gone.yaml", tmp_path):
        with pytest.raises(ProblemError) as caught:
            read_document(path, path.name)
        assert caught.value.problems[0].slug == "unreadable-document"
