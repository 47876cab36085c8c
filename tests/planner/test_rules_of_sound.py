"""A mix without sound, and a trim beyond its file, are known before anything is rendered."""

import re
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("stem", "mix", "told"),
    [
        ({"trim": {"from": 20}}, {}, "`trim` begins at 20 s, and the file of `x` lasts 1.000 s"),
        ({"trim": {"from": 1}}, {}, "`trim` begins at 1 s, and the file of `x` lasts 1.000 s"),
        ({"start": 3}, {"end": 2}, "the mix of `s` ends at 2 s, and its first stem begins at 3 s"),
        ({"start": 3}, {"start": 1, "end": 3}, "the mix of `s` ends at 3 s, and its first"),
        ({}, {"start": 1}, "the mix of `s` starts at 1 s, and its last sound has died away"),
        ({}, {"start": 4, "end": 9}, "the mix of `s` starts at 4 s, and its last sound has"),
    ],
)
def test_a_song_without_sound_is_refused(empty: Any, stem: Any, mix: Any, told: str) -> None:
    studio = empty({"songs": {"s": {"stems": {"x": {"file": "stems/x.wav", **stem}}, "mix": mix}}})
    studio.stem("x", np.ones((44_100, 1)) * 0.1)
    said = studio.run("make")
    assert said.code == 2
    assert told in said.err
    assert len(re.findall(r"^error", said.err, flags=re.MULTILINE)) == 1
    assert re.search(r"--> album.yaml:\d+:\d+", said.err)


def test_a_trim_past_the_end_of_its_file_is_a_warning(empty: Any) -> None:
    stem = {"file": "stems/x.wav", "trim": {"to": 50}}
    studio = empty({"songs": {"s": {"stems": {"x": stem}}}})
    studio.stem("x", np.ones((44_100, 1)) * 0.1)
    said = studio.run("check")
    assert said.code == 0
    assert "`trim` ends at 50 s, and the file of `x` lasts 1.000 s" in said.err
    studio.edit("songs.s.stems.x.trim.to", 1.0)
    assert studio.run("check").err == ""


def test_sound_that_begins_late_or_ends_in_a_tail_is_sound(empty: Any) -> None:
    stem = {"file": "stems/x.wav", "start": 3, "sends": {"hall": -6}}
    returns = {"hall": {"inserts": [{"reverb": {"decay_s": 2}}]}}
    studio = empty({"songs": {"s": {"stems": {"x": stem}, "returns": returns}}})
    studio.stem("x", np.ones((44_100, 1)) * 0.1)
    for mix in ({"end": 3.5}, {"start": 4.5}, {"start": 0, "end": 60}):
        studio.edit("songs.s.mix", mix)
        assert studio.run("check").code == 0
