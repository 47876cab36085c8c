"""`measure` on files of every layout and of none."""

import json
import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.signals import sine
from tests.studio import Studio

RATE = 48_000
EXAMPLE = Path(__file__).parents[2] / "example_album"


def surround(channels: int) -> Any:
    """The case 6 of Tech 3341: -23 LUFS when each channel counts as it should."""
    levels = [-28, -28, -24, -30, -30] if channels == 5 else [-28, -28, -24, -10, -30, -30]
    tone = sine(1_000, rate_hz=RATE, frames=3 * RATE, channels=channels)
    return tone * 10 ** (np.array(levels) / 20)


def loudness(studio: Studio, name: str) -> float:
    """What `measure` says of a file."""
    said = studio.run("measure", "--json", name)
    assert said.code == 0, said.err
    return float(json.loads(said.out)[0]["integrated_lufs"])


@pytest.mark.parametrize("channels", [5, 6])
def test_surround_is_measured_where_the_file_tells_its_layout(empty: Any, channels: int) -> None:
    studio, block = empty({}), surround(channels)
    soundfile.write(studio.root / "x.flac", block, RATE)
    vorbis = [0, 2, 1, 3, 4] if channels == 5 else [0, 2, 1, 4, 5, 3]
    soundfile.write(studio.root / "x.ogg", block[:, vorbis], RATE)
    write_masked(studio.root / "x.wav", block, mask=0x37 if channels == 5 else 0x3F)
    assert loudness(studio, "x.flac") == pytest.approx(-23, abs=0.1)
    assert loudness(studio, "x.wav") == pytest.approx(-23, abs=0.1)
    assert loudness(studio, "x.ogg") == pytest.approx(-23, abs=0.2)


def write_masked(path: Path, block: Any, *, mask: int) -> None:
    """A WAV of 24 bits with a mask of speakers, which libsndfile would leave at 0."""
    soundfile.write(path, block, RATE, subtype="PCM_24", format="WAVEX")
    data = bytearray(path.read_bytes())
    at = data.index(b"fmt ") + 8 + 20
    data[at : at + 4] = mask.to_bytes(4, "little")
    path.write_bytes(data)


@pytest.mark.parametrize("channels", [3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("ending", ["wav", "aiff"])
def test_channels_that_nobody_can_tell_apart_are_refused(
    empty: Any, channels: int, ending: str
) -> None:
    studio = empty({})
    soundfile.write(studio.root / f"x.{ending}", np.zeros((RATE, channels)) + 0.1, RATE)
    soundfile.write(studio.root / "y.wav", np.zeros((RATE, 2)) + 0.1, RATE)
    said = studio.run("measure", f"x.{ending}", "y.wav")
    assert said.code == 1
    tells = " and does not say which is which" if channels in (5, 6) else ""
    assert f"`x.{ending}` has {channels} channels{tells}" in said.err
    assert "y.wav" in said.out


@pytest.mark.parametrize("frames", [1, 480, 48_000])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
def test_no_file_gives_what_is_no_number(empty: Any, frames: int, rate_hz: int) -> None:
    studio = empty({})
    square = np.where(np.arange(frames) % 100 < 50, 1.0, -1.0)
    sounds = {"silence": 0 * square, "square": square, "over": 3.7 * square}
    for name, mono in sounds.items():
        soundfile.write(studio.root / f"{name}.wav", mono, rate_hz, subtype="FLOAT")
        soundfile.write(studio.root / f"{name}2.wav", np.stack([mono, -mono], 1), rate_hz)
    names = [path.name for path in sorted(studio.root.glob("*.wav"))]
    said = studio.run("measure", "--json", "--faults", *names)
    assert said.code == 0
    assert not said.err
    assert re.search("NaN|Infinity|nan|inf", said.out) is None
    assert len(json.loads(said.out)) == len(sounds) * 2
    assert studio.run("-v", "measure", "--faults", *names).code == 0


def test_what_is_no_sound_is_refused_by_name(empty: Any) -> None:
    studio = empty({})
    tone = sine(440, rate_hz=RATE, frames=RATE, channels=2)
    (studio.root / "nothing.wav").write_bytes(b"")
    soundfile.write(studio.root / "cut.flac", tone, RATE)
    whole = (studio.root / "cut.flac").read_bytes()
    (studio.root / "cut.flac").write_bytes(whole[: len(whole) // 2])
    for name, wrong in (("nan", math.nan), ("infinite", math.inf), ("huge", 1e35)):
        tone[100] = wrong
        soundfile.write(studio.root / f"{name}.wav", tone, RATE, subtype="FLOAT")
    names = sorted(path.name for path in studio.root.iterdir() if path.suffix in (".wav", ".flac"))
    said = studio.run("measure", "--json", *names)
    assert said.code == 1
    assert json.loads(said.out) == []
    assert "Warning" not in said.err
    assert all(f"`{name}`" in said.err for name in names)


def test_faults_are_listed_and_counted(empty: Any) -> None:
    studio = empty({})
    tone = sine(440, rate_hz=RATE, frames=4 * RATE, channels=2, peak=0.5) + 0.01
    soundfile.write(studio.root / "x.flac", tone, RATE, subtype="PCM_24")
    said = studio.run("measure", "--json", "--faults", "x.flac")
    (found,) = json.loads(said.out)
    assert found["fault_counts"] == {"dc": 2}
    assert [each["channel"] for each in found["faults"]] == [0, 1]
    assert set(found["faults"][0]) == {
        *("kind", "at_s", "length_s", "channel", "level_db", "detail"),
    }
    text = studio.run("measure", "--faults", "x.flac").out
    assert "2 dc" in text
    assert "channel 2" in text


def test_the_spectrum_is_shown_where_it_is_asked_for(empty: Any) -> None:
    studio = empty({})
    soundfile.write(studio.root / "x.wav", sine(1_000, rate_hz=RATE, frames=RATE), RATE)
    assert "1000 Hz" not in studio.run("measure", "x.wav").out.replace("48000 Hz", "")
    assert "1000 Hz" in studio.run("measure", "--spectrum", "x.wav").out
    (found,) = json.loads(studio.run("measure", "--spectrum", "--json", "x.wav").out)
    levels = found["spectrum_db"]
    assert max(levels, key=levels.get) == "1000"


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_agrees_on_music(empty: Any) -> None:
    studio = empty({})
    path = studio.root / "music.wav"
    rng = np.random.default_rng(1)
    envelope = np.repeat(rng.uniform(0.02, 1, 40), RATE // 2)[:, np.newaxis]
    noise = np.cumsum(rng.standard_normal((20 * RATE, 2)), axis=0)
    block = np.diff(noise, axis=0, prepend=0) * 0.1 * envelope
    soundfile.write(path, block, RATE, subtype="PCM_24")
    (found,) = json.loads(studio.run("measure", "--json", "music.wav").out)
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = said[said.index("Summary:") :]

    def other(label: str) -> float:
        match = re.search(rf"{label}:\s+(-?[\d.]+)", summary)
        assert match
        return float(match[1])

    assert found["integrated_lufs"] == pytest.approx(other("I"), abs=0.1)
    assert found["lra_lu"] == pytest.approx(other("LRA"), abs=0.2)
