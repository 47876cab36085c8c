"""The same album gives the same bytes: elsewhere, later, with other jobs, step by step."""

import copy
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from numpy._core import _multiarray_umath as loops

from tests.studio import ALBUM, Studio, write_stems

FASTER = [each for each in loops.__cpu_dispatch__ if loops.__cpu_features__[each]]
"""What numpy makes use of on this machine beyond its plain loops."""

LOSSY: dict[str, Any] = {
    "mp3": {"type": "streaming", "format": "mp3", "bitrate_kbps": 128},
    "ogg": {"type": "streaming", "format": "ogg", "quality": 5},
    "opus": {"type": "streaming", "format": "opus", "bitrate_kbps": 96},
    "aiff": {"type": "streaming", "format": "aiff", "rate_hz": 48_000, "bit_depth": 16},
    "wav": {"type": "streaming", "format": "wav", "cut": "standalone", "bit_depth": 32},
}
CODECS = ("aac", "alac") if find_spec("av") else ()
LOSSY |= {name: {"type": "streaming", "format": name} for name in CODECS}


def album_of_every_medium() -> dict[str, Any]:
    """The album of three songs with every medium and format that there is."""
    album = copy.deepcopy(ALBUM)
    album["deliverables"] |= copy.deepcopy(LOSSY)
    album["songs"]["a"]["versions"] = {"dub": {"mute": ["vox"]}}
    return album


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """That album, made with one job."""
    studio = Studio(tmp_path_factory.mktemp("whole") / "first", album_of_every_medium())
    write_stems(studio)
    studio.make("-j", "1")
    return studio


def test_two_folders_seconds_apart_hold_the_same_bytes(whole: Studio, tmp_path: Path) -> None:
    time.sleep(1.1)
    other = Studio(tmp_path / "a folder of another name", album_of_every_medium())
    write_stems(other)
    other.make("-j", "2")
    assert other.digests() == whole.digests()
    kinds = {path.rsplit(".")[-1] for path in whole.digests()}
    assert {"mp3", "ogg", "opus", "aiff", "wav", "flac", "DAT", "cue", "html"} <= kinds
    assert ("m4a" in kinds) == bool(CODECS)


def test_the_order_of_needs_is_the_plan_s(whole: Studio) -> None:
    names = [track["file"] for track in whole.delivery("mixes")["tracks"]]
    assert names == ["a.wav", "a+dub.wav", "b.wav", "c.wav"]


def test_an_incremental_build_equals_one_from_scratch(studio: Studio, tmp_path: Path) -> None:
    edits: list[tuple[str, Any]] = [
        ("songs.b.stems.pad.pan", 25),
        ("sequence.1.gap_s", 0.25),
        ("sequence.2", {"song": "c", "crossfade_s": 0.15}),
        ("songs.a.buses.fx.sends", {"hall": -9}),
        ("master.loudness.mode", "album"),
        ("songs.c.master", {"loudness_offset_lu": 1}),
        ("sequence", ["b", {"song": "a", "gap_s": 0}, {"song": "c", "crossfade_s": 0.15}]),
        ("deliverables.vinyl.sides", {"B": ["c"], "A": ["b", "a"]}),
        ("songs.a.buses.fx.keep", "never"),
    ]
    for path, value in edits:
        studio.edit(path, value)
        studio.make()
    clean = Studio(tmp_path / "clean", copy.deepcopy(studio.album))
    write_stems(clean)
    clean.make()
    assert studio.digests() == clean.digests()
    assert [side["side"] for side in studio.delivery("vinyl")["sides"]] == ["B", "A"]


def test_what_the_processor_can_do_is_not_heard(whole: Studio, tmp_path: Path) -> None:
    """Neither numpy's faster loops nor any of our own leave a trace in the bytes."""
    other = Studio(tmp_path / "plain", album_of_every_medium())
    write_stems(other)
    plain = {"NPY_DISABLE_CPU_FEATURES": " ".join(FASTER), "ALBUMBUILD_KERNELS": "baseline"}
    run = [sys.executable, "-m", "albumbuild", "-C", str(other.root), "make"]
    subprocess.run(run, check=True, capture_output=True, env={**os.environ, **plain})
    assert other.digests() == whole.digests()
