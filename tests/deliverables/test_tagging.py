"""What streaming files say: gains by other meters, a WAV's own record, and gapless marks."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pyloudnorm import Meter

from albumbuild.deliverables import tagging
from albumbuild.deliverables.tagging import Peak, broadcast, replaygain
from albumbuild.formats.bext import read_bext
from albumbuild.formats.tags import ReplayGain, Tags, TagsError, read_cover, read_tags
from albumbuild.formats.wavechunk import read_chunk
from albumbuild.steps.sequence import TrackFigures
from tests.deliverables.conftest import CODECS
from tests.deliverables.test_streaming import LOSSY, joined, tracks
from tests.studio import Studio, sound

TAGGED = ("flac", "loud", "even", "mp3", "ogg", "opus", "aiff", *CODECS)


def files(studio: Studio, name: str) -> list[Path]:
    """The files of a deliverable, in playing order."""
    return [studio.root / "build" / name / track["file"] for track in tracks(studio, name)]


@pytest.mark.parametrize("name", TAGGED)
def test_words_are_the_album_s(shop: Studio, name: str) -> None:
    said = read_tags(files(shop, name)[1])
    assert (said.title, said.artist, said.album_artist) == ("Two / Too", "Guest", "Lights")
    assert (said.track, said.tracks, said.disc, said.discs) == (2, 3, 1, 1)
    assert (said.isrc, said.upc, said.label) == ("GBAYE2600002", "5012345678900", "Breakwater")
    assert (said.date, said.genre, said.lyrics) == ("2026-11-20", "Indie", "la la\nla\n")
    assert read_cover(files(shop, name)[1]) == (shop.root / "cover.png").read_bytes()
    assert said.gapless == (name in CODECS)


@pytest.mark.parametrize("name", TAGGED)
def test_gains_are_those_of_another_meter(shop: Studio, name: str) -> None:
    whole = joined(shop, name)
    rate_hz = round(len(whole) / sum(track["seconds"] for track in tracks(shop, name)))
    meant, at_hz = (joined(shop, "flac"), 44_100) if name in LOSSY else (whole, rate_hz)
    album_db = -18 - Meter(at_hz).integrated_loudness(meant)  # a codec may lose some treble
    for path, track in zip(files(shop, name), tracks(shop, name), strict=True):
        gains = read_tags(path).replaygain
        assert gains is not None
        assert gains.track_gain_db == pytest.approx(-18 - track["lufs"], abs=0.006)
        assert gains.album_gain_db == pytest.approx(album_db, abs=0.1)
        if name != "opus":
            assert gains.track_peak == pytest.approx(np.abs(sound(path)).max(), abs=1e-6)
            assert gains.album_peak == pytest.approx(np.abs(whole).max(), abs=1e-6)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["flac", "loud", "aiff", *CODECS[1:]])
def test_gains_are_those_of_ffmpeg(shop: Studio, name: str) -> None:
    for path in files(shop, name):
        command = ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128", "-f", "null"]
        done = subprocess.run([*command, "-"], capture_output=True, text=True, check=True)
        lufs = float(re.findall(r"I: +(-?[0-9.]+) LUFS", done.stderr)[-1])
        gains = read_tags(path).replaygain
        assert gains is not None
        assert gains.track_gain_db == pytest.approx(-18 - lufs, abs=0.1)


def test_a_wave_has_a_record_of_its_own(shop: Studio) -> None:
    for path, track in zip(files(shop, "loud"), tracks(shop, "loud"), strict=True):
        body = read_chunk(path, b"bext")
        assert body is not None
        said = read_bext(body)
        assert (said.lufs, said.lra_lu, said.dbtp) == (
            *(track["lufs"], track["lra_lu"], track["dbtp"]),
        )
        assert said.momentary_lufs is not None
        assert said.short_term_lufs is not None
        assert said.lufs is not None
        assert said.momentary_lufs >= said.short_term_lufs >= said.lufs - 0.5
        assert said.date == "2026-11-20"
        assert said.originator == "Breakwater"
        assert said.history == "A=PCM,F=48000,W=32,M=stereo,T=albumbuild; float\n"
        assert said.start_frame == 0
        assert soundfile.info(str(path)).frames == round(track["seconds"] * 48_000)
    references = {(read_chunk(path, b"bext") or b"")[288:320] for path in files(shop, "loud")}
    assert len(references) == 3


def test_a_track_of_a_programme_tells_where_it_stood() -> None:
    figures = TrackFigures(lufs=-14.0, lra_lu=None, dbtp=-1.0)
    chunks = broadcast(Tags(title="Ebb"), figures, start_frame=441, history="A=PCM\n")
    assert read_bext(chunks[b"bext"]).start_frame == 441
    assert chunks == broadcast(Tags(title="Ebb"), figures, start_frame=441, history="A=PCM\n")


def test_silence_has_no_gain() -> None:
    assert replaygain(None, -18.0, peak=0.0, peaks=[0.0, 1.0]) is None
    assert replaygain(-14.0, -16.0, peak=0.5, peaks=[0.5, 0.75]) == ReplayGain(
        track_gain_db=-4.0, track_peak=0.5, album_gain_db=-2.0, album_peak=0.75
    )


def test_a_peak_counts_both_ways() -> None:
    peak = Peak(32_768.0)
    blocks = [np.array([[100, -32_768]], np.int32), np.zeros((0, 2), np.int32)]
    assert [*peak.of(blocks)] == blocks
    assert peak.linear == 1.0


def test_tags_that_do_not_read_back_stop_the_delivery(
    empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(*_: Any) -> None:
        raise TagsError("`title` in `01 - Rest.flac` cannot be read back as written")

    song = {"title": "Rest", "stems": {"x": {"file": "stems/x.wav"}}}
    media = {"web": {"type": "streaming"}}
    studio = empty({"songs": {"rest": song}, "sequence": ["rest"], "deliverables": media})
    studio.stem("x", np.zeros((44_100, 2)))
    monkeypatch.setattr(tagging, "write_tags", careless)
    said = studio.run("make")
    assert said.code == 1
    assert "error[tags-not-verified]: `title` in `01 - Rest.flac`" in said.err
