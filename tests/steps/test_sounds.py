"""Sounds that devices read, when a file is none: told in a build as before it."""

from pathlib import Path

import pytest

from albumbuild.engine.action import StepError
from albumbuild.steps.sounds import read_sound
from tests.studio import Studio, plain_song, tune


def test_a_file_that_is_no_sound_is_told_in_the_same_words(tmp_path: Path) -> None:
    song = plain_song("pad", end=1.0)
    song["stems"]["pad"]["inserts"] = [{"convolution": {"impulse": "room.wav"}}]
    album = {"title": "Salt", "artist": "L", "songs": {"a": song}}
    studio = Studio(tmp_path / "album", album)
    studio.stem("pad", tune(1.0, seed=1))
    (studio.root / "room.wav").write_text("no sound at all")
    with pytest.raises(StepError) as failed:
        read_sound(studio.root / "room.wav")
    problem, told = failed.value.problem, studio.run("check").err
    for part in (f"error[{problem.slug}]: {problem.what}", problem.why, f"fix: {problem.fix}"):
        assert part in told
