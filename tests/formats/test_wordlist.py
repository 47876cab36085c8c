"""`LIST` of kind `INFO`: to the byte, read back, and as another program reads it."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from albumbuild.formats.tags import Tags, write_tags
from albumbuild.formats.wave import create_wave
from albumbuild.formats.wavechunk import read_chunk
from albumbuild.formats.wordlist import CHUNK, packed_info, read_info

TAGS = Tags(title="Señor 潮", artist="Gäst", album="Salt", track=2, date="2026")


def test_entries_are_even_and_end_in_a_zero():
    body = packed_info(Tags(title="Ebb", artist="Al"))
    assert body == b"INFOINAM\x04\0\0\0Ebb\0IART\x03\0\0\0Al\0\0"
    assert read_info(body) == {"INAM": "Ebb", "IART": "Al"}
    assert read_info(b"adtl") == {}


def test_it_stands_beside_the_other_tags(tmp_path):
    path = tmp_path / "a.wav"
    with create_wave(path, rate_hz=44_100, channels=2, sample="pcm16") as out:
        out.write(np.zeros((500, 2), np.int32))
    write_tags(path, TAGS, None, {CHUNK: packed_info(TAGS)})
    assert read_info(read_chunk(path, CHUNK) or b"")["ITRK"] == "2"
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    told = {key.lower(): value for key, value in said["format"]["tags"].items()}
    assert told["title"] == TAGS.title
    assert told["artist"] == TAGS.artist
    assert told["track"] == "2"
