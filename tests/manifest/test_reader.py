"""Whatever stands in a manifest, its user is told: never a fault of ours."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from albumbuild.manifest.album import load
from albumbuild.model.problem import ProblemError
from albumbuild.model.problem_text import render_problem
from tests.pictures import png

CONTRACT = Path(__file__).parent / "contract"
WORDS = ["~", "-inf", ".nan", ".inf", "1e400", '""', "[]", "{}", "- 3", "{a: 1}", "[1, [2]]", "yes"]


@pytest.fixture(scope="module")
def album(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("album")
    for name in ("songs/stems/kick.wav", "art/cover.png", "songs/lyrics/tide.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("sound")
    (root / "art/cover.png").write_bytes(png())
    return root


def problems(album: Path, *, manifest: str, song: str):
    (album / "album.yaml").write_text(manifest)
    (album / "songs/tide.yaml").write_text(song)
    try:
        return load(album).warnings
    except ProblemError as error:
        return error.problems


def test_the_manifest_of_the_manual_is_read_without_a_word(album):
    manifest, song = ((CONTRACT / name).read_text() for name in ("album.yaml", "tide.yaml"))
    assert not problems(album, manifest=manifest, song=song)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(line=st.integers(0, 200), word=st.sampled_from(WORDS), which=st.sampled_from(["a", "s"]))
def test_any_value_in_any_place_is_read_or_told(album, line, word, which):
    texts = {"a": (CONTRACT / "album.yaml").read_text(), "s": (CONTRACT / "tide.yaml").read_text()}
    lines = texts[which].splitlines()
    at = line % len(lines)
    key, colon, _ = lines[at].partition(": ")
    lines[at] = f"{key}{colon or ': '}{word}"
    texts[which] = "\n".join(lines) + "\n"
    for problem in problems(album, manifest=texts["a"], song=texts["s"]):
        assert render_problem(problem)


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 3_000))
def test_a_manifest_that_ends_early_is_read_or_told(album, cut):
    song = (CONTRACT / "tide.yaml").read_text()[:cut]
    for problem in problems(album, manifest=(CONTRACT / "album.yaml").read_text(), song=song):
        assert render_problem(problem)


@settings(max_examples=100, deadline=None)
@given(
    tree=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text("abc:.-/{}0", max_size=6),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text("abc"), part, max_size=3),
        max_leaves=8,
    ),
    key=st.sampled_from(["songs", "master", "sequence", "deliverables", "checks", "profiles"]),
)
def test_any_tree_under_any_key_is_read_or_told(album, tree, key):
    manifest = "title: a\nartist: b\n" + f"{key}: {json.dumps(tree)}\n"
    for problem in problems(album, manifest=manifest, song="stems: {}"):
        assert render_problem(problem)
