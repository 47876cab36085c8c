"""Masters that are matched to references: what runs again, what a part is, what is refused."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.studio import Studio, sound, tune


@pytest.fixture
def matched(studio: Studio) -> Studio:
    """The album with a match in C's master, and one in a deliverable."""
    studio.stem("ref-one", tune(5.0, seed=9, channels=2))
    studio.stem("ref-two", tune(3.0, seed=8), rate_hz=48_000)
    both = ["stems/ref-one.wav", "stems/ref-two.wav"]
    studio.edit("songs.c.master", {"inserts": [{"match": {"reference": both}}]})
    studio.edit("deliverables.streaming.inserts", [{"match": {"reference": both[:1]}}])
    studio.make()
    return studio


def test_an_edit_of_a_reference_runs_what_hears_it(matched: Studio) -> None:
    matched.stem("ref-two", tune(3.0, seed=7), rate_hz=48_000)
    ran = matched.make()
    assert "premaster:c" in ran
    assert {step for step in ran if step.startswith(("mix:", "premaster:"))} == {"premaster:c"}
    matched.stem("ref-one", tune(5.0, seed=6, channels=2))
    ran = matched.make()
    assert {"premaster:c", "master:a@streaming", "master:b@streaming"} <= ran
    assert "master:a@cd" not in ran
    assert matched.make() == set()


@pytest.mark.parametrize("fresh_store", [False, True])
def test_a_part_is_that_of_the_whole(matched: Studio, tmp_path: Path, fresh_store: bool) -> None:
    whole = matched.result("premaster:c")
    if fresh_store:
        assert matched.run("cache", "clear").code == 0
    out = tmp_path / "part.wav"
    said = matched.run("render", "premaster:c", "--from", "1", "--to", "1.5", "-o", str(out))
    assert said.code == 0, said.err
    assert np.array_equal(sound(out), whole[44_100 : 44_100 + 22_050])


def test_a_silent_reference_fails_its_step_and_says_so(matched: Studio) -> None:
    matched.stem("ref-two", np.zeros((900, 1)), rate_hz=48_000)
    said = matched.run("make", "-k")
    assert said.code == 1
    assert "error[silent-reference]: the reference `stems/ref-two.wav` is silent" in said.err


def test_a_missing_reference_is_told_in_its_place(matched: Studio) -> None:
    (matched.root / "stems/ref-two.wav").unlink()
    said = matched.run("make")
    assert said.code == 2
    place = re.search(r"album\.yaml:(\d+)", said.err)
    assert place
    lines = (matched.root / "album.yaml").read_text().splitlines()
    assert "ref-two" in lines[int(place[1]) - 1]
