"""Tags: every field of the record, in every format, and the sound untouched."""

import hashlib
import json
import shutil
import subprocess
from importlib.util import find_spec

import msgspec
import numpy as np
import pytest

from albumbuild.formats import tags as tags_module
from albumbuild.formats.coding import Coding, ending_of
from albumbuild.formats.sound import SoundReader, encode
from albumbuild.formats.tags import (
    ReplayGain,
    Tags,
    TagsError,
    read_cover,
    read_tags,
    write_tags,
)
from albumbuild.formats.wave import create_wave
from tests.pictures import png

CODECS = ["aac", "alac"] if find_spec("av") else []
FORMATS = ["wav", "flac", "mp3", "ogg", "opus", "aiff", *CODECS]
COVER = png(30, 20, filling=bytes(range(256)) * 300)
TAGS = Tags(
    title="Señor – Ebb", artist="The Moles", album="Tidal Works", album_artist="The Moles",
    track=3, tracks=11, disc=1, discs=2, date="2026-03-01", genre="Folk", isrc="GBAYE2600001",
    upc="0123456789012", composer="Anna Ström", lyricist="Ida", copyright="2026 Mole Records",
    label="Mole Records", catalog="MOL-001", language="en", lyrics="Ebb,\nflow.", explicit=True,
    arranger="Max",
    replaygain=ReplayGain(
        track_gain_db=-7.25, track_peak=0.988525, album_gain_db=-6.5, album_peak=0.99
    ),
)  # fmt: skip


def made(folder, name):
    path = folder / f"a.{ending_of(name)}"
    sound = np.random.default_rng(1).integers(-9_000, 9_000, (24_000, 2)).astype(np.int32)
    if path.suffix == ".wav":
        with create_wave(path, rate_hz=48_000, channels=2, sample="pcm24") as out:
            out.write(sound)
        return path
    encode(path, [sound], coding=Coding(format=name, rate_hz=48_000, channels=2))
    return path


def heard(path):
    with SoundReader(path) as reader:
        return reader.read(reader.format.frames)


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_comes_back_and_the_sound_stays(tmp_path, name):
    path = made(tmp_path, name)
    before = heard(path)
    write_tags(path, TAGS, COVER)
    expected = TAGS
    if name == "opus":  # it has gains, and no peaks
        gains = ReplayGain(track_gain_db=-7.25, album_gain_db=-6.5)
        expected = msgspec.structs.replace(TAGS, replaygain=gains)
    assert read_tags(path) == expected
    assert read_cover(path) == COVER
    assert np.array_equal(heard(path), before)


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_repeat_and_when_tagged_again(tmp_path, name):
    digests = set()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = made(tmp_path / folder, name)
        for _ in range(2):
            write_tags(path, TAGS, COVER)
            digests.add(hashlib.md5(path.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_new_tags_replace_all_the_old_ones(tmp_path, name):
    path = made(tmp_path, name)
    write_tags(path, TAGS, COVER)
    write_tags(path, Tags(title="Ebb"))
    assert read_tags(path) == Tags(title="Ebb")
    assert read_cover(path) is None


def test_opus_counts_its_gain_from_minus_23_lufs(tmp_path):
    path = made(tmp_path, "opus")
    write_tags(path, Tags(replaygain=ReplayGain(track_gain_db=5.0)))
    assert b"R128_TRACK_GAIN=0" in path.read_bytes()
    assert b"REPLAYGAIN" not in path.read_bytes()


def test_an_mp3_has_id3_2_4_alone(tmp_path):
    path = made(tmp_path, "mp3")
    write_tags(path, TAGS)
    data = path.read_bytes()
    assert data[:4] == b"ID3\x04"
    assert data[-128:-125] != b"TAG"


def test_a_wav_without_tags_says_nothing(tmp_path):
    assert read_tags(made(tmp_path, "wav")) == Tags()
    assert read_cover(tmp_path / "a.wav") is None


def test_a_cover_is_a_picture(tmp_path):
    with pytest.raises(ValueError, match="JPEG or a PNG"):
        write_tags(made(tmp_path, "flac"), TAGS, b"GIF89a")


@pytest.mark.parametrize("name", CODECS)
def test_an_mp4_says_that_it_is_gapless(tmp_path, name):
    path = made(tmp_path, name)
    write_tags(path, msgspec.structs.replace(TAGS, gapless=True))
    assert read_tags(path).gapless
    smooth = b" 00000000 00000400 00000240 0000000000005DC0" in path.read_bytes()
    assert smooth == (name == "aac"), "an ALAC file has nothing to leave out"


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_file_does_not_give_back_is_told(tmp_path, name, monkeypatch):
    path = made(tmp_path, name)
    monkeypatch.setattr(tags_module, "read_cover", lambda _: b"another")
    with pytest.raises(TagsError, match="the cover in `a"):
        write_tags(path, TAGS, COVER)
    monkeypatch.undo()
    monkeypatch.setattr(tags_module, "read_tags", lambda _: Tags(title="Señor – Ebb"))
    with pytest.raises(TagsError, match=r"`artist`.*`isrc`.*`replaygain`.* in `a"):
        write_tags(path, TAGS, COVER)


def test_a_language_of_a_region_is_kept_as_far_as_id3_has_room(tmp_path):
    tags = Tags(title="Ebb", language="en-GB", lyrics="la")
    for name, language in (("mp3", "en"), ("flac", "en-GB")):
        path = made(tmp_path, name)
        write_tags(path, tags)
        assert read_tags(path).language == language


@pytest.mark.parametrize("name", FORMATS)
def test_a_total_without_a_number_is_no_fault(tmp_path, name):
    path = made(tmp_path, name)
    write_tags(path, Tags(title="Ebb", tracks=11, discs=2))
    assert read_tags(path).title == "Ebb"
    assert read_tags(path).track is None


COMMON = {
    "title": "Señor – Ebb", "artist": "The Moles", "album": "Tidal Works",
    "album_artist": "The Moles", "date": "2026-03-01", "genre": "Folk",
    "barcode": "0123456789012", "catalognumber": "MOL-001", "composer": "Anna Ström",
    "copyright": "2026 Mole Records", "arranger": "Max",
}  # fmt: skip


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
@pytest.mark.parametrize("name", FORMATS)
def test_ffprobe_reads_the_tags(tmp_path, name):
    path = made(tmp_path, name)
    write_tags(path, TAGS)
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json"]
    done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    parts = [*said.get("streams", []), said["format"]]
    tags = {key.lower(): text for part in parts for key, text in part.get("tags", {}).items()}
    assert {key: tags.get(key) for key in COMMON} == COMMON
    assert tags.get("isrc", tags.get("tsrc")) == "GBAYE2600001"
    assert tags.get("lyricist", tags.get("text")) == "Ida"
    assert tags.get("label", tags.get("publisher")) == "Mole Records"
    assert tags.get("lyrics", tags.get("lyrics-eng")) == "Ebb,\nflow."
    assert tags["track"] in ("3", "3/11")
    assert tags.get("tracktotal", "11") == "11"
    assert tags["disc"] in ("1", "1/2")
    assert tags.get("itunesadvisory", tags.get("rating")) == "1"
    if name == "opus":
        assert (tags["r128_track_gain"], tags["r128_album_gain"]) == ("-3136", "-2944")
    else:
        assert tags["replaygain_track_gain"] == "-7.25 dB"
        assert tags["replaygain_album_peak"] == "0.990000"
    assert done.stderr == ""


@pytest.mark.skipif(not shutil.which("mediainfo"), reason="mediainfo is not installed")
@pytest.mark.parametrize("name", FORMATS)
def test_mediainfo_reads_the_tags(tmp_path, name):
    path = made(tmp_path, name)
    write_tags(path, TAGS, COVER)
    command = ["mediainfo", "--Output=JSON", path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    general = json.loads(done.stdout)["media"]["track"][0]
    tags = {key.lower(): text for key, text in (general | general["extra"]).items()}
    tags["artist"], tags["album_artist"] = tags["performer"], tags["album_performer"]
    tags["date"] = tags["recorded_date"]
    assert {key: tags.get(key) for key in COMMON} == COMMON
    assert tags["isrc"] == "GBAYE2600001"
    assert tags["lyricist"] == "Ida"
    assert tags.get("label", tags.get("publisher")) == "Mole Records"
    assert tags["lyrics"] == "Ebb, / flow."
    assert (tags["track_position"], tags["track_position_total"]) == ("3", "11")
    assert tags.get("part_position", tags.get("part")) == "1"
    assert tags["part_position_total"] == "2"
    assert tags.get("itunesadvisory", tags.get("rating")) in ("1", "Explicit")
    assert tags["cover"] == "Yes"
