"""What an MP3 says of its own length."""

import pytest
import soundfile

from albumbuild.formats.mp3 import promised_end
from albumbuild.formats.sound import SoundError, probe
from albumbuild.formats.tags import Tags, write_tags
from tests.signals import noise


@pytest.fixture
def mp3(tmp_path):
    path = tmp_path / "a.mp3"
    tone = noise(88_200) * 0.1
    soundfile.write(str(path), tone, 44_100, format="MP3")
    return path


def end_of(path):
    with path.open("rb") as file:
        return promised_end(file)


def test_a_stream_ends_where_it_says(mp3):
    assert end_of(mp3) == mp3.stat().st_size


def test_tags_before_the_stream_are_passed_over(mp3):
    write_tags(mp3, Tags(title="Tide", artist="Lights"), None)
    assert mp3.read_bytes()[:3] == b"ID3"
    assert end_of(mp3) == mp3.stat().st_size


def test_a_last_frame_that_is_cut_is_noticed(mp3):
    mp3.write_bytes(mp3.read_bytes()[:-100])
    with pytest.raises(SoundError, match="its last 100 bytes are missing"):
        probe(mp3)


@pytest.mark.parametrize("data", [b"", b"ID3", b"ID3\4\0\0\x7f\x7f\x7f\x7f", b"\xff\xfb\x90\x64"])
def test_what_says_nothing_has_no_end(tmp_path, data):
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    assert end_of(path) is None
