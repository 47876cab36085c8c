"""Our own WAV and RF64: headers to the byte, and readers of the world that take them."""

import shutil
import struct
import subprocess
import time

import numpy as np
import pytest
import soundfile

from albumbuild.formats.sound import SoundReader, probe
from albumbuild.formats.wave import create_wave

SAMPLES = [("float32", 32), ("pcm16", 16), ("pcm24", 24), ("pcm32", 32)]


def block(sample: str, frames: int = 1_001, channels: int = 2) -> np.ndarray:
    noise = np.random.default_rng(3).uniform(-1, 1, (frames, channels))
    if sample == "float32":
        return noise * 2.5
    bits = int(sample[3:])
    whole = np.rint(noise * (2 ** (bits - 1) - 1)).astype(np.int64)
    whole[0], whole[1] = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return whole.astype(np.int32)


def written(path, sample, sound, **settings):
    with create_wave(
        path, rate_hz=44_100, channels=sound.shape[1], sample=sample, **settings
    ) as out:
        out.write(sound[:100])
        out.write(sound[100:])
    return path


@pytest.mark.parametrize(("sample", "bits"), SAMPLES)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("riff_limit", [0xFFFFFFFF, 500])
def test_what_is_written_is_read_back(tmp_path, sample, bits, channels, riff_limit):
    if sample == "pcm16" and riff_limit == 500:
        pytest.skip("16 bit has no room for an RF64")
    sound = block(sample, channels=channels)
    path = written(tmp_path / "a.wav", sample, sound, riff_limit=riff_limit)
    assert path.read_bytes()[:4] == (b"RF64" if riff_limit == 500 else b"RIFF")
    found = probe(path)
    assert (found.frames, found.channels, found.bits) == (1_001, channels, bits)
    with SoundReader(path) as reader:
        read = reader.read(2_000)
    whole = soundfile.read(str(path), always_2d=True)[0]
    assert np.array_equal(read, whole)
    if sample == "float32":
        assert np.array_equal(read, sound.astype(np.float32))
    else:
        assert np.array_equal(read * 2.0 ** (bits - 1), sound)


def test_16_bit_has_the_plain_header_of_44_bytes(tmp_path):
    path = written(tmp_path / "a.wav", "pcm16", block("pcm16"))
    expected = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + 4004, b"WAVE", b"fmt ", 16, 1, 2, 44_100, 176_400, 4, 16, b"data", 4004),
    )
    data = path.read_bytes()
    assert data[:44] == expected
    assert len(data) == 44 + 4004


def test_nothing_stands_after_the_sound(tmp_path):
    for sample, _ in SAMPLES:
        data = written(tmp_path / "a.wav", sample, block(sample, 1_000)).read_bytes()
        size = 1_000 * 2 * (4 if sample == "float32" else int(sample[3:]) // 8)
        assert data[-size - 8 : -size] == struct.pack("<4sI", b"data", size)


def test_an_odd_number_of_bytes_is_padded(tmp_path):
    path = written(tmp_path / "a.wav", "pcm24", block("pcm24", 1_001, 1))
    assert path.stat().st_size % 2 == 0
    assert probe(path).frames == 1_001


def test_bytes_repeat_seconds_apart(tmp_path):
    first = written(tmp_path / "a.wav", "float32", block("float32")).read_bytes()
    time.sleep(1.1)
    assert written(tmp_path / "a.wav", "float32", block("float32")).read_bytes() == first


def test_a_failed_write_leaves_no_file_that_reads(tmp_path):
    with (
        pytest.raises(RuntimeError),
        create_wave(tmp_path / "a.wav", rate_hz=48_000, channels=2, sample="float32") as out,
    ):
        out.write(block("float32"))
        raise RuntimeError
    with pytest.raises(Exception, match="holds no sound"):
        probe(tmp_path / "a.wav")


def test_the_wrong_sort_of_block_is_refused(tmp_path):
    with create_wave(tmp_path / "a.wav", rate_hz=48_000, channels=2, sample="pcm16") as out:
        with pytest.raises(ValueError):
            out.write(block("float32"))
        with pytest.raises(ValueError):
            out.write(block("pcm16", channels=1))


@pytest.mark.skipif(not shutil.which("sox"), reason="sox is not installed")
@pytest.mark.parametrize("riff_limit", [0xFFFFFFFF, 500])
def test_sox_reads_wav_and_rf64(tmp_path, riff_limit):
    path = written(tmp_path / "a.wav", "pcm24", block("pcm24"), riff_limit=riff_limit)
    said = subprocess.run(["soxi", "-s", path], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "1001"


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("riff_limit", [0xFFFFFFFF, 500])
def test_ffmpeg_decodes_float_wav_and_rf64(tmp_path, riff_limit):
    sound = block("float32")
    path = written(tmp_path / "a.wav", "float32", sound, riff_limit=riff_limit)
    command = ["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"]
    said = subprocess.run(command, capture_output=True, check=True)
    assert said.stdout == sound.astype("<f4").tobytes()
