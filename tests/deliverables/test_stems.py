"""Stems: aligned, as long as the mix, and what goes straight to it adds up to it."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albumbuild.formats.sound import SoundReader
from tests.studio import Block, Studio, tune

SONG: dict[str, Any] = {
    "title": "Tide",
    "artist": "Guest",
    "stems": {
        "kick": {"file": "stems/kick.wav"},
        "late": {
            "file": "stems/pad.wav",
            "start": 0.6,
            "pan": "L40",
            "inserts": [{"limiter": {"ceiling_dbtp": -12, "lookahead_ms": 4}}],
        },
        "dear": {
            "file": "stems/pad.wav",
            "gain_db": -6,
            "inserts": [{"reverb": {"decay_s": 0.3}}],
            "sends": {"echo": -9},
        },
        "vox": {"file": "stems/vox.wav", "bus": "voices", "sends": {"echo": -6}},
        "choir": {"file": "stems/vox.wav", "start": 0.2, "bus": "voices"},
        "duck": {
            "file": "stems/pad.wav",
            "inserts": [{"compressor": {"threshold_db": -40, "sidechain": {"from": "kick"}}}],
        },
    },
    "buses": {"voices": {"keep": "always", "gain_db": -2, "sends": {"echo": -12}}},
    "returns": {"echo": {"inserts": [{"delay": {"time_ms": 90, "feedback_pct": 30}}]}},
    "mix": {"start": 0.15, "end": 1.9},
    "versions": {
        "dub": {"mute": ["kick", "choir"]},
        "voices": {"only": ["voices"]},
        "band": {"mute": ["voices"]},
    },
}
PLAIN = {"title": "Ebb", "stems": {"pad": {"file": "stems/pad.wav"}}}
HEARD = ("dear", "duck", "kick", "late", "voices", "echo")
"""What of the song goes straight to its mix."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A song with all that a desk has, and one of a single strip."""
    album = {
        "title": "Salt",
        "artist": "Lights",
        "songs": {"tide": copy.deepcopy(SONG), "ebb": copy.deepcopy(PLAIN)},
        "deliverables": {
            "float": {"type": "stems"},
            "whole": {"type": "stems", "bit_depth": 24, "sequence": ["tide"]},
            "dub": {"type": "stems", "version": "dub", "sequence": ["tide"]},
            "band": {"type": "stems", "version": "band", "sequence": ["tide"]},
            "sung": {"type": "stems", "version": "voices", "sequence": ["tide"]},
        },
    }
    studio = Studio(tmp_path_factory.mktemp("stems") / "album", album)
    studio.stem("kick", 1.5 * tune(1.2, seed=1))
    studio.stem("vox", tune(1.0, seed=2))
    studio.stem("pad", tune(1.3, seed=3, channels=2))
    studio.make()
    return studio


def stems(studio: Studio, folder: str) -> dict[str, Block]:
    """The sound of every file of a folder, by its name."""
    paths = (studio.root / "build" / folder).glob("*.wav")
    return {path.stem: studio.sound(f"{folder}/{path.name}") for path in paths}


def test_there_is_a_file_for_each_strip_bus_and_return(made: Studio) -> None:
    record = made.delivery("float")
    files = [track["file"] for track in record["tracks"]]
    assert {*files} == {
        "ebb/pad.wav",
        *(f"tide/{name}.wav" for name in (*HEARD, "vox", "choir")),
    }
    assert [track["number"] for track in record["tracks"]] == [*range(1, 10)]
    assert {*files} < {file["path"] for file in record["files"]}
    assert record["tracks"][0]["title"] == "Tide (choir)"


@pytest.mark.parametrize(
    ("folder", "mix", "direct"),
    [
        ("float/tide", "mix:tide", HEARD),
        ("dub/tide+dub", "mix:tide+dub", ("dear", "duck", "late", "voices", "echo")),
        ("sung/tide+voices", "mix:tide+voices", ("voices", "echo")),
        ("band/tide+band", "mix:tide+band", ("dear", "duck", "kick", "late", "echo")),
    ],
)
def test_what_goes_straight_to_the_mix_adds_up_to_it(
    made: Studio, folder: str, mix: str, direct: tuple[str, ...]
) -> None:
    found = stems(made, folder)
    whole = made.result(mix)
    assert {len(each) for each in found.values()} == {len(whole)} == {round(1.75 * 44_100)}
    assert np.abs(sum(found[name] for name in direct) - whole).max() < 1e-6
    assert np.abs(whole).max() > 0.1
    note = (made.root / "build" / folder).with_name("DELIVERY.md").read_text()
    row = next(line for line in note.splitlines() if f"`{Path(folder).name}/`" in line)
    assert {*direct} == {*row.split("`")[3::2]}


def test_a_bus_is_the_sum_of_its_strips_which_is_what_its_own_step_leaves(made: Studio) -> None:
    found = stems(made, "float/tide")
    gain = 10 ** (-2 / 20)
    assert np.abs(gain * (found["vox"] + found["choir"]) - found["voices"]).max() < 1e-6
    first = round(0.15 * 44_100)
    kept = made.result("bus:tide/voices")[first:]
    assert np.array_equal(found["voices"][: len(kept)], kept)
    assert not found["voices"][len(kept) :].any()


def test_what_is_kept_is_not_rendered_again(made: Studio) -> None:
    rows = made.run("graph", "deliver:float").out.splitlines()
    needs = next(row.split()[1:] for row in rows if row.split()[0] == "stems:tide")
    assert {"bus:tide/voices", "strip:tide/dear"} <= {*needs}


def test_what_a_version_mutes_is_not_there(made: Studio) -> None:
    assert {*stems(made, "dub/tide+dub")} == {"dear", "duck", "late", "vox", "voices", "echo"}
    assert {*stems(made, "band/tide+band")} == {"dear", "duck", "kick", "late", "echo"}
    assert {*stems(made, "sung/tide+voices")} == {"vox", "choir", "voices", "echo"}


def test_whole_numbers_are_the_same_sound_but_for_the_last_bit(made: Studio) -> None:
    for name, block in stems(made, "whole/tide").items():
        with SoundReader(made.root / "build/whole/tide" / f"{name}.wav") as reader:
            assert reader.format.bits == 24
        assert np.abs(block - stems(made, "float/tide")[name]).max() < 3 * 2.0**-23


def test_an_edit_runs_the_stems_of_its_own_song_alone(made: Studio, tmp_path: Path) -> None:
    studio = made.copied_to(tmp_path / "album")
    before = studio.digests()
    for path, value, ran in (
        ("songs.ebb.title", "Low", {"deliver:float"}),
        ("songs.ebb.stems.pad.pan", 20, {"stems:ebb", "deliver:float"}),
    ):
        old = studio.edit(path, value)
        assert studio.make() == ran
        studio.edit(path, old)
    assert studio.make() == set()
    assert studio.digests() == before


def test_a_stem_over_full_scale_is_told_where_it_is_cut(made: Studio, tmp_path: Path) -> None:
    studio = made.copied_to(tmp_path / "album")
    studio.edit("songs.tide.stems.kick.gain_db", 12)
    told = [each for each in studio.events() if each["event"] == "log"]
    assert any("tide/kick.wav peaks at +" in each["message"] for each in told), json.dumps(told)
    assert np.abs(studio.sound("float/tide/kick.wav")).max() > 1.0
    assert np.abs(studio.sound("whole/tide/kick.wav")).max() <= 1.0
    assert studio.run("verify", "build").code == 0
