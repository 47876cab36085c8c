"""What codecs make of an album: told for each track, and kept under the ceiling where asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from albumbuild.formats.coding import Coding
from albumbuild.formats.sound import SoundReader, encode
from tests.deliverables.conftest import beats
from tests.deliverables.test_loudness import lufs, true_peak_dbtp
from tests.studio import Block, Studio, sound

CODECS = ["ogg-80", "mp3-96"]
SETS: dict[str, Any] = {
    "plain": {"codec_preview": CODECS},
    "roomy": {"codec_preview": CODECS, "codec_headroom": "auto"},
    "even": {"codec_preview": CODECS, "codec_headroom": "auto", "loudness": {"mode": "album"}},
    "lossy": {
        "format": "ogg",
        "bitrate_kbps": 96,
        "codec_headroom": "auto",
        "sequence": ["one", {"song": "two", "gap_s": 0.2}],
    },
    "service": {"profile": "soundcloud", "cut": "standalone"},
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """Two loud songs that cross, in each of the sets."""
    songs = {
        name: {"title": name, "stems": {"x": {"file": f"stems/{name}.wav"}}}
        for name in ("one", "two")
    }
    album = {
        "title": "Salt",
        "artist": "Lights",
        "songs": songs,
        "sequence": ["one", {"song": "two", "crossfade_s": 0.5}],
        "master": {"loudness": {"target_lufs": -9, "ceiling_dbtp": -0.3}},
        "deliverables": {name: {"type": "streaming", **told} for name, told in SETS.items()},
    }
    studio = Studio(tmp_path_factory.mktemp("codecs") / "album", album)
    studio.stem("one", beats(2.5, seed=1, level=0.5))
    studio.stem("two", beats(2.0, seed=2, level=0.8))
    studio.events()
    return studio


def heard(folder: Path, block: Block, name: str) -> Block:
    """A track as a listener of a codec gets it."""
    format_, _, kbps = name.partition("-")
    coding = Coding(format=format_, rate_hz=44_100, channels=2, bitrate_kbps=int(kbps))  # type: ignore[arg-type]
    path = folder / f"heard.{format_}"
    encode(path, [block], coding=coding)
    with SoundReader(path) as reader:
        return reader.read(reader.format.frames)


def test_each_track_is_heard_through_each_codec(studio: Studio, tmp_path: Path) -> None:
    for track in studio.delivery("plain")["tracks"]:
        block = studio.sound(f"plain/{track['file']}")
        assert set(track["codecs"]) == set(CODECS)
        for name, told in track["codecs"].items():
            decoded = heard(tmp_path, block, name)
            assert told["dbtp"] == pytest.approx(true_peak_dbtp(decoded), abs=0.15)
            assert told["lufs"] == pytest.approx(lufs(decoded, 44_100), abs=0.05)
            assert told["dbtp"] > track["dbtp"] + 0.3
    text = (studio.root / "build/plain/codecs.txt").read_text()
    assert all(name in text.splitlines() for name in CODECS)
    assert "clips" in text


def test_overs_are_told_in_a_warning(studio: Studio) -> None:
    said = [json.loads(line) for line in studio.told.read_text().splitlines()]
    warned = [e for e in said if e["event"] == "log" and "above full scale" in e["message"]]
    assert {"preview:plain", "preview:service"} >= {e["id"] for e in warned} >= {"preview:plain"}


@pytest.mark.parametrize("name", ["roomy", "even"])
def test_coded_peaks_stay_under_the_ceiling(studio: Studio, name: str) -> None:
    """Overlaps are kept under the lower ceiling too, and the loudness is kept."""
    ceilings = []
    for song in ("one", "two"):
        gain = json.loads(studio.blob(f"master:{song}@{name}", ".gain.json").read_bytes())
        ceilings.append(gain["limiter"]["ceiling_dbtp"])
    assert all(-3 < ceiling < -0.4 for ceiling in ceilings)
    tracks = studio.delivery(name)["tracks"]
    peaks = [told["dbtp"] for track in tracks for told in track["codecs"].values()]
    assert -1.0 < max(peaks) <= -0.2
    blocks = [studio.sound(f"{name}/{track['file']}") for track in tracks]
    assert max(map(true_peak_dbtp, blocks)) <= min(ceilings) + 0.05
    if name == "roomy":
        masters = [studio.result(f"master:{song}@{name}") for song in ("one", "two")]
        assert [lufs(each, 44_100) for each in masters] == pytest.approx([-9, -9], abs=0.1)


def test_headroom_is_just_enough(studio: Studio) -> None:
    """Each lossy file comes close to the ceiling once decoded."""
    for track in studio.delivery("lossy")["tracks"]:
        decoded = sound(studio.root / "build/lossy" / track["file"])
        assert -0.6 < true_peak_dbtp(decoded) <= -0.25
        assert not track["codecs"]


def test_a_profile_s_service_is_heard_by_default(studio: Studio) -> None:
    for track in studio.delivery("service")["tracks"]:
        assert set(track["codecs"]) == {"opus-64", "mp3-128"}


def test_a_title_changes_no_preview(studio: Studio) -> None:
    studio.edit("songs.one.title", "Uno")
    assert "preview:plain" not in studio.make("plain")
    assert "Uno" in (studio.root / "build/plain/codecs.txt").read_text()
