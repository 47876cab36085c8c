"""A chunk in a WAV: before the sound, which stays, in files that the world still reads."""

import shutil
import struct
import subprocess

import mutagen
import numpy as np
import pytest
import soundfile

from albumbuild.formats.chunks import riff_chunks
from albumbuild.formats.sound import probe
from albumbuild.formats.tags import Tags, read_cover, read_tags, write_tags
from albumbuild.formats.wave import create_wave
from albumbuild.formats.wavechunk import put_chunks, read_chunk
from tests.pictures import png

SAMPLES = ["pcm16", "pcm24", "pcm32", "float32"]
LONG = 500  # a limit that every file here passes
TAGS = Tags(title="Señor – Ebb", artist="The Moles", track=3, tracks=11)


def wave(path, sample="pcm24", *, frames=1_001, channels=1, **settings):
    whole = np.random.default_rng(2).integers(-9_000, 9_000, (frames, channels)).astype(np.int32)
    with create_wave(path, rate_hz=44_100, channels=channels, sample=sample, **settings) as out:
        out.write(whole / 2.0**15 if sample == "float32" else whole)
    return path


def names(path):
    with path.open("rb") as file:
        return [chunk.name for chunk in riff_chunks(file)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_sizes_are_right_and_the_sound_is_last(tmp_path, sample):
    path = wave(tmp_path / "a.wav", sample)
    before = path.read_bytes()
    put_chunks(path, {b"id3 ": b"body"})
    data = path.read_bytes()
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    assert names(path)[-2:] == [b"id3 ", b"data"]
    with path.open("rb") as file:
        chunks = list(riff_chunks(file))
    assert all(chunk.start % 2 == 0 for chunk in chunks)
    end = chunks[-1].start + chunks[-1].size
    assert len(data) == end + end % 2
    assert data[chunks[-1].start - 8 :] == before[before.index(b"data") :]
    assert read_chunk(path, b"id3 ") == b"body"


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_file_that_passes_the_limit_becomes_an_rf64(tmp_path, sample):
    path = wave(tmp_path / "a.wav", sample)
    before = soundfile.read(str(path))[0]
    put_chunks(path, {b"id3 ": b"tags"}, riff_limit=LONG)
    data = path.read_bytes()
    assert data[:8] == b"RF64\xff\xff\xff\xff"
    name, size, riff, sound, frames = struct.unpack("<4sIQQQ", data[12:44])
    assert (name, size, riff, frames) == (b"ds64", 28, len(data) - 8, 1_001)
    assert sound == 1_001 * probe(path).bits // 8
    assert np.array_equal(soundfile.read(str(path))[0], before)


def test_an_rf64_stays_one(tmp_path):
    path = wave(tmp_path / "a.wav", "float32", riff_limit=LONG)
    put_chunks(path, {b"id3 ": b"tags"})
    put_chunks(path, {b"id3 ": b"others"})
    assert names(path) == [b"ds64", b"fmt ", b"fact", b"id3 ", b"data"]
    assert struct.unpack("<Q", path.read_bytes()[20:28])[0] == path.stat().st_size - 8
    assert read_chunk(path, b"id3 ") == b"others"


def test_other_chunks_stay_and_older_ones_of_that_name_go(tmp_path):
    path = tmp_path / "a.wav"
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 44_100, 88_200, 2, 16)
    chunks = [
        *(
            struct.pack("<4sI3sx", b"note", 3, b"one"),
            form,
            struct.pack("<4sI2s", b"ID3 ", 2, b"xx"),
        ),
        *(
            struct.pack("<4sI4s", b"data", 4, b"\1\0\2\0"),
            struct.pack("<4sI4s", b"LIST", 4, b"INFO"),
        ),
        struct.pack("<4sI2s", b"id3 ", 2, b"yy"),
    ]
    body = b"WAVE" + b"".join(chunks)
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    put_chunks(path, {b"id3 ": b"new!"})
    new = b"WAVE" + b"".join(
        [*chunks[:2], struct.pack("<4sI4s", b"id3 ", 4, b"new!"), *chunks[3:5]],
    )
    assert path.read_bytes() == struct.pack("<4sI", b"RIFF", len(new)) + new


def test_what_is_no_whole_wav_is_left_alone(tmp_path):
    path = wave(tmp_path / "a.wav")
    whole = path.read_bytes()
    for data in (whole[:-40], b"", b"fLaC", whole[:60]):
        path.write_bytes(data)
        with pytest.raises(ValueError, match="no whole WAV"):
            put_chunks(path, {b"id3 ": b"tags"})
        assert path.read_bytes() == data
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]
    path.write_bytes(b"fLaC")
    with pytest.raises(ValueError, match="no WAV"):
        read_tags(path)


def test_an_odd_chunk_is_refused(tmp_path):
    with pytest.raises(ValueError, match="even"):
        put_chunks(wave(tmp_path / "a.wav"), {b"id3 ": b"tag"})


@pytest.mark.parametrize("title", ["Ebb", "Flow"])
def test_a_tag_is_even(tmp_path, title):
    path = wave(tmp_path / "a.wav", riff_limit=LONG)
    write_tags(path, Tags(title=title))
    assert len(read_chunk(path, b"id3 ")) % 2 == 0
    assert (read_tags(path).title, probe(path).frames) == (title, 1_001)
    assert soundfile.info(str(path)).frames == 1_001


def test_a_disk_that_refuses_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = wave(tmp_path / "a.wav")
    before = path.read_bytes()

    def refuse(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr("albumbuild.formats.wavechunk._copy", refuse)
    with pytest.raises(OSError, match="no space left"):
        put_chunks(path, {b"id3 ": b"tags"})
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("riff_limit", [0xFFFFFFFF, LONG])
def test_readers_of_the_world_hear_the_same_sound_and_read_the_tags(tmp_path, sample, riff_limit):
    if sample == "pcm16" and riff_limit == LONG:
        pytest.skip("16 bit has no room for an RF64")
    path = wave(tmp_path / "a.wav", sample, channels=2, riff_limit=riff_limit)
    before = decoded(path)
    write_tags(path, TAGS, png(8, 8))
    assert decoded(path) == before
    assert read_tags(path) == TAGS
    assert read_cover(path) == png(8, 8)
    if riff_limit != LONG:  # mutagen knows no RF64
        assert str(mutagen.File(path).tags["TIT2"]) == TAGS.title
    if shutil.which("ffprobe"):
        command = ["ffprobe", "-v", "error", "-show_entries", "format_tags=title", "-of", "csv=p=0"]
        done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
        assert (done.stdout.strip(), done.stderr) == (TAGS.title, "")


def decoded(path):
    """The sound as each reader here gives it."""
    found = [soundfile.read(str(path))[0].tobytes()]
    for tool, *arguments in (
        ("ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "s32le", "-"),
        ("sox", path, "-t", "raw", "-"),
    ):
        if shutil.which(tool):
            found.append(
                subprocess.run([tool, *arguments], capture_output=True, check=True).stdout,
            )
    return found
