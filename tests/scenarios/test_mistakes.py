"""What is wrong is told at once, in place, before anything is rendered."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.scenarios.commands import errors
from tests.studio import Studio, plain_song, tune

Empty = Callable[..., Studio]

FIVE_MISTAKES = """\
title: Salt
artist: Lights
upc: "5012345678901"
songs:
  tide:
    stems:
      kick: {file: stems/kick.wav, gain_db: 400}
      bass: {file: stems/bass.wav, bus: drumz}
    buses:
      drums: {inserts: [{compresor: {ratio: 2}}]}
sequence: [tide, ember]
"""


def test_five_mistakes_are_told_at_once(empty: Empty) -> None:
    studio = empty({})
    for name in ("kick", "bass"):
        studio.stem(name, tune(0.1, seed=1))
    (studio.root / "album.yaml").write_text(FIVE_MISTAKES)
    for command in ("make", "plan", "check"):
        said = studio.run(command)
        assert said.code == 2
        assert said.out == ""
        assert errors(said.err) == [
            ("upc-check-digit", "album.yaml:3:6"),
            ("out-of-range", "album.yaml:7:45"),
            ("unknown-bus", "album.yaml:8:41"),
            ("unknown-processor", "album.yaml:10:26"),
            ("unknown-song", "album.yaml:11:18"),
        ]
    assert not (studio.root / ".albumbuild").exists()
    assert not (studio.root / "build").exists()


@pytest.mark.parametrize(
    ("path", "value", "slug"),
    [
        ("songs.a.mix.end", 2.9, "cd-short-track"),
        ("sequence.1", {"song": "b", "crossfade_s": 5}, "crossfade-too-long"),
        ("deliverables.cd.rate_hz", 48_000, "cd-format"),
    ],
)
def test_a_mistake_ends_a_build_before_its_first_step(
    studio: Studio, path: str, value: Any, slug: str
) -> None:
    before = studio.digests()
    studio.edit(path, value)
    said = studio.run("make")
    assert said.code == 2
    assert {found for found, _ in errors(said.err)} == {slug}
    assert all(re.fullmatch(r"album.yaml:\d+:\d+", place) for _, place in errors(said.err))
    assert studio.digests() == before


def nothing(path: Path) -> None:
    """No file at all."""
    path.unlink()


def empty_file(path: Path) -> None:
    """A file without a byte."""
    path.write_bytes(b"")


def no_sound(path: Path) -> None:
    """A file that is no sound."""
    path.write_text("this is a shopping list")


def cut_short(path: Path) -> None:
    """A file shorter than its header says."""
    path.write_bytes(path.read_bytes()[:-4_000])


def no_frames(path: Path) -> None:
    """A header alone, true to itself."""
    Studio(path.parent.parent, {}).stem(path.stem, np.zeros((0, 1)))


def surround(path: Path) -> None:
    """Six channels."""
    Studio(path.parent.parent, {}).stem(path.stem, np.zeros((100, 6)))


@pytest.mark.parametrize("damage", [nothing, empty_file, no_sound, cut_short, no_frames, surround])
@pytest.mark.parametrize("command", ["make", "check"])
def test_a_stem_that_cannot_be_used_is_named(
    empty: Empty, damage: Callable[[Path], None], command: str
) -> None:
    studio = empty({"songs": {"s": plain_song("good", "bad")}})
    studio.stem("good", tune(0.2, seed=1))
    damage(studio.stem("bad", tune(0.2, seed=2)))
    studio.save()
    said = studio.run(command)
    assert said.code == 2
    first, *_ = said.err.splitlines()
    assert "bad" in first
    assert "good" not in first
    assert len(errors(said.err)) == 1
    assert not (studio.root / ".albumbuild").exists()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_sample_that_is_no_number_is_named_with_its_time(empty: Empty, value: float) -> None:
    studio = empty(
        {"songs": {"s": plain_song("good", "bad")}, "deliverables": {"mixes": {"type": "mixes"}}}
    )
    studio.stem("good", tune(0.2, seed=1))
    block = tune(2.0, seed=2)
    block[66_150] = value
    studio.stem("bad", block)
    said = studio.run("make")
    assert said.code == 1
    assert "`stems/bad.wav` holds a sample that is not a number" in said.err
    assert "at 1.500 s" in said.err
    assert not (studio.root / "build/mixes").exists()


def test_no_album_here_is_told(empty: Empty) -> None:
    studio = empty({})
    (studio.root / "album.yaml").unlink()
    for command in ("make", "plan", "check", "graph"):
        said = studio.run(command)
        assert said.code == 2
        assert "album.yaml" in said.err
        assert "Traceback" not in said.err


def test_a_store_of_another_time_is_left_alone(studio: Studio) -> None:
    (studio.root / ".albumbuild/VERSION").write_text("99\n")
    (studio.root / ".albumbuild/seal").unlink()
    said = studio.run("make")
    assert said.code == 4
    assert "99" in said.err
    assert "use the albumbuild that wrote it" in said.err


def test_build_as_a_file_is_told(empty: Empty) -> None:
    studio = empty({"songs": {"s": plain_song("x")}, "deliverables": {"mixes": {"type": "mixes"}}})
    studio.stem("x", tune(0.2, seed=1))
    (studio.root / "build").write_text("in the way")
    said = studio.run("make")
    assert said.code == 4
    assert "build" in said.err
    assert (studio.root / "build").read_text() == "in the way"
