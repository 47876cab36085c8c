"""`bext`: to the byte, read back, and as others read it."""

import json
import shutil
import struct
import subprocess

import numpy as np
import pytest

from albumbuild.formats.bext import Bext, read_bext
from albumbuild.formats.wave import create_wave
from albumbuild.formats.wavechunk import put_chunks, read_chunk

SAID = Bext(
    description="The Moles: Ebb (Tidal Works)",
    originator="Mole Records",
    reference="0123456789abcdef0123456789abcdef",
    date="2026-03-01",
    start_frame=2**33 + 5,
    lufs=-14.1,
    lra_lu=5.25,
    dbtp=-1.0,
    momentary_lufs=-9.87,
    short_term_lufs=-11.5,
    history="A=PCM,F=44100,W=24,M=stereo,T=albumbuild\n",
)
LOUDNESS = (
    *("LoudnessValue", "LoudnessRange", "MaxTruePeakLevel"),
    *("MaxMomentaryLoudness", "MaxShortTermLoudness"),
)


def test_every_field_stands_in_its_place():
    body = SAID.packed()
    assert body[:28] == b"The Moles: Ebb (Tidal Works)"
    assert body[256:268] == b"Mole Records"
    assert body[288:320] == b"0123456789abcdef0123456789abcdef"
    assert body[320:338] == b"2026-03-01" + bytes(8)
    assert struct.unpack("<QH", body[338:348]) == (2**33 + 5, 2)
    assert struct.unpack("<5h", body[412:422]) == (-1410, 525, -100, -987, -1150)
    assert body[422:602] == bytes(180)
    assert body[602:].rstrip(b"\0") == b"A=PCM,F=44100,W=24,M=stereo,T=albumbuild\r\n"
    assert len(body) % 2 == 0


def test_it_is_read_back():
    assert read_bext(SAID.packed()) == SAID
    assert read_bext(Bext().packed()) == Bext()
    with pytest.raises(ValueError, match="602"):
        read_bext(b"short")


def test_an_older_version_knows_no_loudness():
    body = bytearray(SAID.packed())
    body[346:348] = b"\1\0"
    assert read_bext(bytes(body)).lufs is None


def test_what_has_no_room_is_cut_or_left_out():
    long = Bext(description="x" * 300, originator="Señor – 夜", date="2026", lufs=-400.0)
    read = read_bext(long.packed())
    assert read.description == "x" * 256
    assert read.originator == "Senor - ?"
    assert read.date == ""
    assert read.lufs is None
    assert read_bext(Bext(originator="Señor – Ebb").packed()).originator == "Senor - Ebb"


@pytest.mark.parametrize("riff_limit", [None, 1_000], ids=["wav", "rf64"])
@pytest.mark.skipif(not shutil.which("mediainfo"), reason="mediainfo is not installed")
def test_mediainfo_reads_it(tmp_path, riff_limit):
    path = tmp_path / "a.wav"
    limit = {} if riff_limit is None else {"riff_limit": riff_limit}
    with create_wave(path, rate_hz=44_100, channels=2, sample="pcm24", **limit) as out:
        out.write(np.ones((44_100, 2), np.int32))
    put_chunks(path, {b"bext": SAID.packed()}, **limit)
    assert read_bext(read_chunk(path, b"bext") or b"") == SAID
    command = ["mediainfo", "--Output=JSON", path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    tracks = json.loads(done.stdout)["media"]["track"]
    said = {key: value for track in tracks for key, value in track.items()}
    said |= {key: value for track in tracks for key, value in track.get("extra", {}).items()}
    assert said["Description"] == SAID.description
    assert said["Producer"] == SAID.originator
    assert said["Encoded_Date"].strip() == "2026-03-01"
    assert said["Producer_Reference"] == SAID.reference
    assert said["Encoded_Library_Settings"] == SAID.history.strip()
    assert [said[key] for key in LOUDNESS] == ["-14.10", "5.25", "-1.00", "-9.87", "-11.50"]
