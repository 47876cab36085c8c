"""Loudness and peaks of what is delivered, read by meters of another make."""

import re
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import resample_poly

from tests.studio import Block, Studio, tune

MARGIN_DB = 0.05


def lufs(block: Block, rate_hz: int) -> float:
    """Integrated loudness by pyloudnorm's exact filters."""
    return float(pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(block))


def true_peak_dbtp(block: Block) -> float:
    """True peak at sixteen times the rate, looked for where samples come within 6 dB of it."""
    near = np.abs(block).max() / 2
    wide = np.pad(block, ((256, 256), (0, 0)))
    pieces = (wide[at : at + 2_560] for at in range(0, len(block), 2_048))
    loud = (piece for piece in pieces if np.abs(piece).max() >= near)
    inner = (resample_poly(piece, 16, 1, axis=0)[4_096:-4_096] for piece in loud)
    return float(20 * np.log10(max(np.abs(piece).max() for piece in inner if len(piece))))


def songs(studio: Studio, name: str) -> dict[str, Block]:
    """The sound of each track of a deliverable."""
    tracks: list[dict[str, Any]] = studio.delivery(name)["tracks"]
    return {track["song"]: studio.sound(f"{name}/{track['file']}") for track in tracks}


def test_each_track_meets_its_target_under_the_ceiling(shop: Studio) -> None:
    """The limiter has work: the peaks alone would be over."""
    for song, block in songs(shop, "loud").items():
        before = shop.result(f"premaster:{song}")
        gain_db = -9 - lufs(before, 44_100)
        assert true_peak_dbtp(before) + gain_db > 1
        assert lufs(block, 48_000) == pytest.approx(-9, abs=0.1)
        assert true_peak_dbtp(block) <= -1 + MARGIN_DB


def test_a_master_meets_the_loudness_of_its_cd(shop: Studio) -> None:
    for song in ("one", "two", "three"):
        master = shop.result(f"master:{song}@cd")
        assert lufs(master, 44_100) == pytest.approx(-11, abs=0.1)
        assert true_peak_dbtp(master) <= -0.3 + MARGIN_DB


def test_overlaps_stay_under_the_ceiling(shop: Studio) -> None:
    assert true_peak_dbtp(shop.result("sequence:cd", "side.programme")) <= -0.3 + MARGIN_DB


def test_an_album_meets_its_target_as_a_whole(shop: Studio) -> None:
    blocks = songs(shop, "even")
    assert lufs(np.concatenate(list(blocks.values())), 44_100) == pytest.approx(-17, abs=0.1)
    before = {song: shop.result(f"premaster:{song}") for song in blocks}
    gains = [lufs(blocks[song], 44_100) - lufs(before[song], 44_100) for song in blocks]
    assert max(gains) - min(gains) < 0.3, "one gain for all, less what the limiter takes"
    levels = [lufs(block, 44_100) for block in blocks.values()]
    assert max(levels) - min(levels) > 3, "the songs keep their balance"
    assert max(true_peak_dbtp(block) for block in blocks.values()) <= -1 + MARGIN_DB


def test_mode_none_leaves_the_level_alone(shop: Studio) -> None:
    for song in ("one", "two"):
        assert np.array_equal(songs(shop, "asis")[song], shop.result(f"premaster:{song}"))


@pytest.mark.parametrize("name", ["cd", "loud", "flac", "mp3", "even"])
def test_the_record_tells_what_other_meters_read(shop: Studio, name: str) -> None:
    for track in shop.delivery(name)["tracks"]:
        if name == "cd":
            first, last = (round(44_100 * at) for at in (track["start_s"], track["seconds"]))
            block, rate_hz = shop.sound("cd/cd.wav")[first : first + last], 44_100
        elif name == "mp3":
            whole = shop.result("sequence:mp3", "side.programme")
            first, last = (round(44_100 * at) for at in (track["start_s"], track["seconds"]))
            block, rate_hz = whole[first : first + last], 44_100
        else:
            block = shop.sound(f"{name}/{track['file']}")
            rate_hz = 48_000 if name == "loud" else 44_100
        assert track["lufs"] == pytest.approx(lufs(block, rate_hz), abs=0.1)
        assert track["dbtp"] == pytest.approx(true_peak_dbtp(block), abs=0.1)


def test_offsets_stand_between_songs(empty: Any) -> None:
    tone = 0.1 * np.sin(np.arange(5 * 44_100) * 0.1)[:, np.newaxis]
    song = {"stems": {"x": {"file": "stems/x.wav"}}}
    for mode in ("track", "album"):
        studio: Studio = empty(
            {
                "songs": {"a": song, "b": song | {"master": {"loudness_offset_lu": -3}}},
                "deliverables": {
                    "set": {
                        "type": "streaming",
                        "format": "wav",
                        "bit_depth": 32,
                        "cut": "standalone",
                        "names": "{song}",
                        "loudness": {"target_lufs": -20, "ceiling_dbtp": -1, "mode": mode},
                    }
                },
            },
            mode,
        )
        studio.stem("x", tone)
        studio.make()
        a, b = (lufs(studio.sound(f"set/{name}.wav"), 44_100) for name in "ab")
        assert b - a == pytest.approx(-3, abs=0.02)
        if mode == "track":
            assert a == pytest.approx(-20, abs=0.05)


def test_silence_has_no_loudness_and_fails_nothing(empty: Any) -> None:
    studio: Studio = empty(
        {
            "songs": {"s": {"stems": {"x": {"file": "stems/x.wav"}}}},
            "master": {"loudness": {"target_lufs": -14, "mode": "album"}},
            "deliverables": {"set": {"type": "streaming", "format": "wav"}, "cd": {"type": "cd"}},
        }
    )
    studio.stem("x", np.zeros((5 * 44_100, 2)))
    studio.make()
    (track,) = studio.delivery("set")["tracks"]
    assert (track["lufs"], track["dbtp"]) == (None, None)
    assert not studio.sound(f"set/{track['file']}").any()
    assert not studio.sound("cd/cd.wav").any()


def test_too_much_limiting_is_said(empty: Any) -> None:
    studio: Studio = empty(
        {
            "songs": {"s": {"stems": {"x": {"file": "stems/x.wav"}}}},
            "deliverables": {
                "set": {
                    "type": "streaming",
                    "format": "wav",
                    "loudness": {"target_lufs": -6, "ceiling_dbtp": -1},
                }
            },
        }
    )
    click = np.zeros((4 * 44_100, 1))
    click[::22_050] = 0.9
    studio.stem("x", click + 0.01 * np.sin(np.arange(len(click)) * 0.1)[:, np.newaxis])
    said = studio.run("make")
    assert said.code == 0
    assert "dB of limiting" in said.err
    assert "-6 LUFS under -1 dBTP" in said.err


def test_a_loudness_out_of_reach_is_said_with_what_it_comes_to(
    empty: Any,
) -> None:
    loudness = {"target_lufs": -2, "ceiling_dbtp": -12}
    studio: Studio = empty(
        {
            "songs": {"s": {"stems": {"x": {"file": "stems/x.wav"}}}},
            "deliverables": {"set": {"type": "streaming", "format": "wav", "loudness": loudness}},
        }
    )
    studio.stem("x", tune(3, seed=1))
    said = studio.run("make")
    assert said.code == 0
    assert re.search(r"master:s@set: comes to -\d+\.\d LUFS and not to -2", said.err)
    assert studio.delivery("set")["tracks"][0]["dbtp"] <= -12
