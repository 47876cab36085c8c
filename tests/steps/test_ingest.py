"""One sound is one stem in any coding; what cannot be sound is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from albumbuild.dsp.packing import packed, unpacked
from albumbuild.engine.action import Needs, Progress
from albumbuild.steps.ingest import PCM, Ingest
from tests.studio import plain_song

RATE_HZ = 48_000


def ingested(folder: Path, name: str, sound: np.ndarray, **coding: str) -> bytes:
    """What is kept of a sound that is written to a file of that coding."""
    path = folder / name
    soundfile.write(path, sound, RATE_HZ, **coding)
    Ingest(stem="s", names=(name,)).run(Needs({}, {"file": path}), folder, Progress())
    return (folder / PCM).read_bytes()


@pytest.fixture
def sound() -> np.ndarray:
    """More than a block of samples that 16 bits hold, both limits among them."""
    steps = np.random.default_rng(3).integers(-(1 << 15), 1 << 15, (40_000, 2))
    steps[0], steps[1] = -(1 << 15), (1 << 15) - 1
    return steps / (1 << 15)


def test_the_coding_does_not_matter(tmp_path: Path, sound: np.ndarray) -> None:
    found = {
        ingested(tmp_path, f"{number}.{ending}", sound, subtype=subtype)
        for number, (ending, subtype) in enumerate(
            [
                ("wav", "PCM_16"),
                ("wav", "PCM_24"),
                ("wav", "PCM_32"),
                ("wav", "FLOAT"),
                ("wav", "DOUBLE"),
                ("aiff", "PCM_24"),
                ("flac", "PCM_16"),
                ("flac", "PCM_24"),
            ]
        )
    }
    assert len(found) == 1


@pytest.mark.parametrize("step", [2.0**-23, -(2.0**-23), 2.0**-24, 1e-9])
def test_any_other_sample_matters(tmp_path: Path, sound: np.ndarray, step: float) -> None:
    before = ingested(tmp_path, "a.wav", sound, subtype="DOUBLE")
    sound[35_000, 1] = 0.5 + step
    after = ingested(tmp_path, "b.wav", sound, subtype="DOUBLE")
    assert before != after


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 5, 8, 1_001])
def test_24_bits_come_back(frames: int) -> None:
    sound = np.random.default_rng(frames).integers(-(1 << 23), 1 << 23, (frames, 2)) / (1 << 23)
    assert np.array_equal(unpacked(packed(sound), 2), sound)


def test_24_bits_are_three_bytes_and_others_eight() -> None:
    assert packed(np.array([[0.5], [-1.0], [-(2.0**-23)]])) == b"\0\0\x40\0\0\x80\xff\xff\xff"
    assert packed(np.array([[1.0]])) == np.float64(1.0).tobytes()
    assert packed(np.array([[-0.0]])) == b"\0\0\0"


@pytest.mark.parametrize(
    ("value", "code", "told"),
    [
        (12_345.0, 1, "`stems/bad.wav` holds a sample of +81.8 dBFS"),
        (-5e8, 1, "`stems/bad.wav` holds a sample of +174.0 dBFS"),
        (1e30, 1, "`stems/bad.wav` holds a sample of +600.0 dBFS"),
        (9_999.0, 0, ""),
    ],
)
def test_a_sample_beyond_all_levels_is_named(
    empty: Any, value: float, code: int, told: str
) -> None:
    studio = empty({"songs": {"s": plain_song("good", "bad")}})
    studio.stem("good", np.full((44_100, 2), 0.1))
    block = np.full((180_000, 2), 0.1)
    block[132_300, 1] = value
    block[150_000:] *= value
    studio.stem("bad", block)
    said = studio.run("make", "ingest:s/bad")
    assert said.code == code, said.err
    assert told in said.err
    assert ("at 3.000 s" in said.err) == (code == 1)
