"""Ogg pages: a serial number of ours, and checksums that hold."""

import shutil
import struct
import subprocess

import numpy as np
import pytest
import soundfile

from albumbuild.formats.ogg import SERIAL, checksum, fix_serial


def test_the_checksum_of_a_page_equals_the_definition():
    page = bytes(range(200))
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    assert checksum(page) == value


@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
def test_a_new_serial_changes_nothing_else(tmp_path, coding):
    path = tmp_path / "a.ogg"
    noise = np.random.default_rng(2).normal(0, 0.1, (48_000, 2))
    soundfile.write(str(path), noise, 48_000, format="OGG", subtype=coding)
    before, size = soundfile.read(str(path))[0], path.stat().st_size
    fix_serial(path)
    data = path.read_bytes()
    assert struct.unpack_from("<I", data, 14) == (SERIAL,)
    assert len(data) == size
    assert np.array_equal(soundfile.read(str(path))[0], before)
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-"]
        assert subprocess.run(command, capture_output=True, check=True).stderr == b""


@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
def test_a_stream_without_its_last_page_is_refused(tmp_path, coding):
    path = tmp_path / "a.ogg"
    soundfile.write(str(path), np.zeros((480_000, 2)), 48_000, format="OGG", subtype=coding)
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"OggS")])
    with pytest.raises(ValueError, match="the last Ogg page is missing"):
        fix_serial(path)


def test_what_is_no_ogg_is_refused(tmp_path):
    path = tmp_path / "a.ogg"
    path.write_bytes(b"hello")
    with pytest.raises(ValueError, match="no Ogg page"):
        fix_serial(path)
