"""Tags: every field of the record, in every format, and the sound untouched."""

import hashlib
import json
import shutil
import subprocess

import msgspec
import numpy as np
import pytest
import soundfile

from albumbuild.formats.coding import Coding
from albumbuild.formats.sound import encode
from albumbuild.formats.tags import ReplayGain, Tags, read_cover, read_tags, write_tags
from albumbuild.formats.wave import create_wave
from tests.pictures import png

FORMATS = ["wav", "flac", "mp3", "ogg", "opus", "aiff"]
COVER = png(30, 20, filling=bytes(range(256)) * 300)
TAGS = Tags(
    title="Señor – Ebb", artist="The Moles", album="Tidal Works", album_artist="The Moles",
    track=3, tracks=11, disc=1, discs=2, date="2026-03-01", genre="Folk", isrc="GBAYE2600001",
    upc="0123456789012", composer="Anna Ström", lyricist="Ida", copyright="2026 Mole Records",
    label="Mole Records", catalog="MOL-001", language="en", lyrics="Ebb,\nflow.", explicit=True,
    replaygain=ReplayGain(
        track_gain_db=-7.25, track_peak=0.988525, album_gain_db=-6.5, album_peak=0.99
    ),
)  # fmt: skip


def made(path):
    sound = np.random.default_rng(1).integers(-9_000, 9_000, (24_000, 2)).astype(np.int32)
    if path.suffix == ".wav":
        with create_wave(path, rate_hz=48_000, channels=2, sample="pcm24") as out:
            out.write(sound)
        return path
    encode(path, [sound], coding=Coding(format=path.suffix[1:], rate_hz=48_000, channels=2))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_comes_back_and_the_sound_stays(tmp_path, name):
    path = made(tmp_path / f"a.{name}")
    before = soundfile.read(str(path))[0]
    write_tags(path, TAGS, COVER)
    expected = TAGS
    if name == "opus":  # it has gains, and no peaks
        gains = ReplayGain(track_gain_db=-7.25, album_gain_db=-6.5)
        expected = msgspec.structs.replace(TAGS, replaygain=gains)
    assert read_tags(path) == expected
    assert read_cover(path) == COVER
    assert np.array_equal(soundfile.read(str(path))[0], before)


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_repeat_and_when_tagged_again(tmp_path, name):
    digests = set()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = made(tmp_path / folder / f"a.{name}")
        for _ in range(2):
            write_tags(path, TAGS, COVER)
            digests.add(hashlib.md5(path.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_new_tags_replace_all_the_old_ones(tmp_path, name):
    path = made(tmp_path / f"a.{name}")
    write_tags(path, TAGS, COVER)
    write_tags(path, Tags(title="Ebb"))
    assert read_tags(path) == Tags(title="Ebb")
    assert read_cover(path) is None


def test_opus_counts_its_gain_from_minus_23_lufs(tmp_path):
    path = made(tmp_path / "a.opus")
    write_tags(path, Tags(replaygain=ReplayGain(track_gain_db=5.0)))
    assert b"R128_TRACK_GAIN=0" in path.read_bytes()
    assert b"REPLAYGAIN" not in path.read_bytes()


def test_an_mp3_has_id3_2_4_alone(tmp_path):
    path = made(tmp_path / "a.mp3")
    write_tags(path, TAGS)
    data = path.read_bytes()
    assert data[:4] == b"ID3\x04"
    assert data[-128:-125] != b"TAG"


def test_a_wav_without_tags_says_nothing(tmp_path):
    assert read_tags(made(tmp_path / "a.wav")) == Tags()
    assert read_cover(tmp_path / "a.wav") is None


def test_a_cover_is_a_picture(tmp_path):
    with pytest.raises(ValueError, match="JPEG or a PNG"):
        write_tags(made(tmp_path / "a.flac"), TAGS, b"GIF89a")


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
@pytest.mark.parametrize("name", FORMATS)
def test_ffprobe_reads_the_tags(tmp_path, name):
    path = made(tmp_path / f"a.{name}")
    write_tags(path, TAGS)
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json"]
    done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    parts = [said["format"], *said.get("streams", [])]
    tags = {key.lower(): text for part in parts for key, text in part.get("tags", {}).items()}
    for key, text in {
        "title": "Señor – Ebb", "album_artist": "The Moles", "date": "2026-03-01",
        "barcode": "0123456789012", "catalognumber": "MOL-001", "composer": "Anna Ström",
    }.items():  # fmt: skip
        assert tags[key] == text
    assert done.stderr == ""
