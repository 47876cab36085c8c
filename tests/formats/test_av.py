"""AAC and ALAC: the same samples, or the same length, and a word where the library is missing."""

import sys

import numpy as np
import pytest

from albumbuild.formats.av import Mp4Reader
from albumbuild.formats.coding import Coding, best_rate
from albumbuild.formats.mp4 import Edit, edit_of
from albumbuild.formats.sound import SoundError, SoundReader, encode, probe

pytest.importorskip("av")

LENGTHS = [1, 1_023, 1_024, 4_097, 50_001]


def noise(frames: int, bits: int, channels: int = 2) -> np.ndarray:
    draw = np.random.default_rng(frames)
    top = 2 ** (bits - 1)
    whole = draw.integers(-top, top, (frames, channels)).astype(np.int32)
    whole[0] = -top
    return whole


def encoded(path, sound, **settings):
    coding = Coding(channels=sound.shape[1], **settings)
    pieces = np.array_split(sound, 3) if len(sound) > 3 else [sound]
    encode(path, pieces, coding=coding)
    return path


def heard(path):
    with SoundReader(path) as reader:
        return reader.read(reader.format.frames)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("frames", LENGTHS)
def test_alac_gives_back_every_sample(tmp_path, rate_hz, bits, frames):
    sound = noise(frames, bits)
    path = encoded(tmp_path / "a.m4a", sound, format="alac", rate_hz=rate_hz, bits=bits)
    form = probe(path)
    assert (form.rate_hz, form.channels, form.frames, form.bits) == (rate_hz, 2, frames, bits)
    assert np.array_equal(heard(path) * 2 ** (bits - 1), sound)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000])
@pytest.mark.parametrize("frames", LENGTHS)
def test_aac_keeps_the_length_and_the_place(tmp_path, rate_hz, frames):
    at = np.arange(frames) / rate_hz
    sound = 0.4 * np.sin(2 * np.pi * 440 * at)[:, np.newaxis] * [1.0, 0.5]
    path = encoded(tmp_path / "a.m4a", sound, format="aac", rate_hz=rate_hz, bitrate_kbps=128)
    form = probe(path)
    assert (form.rate_hz, form.channels, form.frames, form.bits) == (rate_hz, 2, frames, None)
    assert edit_of(path) == Edit(delay=1_024, frames=frames)
    decoded = heard(path)
    assert decoded.shape == sound.shape
    if frames > 40_000:
        middle = slice(20_000, 40_000)
        assert np.abs(decoded[middle] - sound[middle]).max() < 0.02


def test_the_padding_fills_the_last_packet():
    assert Edit(delay=1_024, frames=1_000).as_itunes().split()[1:4] == [
        *("00000400", "00000018", "00000000000003E8"),
    ]


@pytest.mark.parametrize("name", ["aac", "alac"])
def test_bytes_do_not_tell_when_or_in_which_pieces(tmp_path, name):
    sound = noise(30_000, 16)
    one = encoded(tmp_path / "one.m4a", sound, format=name, rate_hz=44_100)
    two = tmp_path / "another name.m4a"
    pieces = [sound[at : at + 777] for at in range(0, len(sound), 777)]
    encode(two, pieces, coding=Coding(format=name, rate_hz=44_100, channels=2))
    assert one.read_bytes() == two.read_bytes()
    assert b"Lavf" not in one.read_bytes()
    assert b"Lavc" not in one.read_bytes()


@pytest.mark.parametrize("name", ["aac", "alac"])
@pytest.mark.parametrize("channels", [1, 2])
def test_seeking_finds_what_reading_through_finds(tmp_path, name, channels):
    sound = noise(30_000, 16, channels)
    path = encoded(tmp_path / "a.m4a", sound, format=name, rate_hz=44_100)
    whole = heard(path)
    with SoundReader(path) as reader:
        for frame in (20_000, 5, 29_999, 0, 40_000):
            reader.seek(frame)
            assert np.array_equal(reader.read(700), whole[frame : frame + 700])


@pytest.mark.parametrize("left", [0.05, 0.5, 0.99])
def test_a_file_that_is_cut_short_is_found_out(tmp_path, left):
    path = encoded(tmp_path / "a.m4a", noise(30_000, 16), format="alac", rate_hz=44_100)
    data = path.read_bytes()
    path.write_bytes(data[: int(left * len(data))])
    with pytest.raises(SoundError):
        heard(path)


def test_a_file_of_another_kind_is_no_sound(tmp_path):
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\0\0\0\x10ftypM4A \0\0\0\0")
    with pytest.raises(SoundError, match="not a sound file"):
        probe(path)


def test_whole_numbers_are_asked_for(tmp_path):
    coding = Coding(format="alac", rate_hz=44_100, channels=2)
    with pytest.raises(ValueError, match="quantise first"):
        encode(tmp_path / "a.m4a", [np.zeros((10, 2))], coding=coding)
    with pytest.raises(ValueError, match="16 or 24 bits"):
        encoded(tmp_path / "a.m4a", noise(10, 16), format="alac", rate_hz=44_100, bits=32)
    with pytest.raises(ValueError, match="aac wants 48000 Hz"):
        encoded(tmp_path / "a.m4a", noise(10, 16), format="aac", rate_hz=96_000)


def test_rates_of_aac():
    assert [best_rate("aac", hz) for hz in (44_100, 48_000, 88_200, 96_000, 192_000)] == [
        *(44_100, 48_000, 44_100, 48_000, 48_000),
    ]
    assert best_rate("alac", 192_000) == 192_000


def test_the_quality_of_aac_is_its_nominal_bitrate():
    def kbps(**settings):
        return Coding(format="aac", rate_hz=44_100, channels=2, **settings).aac_kbps()

    assert [kbps(quality=0.0), kbps(), kbps(quality=1.0)] == [64.0, 256.0, 304.0]
    assert kbps(bitrate_kbps=128) == 128


def test_without_the_library_its_name_is_told(tmp_path, monkeypatch):
    path = encoded(tmp_path / "a.m4a", noise(1_000, 16), format="alac", rate_hz=44_100)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(SoundError) as told:
        Mp4Reader(path)
    assert "PyAV" in told.value.why
    assert told.value.fix == "pip install 'albumbuild[codecs]'"
