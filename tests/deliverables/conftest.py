"""An album of longer songs with every medium, built once for all tests that look at files."""

import copy
import json
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from scipy.signal import butter, filtfilt

from tests.pictures import png
from tests.studio import Block, Studio

RATE_HZ = 44_100

SONGS: dict[str, Any] = {
    "one": {
        "title": "Señor Blues",
        "isrc": "GBAYE2600001",
        "composer": "H. Silver",
        "lyricist": "N. Bates",
        "stems": {"x": {"file": "stems/one.wav"}},
        "versions": {"half": {"mute": []}},
    },
    "two": {
        "title": "Two / Too",
        "artist": "Guest",
        "isrc": "GBAYE2600002",
        "lyrics": "two.txt",
        "stems": {"x": {"file": "stems/two.wav"}},
    },
    "three": {"title": "Three", "stems": {"x": {"file": "stems/three.wav"}}},
}
ALBUM: dict[str, Any] = {
    "title": "Salt",
    "artist": "Lights",
    "date": "2026-11-20",
    "upc": "5012345678900",
    "genre": "Indie",
    "label": "Breakwater",
    "cover": "cover.png",
    "songs": SONGS,
    "master": {"loudness": {"target_lufs": -14, "ceiling_dbtp": -1}},
    "sequence": [
        {"song": "one", "indexes": [3.5]},
        {"song": "two", "gap_s": 1.5},
        {"song": "three", "crossfade_s": 0.75, "mark": 0.4},
    ],
    "deliverables": {
        "cd": {"type": "cd", "loudness": {"target_lufs": -11, "ceiling_dbtp": -0.3}},
        "secret": {
            "type": "cd",
            "dither": "none",
            "sequence": [{"song": "one", "hidden": True}, {"song": "two", "gap_s": 2}, "three"],
        },
        "vinyl": {
            "type": "vinyl",
            "loudness": {"target_lufs": -20},
            "sides": {"A": ["one"], "B": ["two", "three"]},
        },
        "hot": {
            "type": "vinyl",
            "loudness": {"target_lufs": -8},
            "sides": {"A": ["one", "two"]},
        },
        "limited": {
            "type": "vinyl",
            "loudness": {"target_lufs": -10, "ceiling_dbtp": -3},
            "sides": {"A": ["one", "two"]},
        },
        "flac": {"type": "streaming", "format": "flac", "dither": "none"},
        "dithered": {
            "type": "streaming",
            "format": "wav",
            "bit_depth": 16,
            "profile": "generic-safe",
        },
        "shaped": {"type": "streaming", "format": "aiff", "bit_depth": 16, "dither": "shaped"},
        "loud": {
            "type": "streaming",
            "format": "wav",
            "cut": "standalone",
            "bit_depth": 32,
            "rate_hz": 48_000,
            "loudness": {"target_lufs": -9},
        },
        "even": {
            "type": "streaming",
            "format": "wav",
            "bit_depth": 32,
            "cut": "standalone",
            "loudness": {"target_lufs": -17, "mode": "album"},
        },
        "asis": {
            "type": "streaming",
            "format": "wav",
            "bit_depth": 32,
            "cut": "standalone",
            "loudness": {"mode": "none"},
        },
        "mp3": {"type": "streaming", "format": "mp3", "bitrate_kbps": 128},
        "ogg": {"type": "streaming", "format": "ogg", "quality": 4},
        "opus": {"type": "streaming", "format": "opus", "bitrate_kbps": 96},
        "aiff": {"type": "streaming", "format": "aiff"},
        "mixes": {"type": "mixes"},
    },
}
CODECS = ["aac", "alac"] if find_spec("av") else []
"""Formats that only some can make."""
ALBUM["deliverables"] |= {name: {"type": "streaming", "format": name} for name in CODECS}
if CODECS:
    ALBUM["deliverables"]["alac"]["rate_hz"] = 96_000


def beats(seconds: float, *, seed: int, level: float) -> Block:
    """Drums over a chord, band-limited to 14 kHz; peaks that give a limiter work."""
    draw = np.random.default_rng(seed)
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    hit = np.exp(-40 * (at % 0.25))[:, np.newaxis]
    noise = draw.uniform(-1, 1, (len(at), 2))
    drums = hit * filtfilt(*butter(8, 10_000, fs=RATE_HZ), noise, axis=0)
    chord = sum(np.sin(2 * np.pi * pitch * at + seed) for pitch in (220, 277.2, 329.6))
    return np.asarray(level * (drums + 0.12 * chord[:, np.newaxis]))


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """That album, made: look, do not touch."""
    studio = Studio(tmp_path_factory.mktemp("shop") / "album", copy.deepcopy(ALBUM))
    studio.stem("one", beats(8.0, seed=1, level=0.5))
    studio.stem("two", beats(6.0, seed=2, level=0.3))
    studio.stem("three", beats(7.0, seed=3, level=0.8))
    (studio.root / "cover.png").write_bytes(png())
    (studio.root / "two.txt").write_text("la la\nla\n")
    said = studio.run("make", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["status"] == "ok"
    return studio
