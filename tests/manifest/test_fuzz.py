"""No manifest makes `check` stumble: it is good, or its user is told what is wrong and where.

`ALBUMBUILD_FUZZ=50` tries fifty times as many.
"""

import copy
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pictures import png
from tests.studio import Studio, tune

TIMES = int(os.environ.get("ALBUMBUILD_FUZZ", "1"))
HERE = Path(__file__).parent / "fuzz"
FILES = ("album.yaml", "songs/tide.yaml", "songs/bass.yaml")
GOOD = {name: (HERE / Path(name).name).read_text() for name in FILES}
TREES = {name: yaml.safe_load(text) for name, text in GOOD.items()}
STEMS = {"kick": 1, "bass": 2, "vox": 1, "left": 1, "right": 1}

TOKENS = [
    *("\t", "\r", "\x00", "\x07", "\x7f", "\x85", "\u2028", "\ufeff", "\ud800", "\U0001f3b7", "é"),
    *("e\u0301", "ﬁ", "İ", "ß", "\u202e", "中", "٣", "½", "'", '"', "\\", "\\x", "#", " #", "%"),
    *("@", "`", "|", ">", ">-", "|+9", ":", ": ", "? ", "- ", ",", "[", "]", "{", "}", "{}", "[]"),
    *("&a ", "*a", "&a [*a]", "<<: ", "<<: *a", "<<: {title: 1}", "<<: [{}, 3]", "=", "= : 1"),
    *("!!str ", "!!int ", "!!binary ", "!!set ", "!!python/object:a.b ", "!<x> ", "! ", "!é "),
    *("---\n", "...\n", "%YAML 1.2\n---\n", "%TAG ! x\n", "\n\n", "\n  ", "\n- ", "\n? x\n: "),
    *(".nan", ".inf", "-.inf", "-inf", "1e400", "-1e-400", "1e308", "-0.0", "0x" + "f" * 300),
    *("9" * 400, "0o17", "012", "1_000", "1:30", "99:99:99", "1:02:00.5", "true", "no", "~", "'x"),
    *("{bar: 1}", "{bar: 0, beat: 9}", "1/0", "0/8", "999/1t", "L101", "R0", "C", "..", "/etc"),
    *("../" * 9, "a" * 300, "[" * 150, "- " * 150, "{a: " * 150, "{0}", "{title.x}", "{number:9}"),
]
TEXTS = [
    *("", " ", "mix", "tide", "kick", "vox", "hall", "L30", "1/8", "1:30", "-inf", "0", "yes"),
    *("glue", "squash", "songs/bass.yaml", "preset"),
    *("a/b", "..", ".", "-", "{title}", "{number:99999}", "{x}", "<= -1", "\n", "\x85", "٣", "ß"),
    *("stems", "stems/kick.wav", "songs/tide.yaml", "x" * 1_000, "é" * 90, "e\u0301", "\U0001f3b7"),
    *("<<", "\ud800", "\x00", "5012345678900", "GBAYE2600001", "2026-02-30", "0000", "\u202etxt"),
]
NUMBERS = [
    *(0, -0.0, 1, -1, 2, 3, 16, 24, 1e-320, 1e-9, 0.05, 1e9, 1e300, -1e300, 2**63, -(2**64)),
    *(10**40, float("inf"), float("-inf"), float("nan"), 8_000, 44_100, 192_000, 86_400, 599.999),
]
FACTORS = (-1, 0, 1e-3, 0.1, 0.5, 0.999, 1.001, 2, 10, 100, 1e3)
SHAPES: list[Any] = [[], {}, [[]], [{}], {"": {}}, [None], [[[[[[1]]]]]], {"a": {"a": {"a": 1}}}]

texts = st.sampled_from(TEXTS) | st.text(max_size=6)
numbers = st.sampled_from(NUMBERS) | st.floats(-1e4, 1e4) | st.integers(-300, 300)
leaves = st.none() | st.booleans() | texts | numbers
keys = texts | st.sampled_from([1, True, None, 2.5])
trees = st.recursive(
    leaves,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(keys, part, max_size=3),
    max_leaves=10,
)
values = leaves | st.sampled_from(SHAPES) | trees


def often(examples: int) -> Callable[..., Any]:
    """That many random examples, however slow."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples * TIMES, deadline=None, suppress_health_check=slow)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """The files that a good album names."""
    studio = Studio(tmp_path_factory.mktemp("fuzz"), {})
    for number, (name, channels) in enumerate(STEMS.items()):
        studio.stem(name, tune(4.5, seed=number, channels=channels))
    for folder in ("art", "songs"):
        (studio.root / folder).mkdir()
    (studio.root / "art/cover.png").write_bytes(png(3_000, 3_000))
    (studio.root / "songs/words.txt").write_text("La la la.\n")
    return studio


def check(album: Studio, name: str, data: bytes) -> None:
    """Check the good album with `data` for one of its manifests: what is wrong is told."""
    for each, good in GOOD.items():
        (album.root / each).write_bytes(data if each == name else good.encode())
    said = album.run("check")
    assert said.code in (0, 2), said.err
    assert "Traceback" not in said.err
    assert "our-fault" not in said.err
    if said.code == 2:
        assert re.search(r"^error\[[a-z0-9-]+\]: .+\n *--> .+:\d+:\d+$", said.err, re.MULTILINE)


@st.composite
def slipped(draw: st.DrawFn, text: str) -> str:
    """The text after a few slips of a hand or of a disk."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        end = at + draw(st.integers(0, 40))
        token = draw(st.sampled_from(TOKENS))
        lines = text.split("\n")
        one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        lines[one], lines[other] = lines[other], lines[one]
        ways = [
            text[:at] + token + text[at:],
            text[:at] + token + text[end:],
            text[:at] + _other_value(text[at:], token),
            text[:at] + text[end:],
            text[:end] + text[at:],
            text[:at],
            text[at:],
            "\n".join(lines),
        ]
        text = draw(st.sampled_from(ways))
    return text


def _other_value(text: str, token: str) -> str:
    """The text with `token` for the next of its values or keys."""
    return re.sub(r"(?<=[:\[,{] )?[^\s,:{}\[\]-][^\n,:{}\[\]]*", lambda _: token, text, count=1)


@often(300)
@given(data=st.data(), name=st.sampled_from(FILES))
def test_any_slip_is_read_or_told(album: Studio, data: st.DataObject, name: str) -> None:
    check(album, name, data.draw(slipped(GOOD[name])).encode(errors="surrogatepass"))


def parts(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every part of a tree."""
    yield path
    if isinstance(tree, dict | list):
        for key, part in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from parts(part, (*path, key))


@st.composite
def restructured(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with other values, keys more and keys less."""
    tree = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(parts(tree))))
        if not path:
            continue
        owner = tree
        for key in path[:-1]:
            owner = owner[key]
        was = owner[path[-1]]
        way = draw(st.sampled_from(["near", "near", "value", "value", "key", "less", "elsewhere"]))
        if way == "near" and isinstance(was, int | float):
            owner[path[-1]] = was * draw(st.sampled_from(FACTORS))
        elif way == "less":
            del owner[path[-1]]
        elif way == "key" and isinstance(owner, dict):
            owner[draw(keys)] = owner.pop(path[-1])
        elif way == "elsewhere":
            owner[path[-1]] = _at(tree, draw(st.sampled_from(list(parts(tree)))))
        else:
            owner[path[-1]] = copy.deepcopy(draw(values))
    return tree


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    """A copy of the part at `path`."""
    for key in path:
        tree = tree[key]
    return copy.deepcopy(tree)


@often(300)
@given(data=st.data(), name=st.sampled_from(FILES))
def test_any_tree_is_read_or_told(album: Studio, data: st.DataObject, name: str) -> None:
    tree = data.draw(restructured(TREES[name]))
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    check(album, name, text.encode(errors="surrogatepass"))


raw = st.binary(max_size=80) | st.text("ab01 :-[]{},&*!|>'\"#%@`<?=.~\\\n\t", max_size=60).map(
    str.encode
)


@often(200)
@given(data=raw, name=st.sampled_from(FILES))
def test_any_bytes_are_read_or_told(album: Studio, data: bytes, name: str) -> None:
    check(album, name, data)


def test_the_album_is_good(album: Studio) -> None:
    for name, good in GOOD.items():
        (album.root / name).write_text(good)
    said = album.run("check")
    assert (said.code, said.err) == (0, "")
