"""Reading files of every kind, saying what is missing, and encoding with bytes that repeat."""

import resource
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from albumbuild.formats.coding import Coding, best_rate
from albumbuild.formats.sound import SoundError, SoundReader, encode, probe

RATE_HZ = 48_000

KINDS = [  # ending, container, coding, bits
    ("wav", "WAV", "PCM_U8", 8),
    ("wav", "WAV", "PCM_16", 16),
    ("wav", "WAV", "PCM_24", 24),
    ("wav", "WAV", "PCM_32", 32),
    ("wav", "WAV", "FLOAT", 32),
    ("wav", "WAV", "DOUBLE", 64),
    ("wav", "WAVEX", "PCM_24", 24),
    ("wav", "WAVEX", "FLOAT", 32),
    ("wav", "RF64", "PCM_24", 24),
    ("w64", "W64", "PCM_24", 24),
    ("caf", "CAF", "PCM_24", 24),
    ("caf", "CAF", "ALAC_24", 24),
    ("aiff", "AIFF", "PCM_16", 16),
    ("aiff", "AIFF", "PCM_24", 24),
    ("aiff", "AIFF", "FLOAT", 32),
    ("flac", "FLAC", "PCM_16", 16),
    ("flac", "FLAC", "PCM_24", 24),
    ("mp3", "MP3", "MPEG_LAYER_III", None),
    ("ogg", "OGG", "VORBIS", None),
    ("opus", "OGG", "OPUS", None),
]


def sound(frames: int = 12_000, channels: int = 2) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0, 0.05, (frames, channels))
    turns = np.arange(frames)[:, None] * (220.0 / RATE_HZ) * np.arange(1, channels + 1)
    return noise + 0.5 * np.sin(2 * np.pi * turns)


def integers(bits: int, frames: int = 12_000) -> np.ndarray:
    return np.rint(sound(frames) * (2 ** (bits - 1) - 1)).astype(np.int32)


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[1]}-{kind[2]}")
def made(request, tmp_path):
    ending, container, coding, bits = request.param
    path = tmp_path / f"sound.{ending}"
    soundfile.write(str(path), sound(), RATE_HZ, format=container, subtype=coding)
    return path, bits


def test_every_kind_is_probed_and_read_as_it_is(made):
    path, bits = made
    with SoundReader(path) as reader:
        read = np.concatenate(list(reader.blocks(1_000)))
        found = reader.format
    assert (found.rate_hz, found.channels, found.frames, found.bits) == (RATE_HZ, 2, 12_000, bits)
    assert read.dtype == np.float64
    assert read.flags.c_contiguous
    assert np.array_equal(read, soundfile.read(str(path), always_2d=True)[0])


def test_seeking_finds_what_reading_through_finds(made):
    path, _ = made
    with SoundReader(path) as reader:
        whole = reader.read(20_000)
        for frame in (7_777, 123, 11_999, 0):
            reader.seek(frame)
            assert np.array_equal(reader.read(500), whole[frame : frame + 500])
        reader.seek(50_000)
        assert reader.read(10).shape == (0, 2)


def test_a_file_cut_short_is_never_taken_for_a_shorter_one(made):
    path, _ = made
    data = path.read_bytes()
    for share in (0.9, 0.5):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(SoundError), SoundReader(path) as reader:
            list(reader.blocks(4_096))


def test_mono_stays_one_channel(tmp_path):
    path = tmp_path / "mono.wav"
    soundfile.write(str(path), sound(channels=1), RATE_HZ, subtype="PCM_24")
    with SoundReader(path) as reader:
        assert reader.read(10).shape == (10, 1)


def test_a_wav_that_promises_more_says_how_much(tmp_path):
    path = tmp_path / "cut.wav"
    soundfile.write(str(path), sound(48_000), RATE_HZ, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: 44 + 31_200 * 4])
    with pytest.raises(SoundError, match="it promises 48000 frames, 31200 are there"):
        probe(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "does not exist"),
        (b"", "is empty: it has 0 bytes"),
        (b"hello world" * 100, "is not a sound file: format not recognised"),
        (b"RIFF", "is not a sound file"),
        (b"RIFF\0\0\0\0WAVEfmt ", "is not a sound file"),
    ],
)
def test_what_is_no_sound_says_so(tmp_path, data, said):
    path = tmp_path / "sound.wav"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SoundError) as caught:
        probe(path)
    assert said in str(caught.value)


def test_a_folder_and_a_header_without_frames_are_no_sound(tmp_path):
    with pytest.raises(SoundError, match="it is a folder"):
        probe(tmp_path)
    path = tmp_path / "none.wav"
    soundfile.write(str(path), np.zeros((0, 2)), RATE_HZ)
    with pytest.raises(SoundError, match="holds no sound"):
        probe(path)


def coding(name: str, **settings) -> Coding:
    return Coding(format=name, rate_hz=RATE_HZ, channels=2, **settings)


@pytest.mark.parametrize("name", ["flac", "aiff"])
@pytest.mark.parametrize("bits", [16, 24])
def test_lossless_codings_give_back_every_bit(tmp_path, name, bits):
    path, whole = tmp_path / f"sound.{name}", integers(bits)
    encode(path, [whole[:5], whole[5:]], coding=coding(name, bits=bits))
    read = soundfile.read(str(path), dtype="int32")[0] >> (32 - bits)
    assert np.array_equal(read, whole)


def test_the_same_sound_gives_the_same_bytes_seconds_apart(tmp_path):
    written = []
    for _ in range(2):
        for name in ("flac", "aiff", "mp3", "ogg", "opus"):
            encode(tmp_path / name, [integers(16)], coding=coding(name))
        written.append({path.name: path.read_bytes() for path in tmp_path.iterdir()})
        time.sleep(1.1)
    assert written[0] == written[1]


@pytest.mark.parametrize("name", ["mp3", "ogg", "opus"])
def test_lossy_codings_keep_the_length_and_the_sound(tmp_path, name):
    path = tmp_path / f"sound.{name}"
    clean = sound(48_000) * 0.5
    encode(path, [clean], coding=coding(name, bitrate_kbps=256))
    with SoundReader(path) as reader:
        assert reader.format.frames == 48_000
        error = reader.read(48_000) - clean
    assert np.sqrt(np.mean(error[1_000:-1_000] ** 2)) < 0.05


@pytest.mark.parametrize("bitrate_kbps", [96, 128, 192, 256, 320])
def test_an_mp3_has_the_bitrate_that_was_asked_for(tmp_path, bitrate_kbps):
    path = tmp_path / "sound.mp3"
    encode(path, [sound(4 * RATE_HZ)], coding=coding("mp3", bitrate_kbps=bitrate_kbps))
    assert path.stat().st_size * 8 / 4_000 == pytest.approx(bitrate_kbps, rel=0.03)


def test_more_bitrate_is_more_bytes(tmp_path):
    for name in ("ogg", "opus"):
        sizes = []
        for bitrate_kbps in (64, 128, 256):
            path = tmp_path / "sound"
            encode(path, [sound()], coding=coding(name, bitrate_kbps=bitrate_kbps))
            sizes.append(path.stat().st_size)
        assert sizes == sorted(set(sizes))


@pytest.fixture
def room():
    """Sets how large a file may become in this process."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@pytest.mark.parametrize("name", ["flac", "aiff", "mp3", "ogg", "opus"])
def test_a_file_whose_end_finds_no_room_is_never_taken_for_whole(tmp_path, room, name):
    block = integers(16, frames=60_000) if name in ("flac", "aiff") else sound(60_000)
    encode(tmp_path / "whole", [block], coding=coding(name))
    size = (tmp_path / "whole").stat().st_size
    for missing in (1, 17, 300, 4_000, size // 2, size - 10):
        room(size - missing)
        with pytest.raises((OSError, SoundError)):
            encode(tmp_path / f"cut-{missing}", [block], coding=coding(name))
        room(resource.RLIM_INFINITY)


def test_what_a_format_cannot_do_is_refused(tmp_path):
    wrong = [
        (Coding(format="opus", rate_hz=44_100, channels=2), integers(16)),
        (Coding(format="mp3", rate_hz=96_000, channels=2), integers(16)),
        (coding("flac", bits=32), integers(16)),
        (coding("flac", bits=20), integers(16)),
        (coding("flac"), sound()),
    ]
    for settings, block in wrong:
        with pytest.raises(ValueError):
            encode(Path(tmp_path / "x"), [block], coding=settings)


@pytest.mark.parametrize("name", ["mp3", "ogg", "opus"])
def test_how_a_lossy_file_is_cut_into_blocks_is_not_heard(tmp_path, name):
    path = tmp_path / f"sound.{name}"
    encode(path, [sound(100_001)], coding=coding(name))
    whole = soundfile.read(str(path), always_2d=True)[0]
    for size in (960, 1_000, 50_000, 100_000):
        with SoundReader(path) as reader:
            assert np.array_equal(np.concatenate(list(reader.blocks(size))), whole)


def test_a_damaged_file_is_read_or_refused_and_nothing_else(made):
    path, _ = made
    whole = path.read_bytes()
    draw = np.random.default_rng(11)
    for _ in range(10):
        data = bytearray(whole)
        for at in draw.integers(0, draw.choice([60, 400, len(data)]), 4):
            data[at] = draw.integers(0, 256)
        path.write_bytes(data)
        try:
            with SoundReader(path) as reader:
                reader.read(20_000)
        except SoundError:
            pass


@pytest.mark.parametrize(
    ("name", "rate_hz", "best_hz"),
    [
        ("opus", 44_100, 48_000),
        ("opus", 48_000, 48_000),
        ("mp3", 44_100, 44_100),
        ("mp3", 88_200, 44_100),
        ("mp3", 96_000, 48_000),
        ("mp3", 47_000, 48_000),
        ("mp3", 40_000, 44_100),
        ("mp3", 22_050, 22_050),
        ("ogg", 176_400, 44_100),
        ("ogg", 64_000, 48_000),
        ("ogg", 40_000, 40_000),
        ("flac", 96_000, 96_000),
        ("aiff", 176_400, 176_400),
    ],
)
def test_the_best_rate_of_a_format_is_one_that_it_takes(tmp_path, name, rate_hz, best_hz):
    assert best_rate(name, rate_hz) == best_hz
    path = tmp_path / f"sound.{name}"
    encode(path, [integers(16)], coding=Coding(format=name, rate_hz=best_hz, channels=2))
    assert probe(path).rate_hz == best_hz
