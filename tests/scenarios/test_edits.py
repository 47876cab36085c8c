"""An edit, and what runs again: the table of the build core on a real album."""

import copy
import json
import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from albumbuild.formats.coding import Coding
from albumbuild.formats.sound import encode
from tests.studio import RATE_HZ, Studio, plain_song, sound, tune, write_stems

DOWN_FROM_A = "mix:a premaster:a master:a@* sequence:* deliver:*"
GAIN = {"gain": {"level_db": -2}}
EQ = {"eq": [{"type": "bell", "freq_hz": 500, "gain_db": 2}]}
A_C_B = ["a", {"song": "c", "gap_s": 0.5}, {"song": "b", "gap_s": 1}]


def matching(patterns: str, steps: set[str]) -> set[str]:
    """The steps that one of the patterns names; every pattern must name some."""
    found: set[str] = set()
    for pattern in patterns.split():
        named = {step for step in steps if fnmatchcase(step, pattern)}
        assert named, f"no step is called {pattern}"
        found |= named
    return found


@pytest.mark.parametrize(
    ("path", "value", "ran"),
    [
        ("songs.a.stems.vox.gain_db", 0.5, f"bus:a/fx {DOWN_FROM_A}"),
        ("songs.a.stems.gtr.automation.gain_db.1", [1.2, -3], f"bus:a/fx {DOWN_FROM_A}"),
        ("songs.a.stems.vox.sends.hall", -10, f"bus:a/fx {DOWN_FROM_A}"),
        ("songs.a.stems.bass.pan", "L30", DOWN_FROM_A),
        ("songs.a.stems.kick.trim", {"to": 1.5}, DOWN_FROM_A),
        ("songs.a.stems.bass", None, DOWN_FROM_A),
        ("songs.a.returns.hall.gain_db", -3, DOWN_FROM_A),
        ("songs.a.buses.fx.gain_db", -1, f"bus:a/fx {DOWN_FROM_A}"),
        ("songs.a.mix.gain_db", 1, DOWN_FROM_A),
        (
            "songs.a.master",
            {"inserts": [EQ]},
            "premaster:a master:a@* sequence:* deliver:[csv]*",
        ),
        (
            "master.inserts",
            [EQ],
            "premaster:* master:* sequence:* deliver:[csv]*",
        ),
        (
            "songs.b.master",
            {"loudness_offset_lu": -1.5},
            "master:b@* sequence:* deliver:[csv]*",
        ),
        (
            "deliverables.streaming.loudness",
            {"target_lufs": -18},
            "master:*@streaming sequence:streaming deliver:streaming",
        ),
        ("deliverables.cd.inserts", [GAIN], "master:*@cd sequence:cd deliver:cd"),
        (
            "sequence",
            A_C_B,
            "sequence:cd sequence:streaming deliver:cd deliver:streaming deliver:mixes",
        ),
        ("sequence.2.gap_s", 0.7, "sequence:cd sequence:streaming deliver:cd deliver:streaming"),
        ("sequence.1.gap_s", 1.3, "sequence:* deliver:[csv]*"),
        ("songs.a.title", "Ebb", "deliver:*"),
        ("songs.a.isrc", "GBAYE2600009", "deliver:*"),
        ("upc", "4006381333931", "deliver:*"),
        ("deliverables.streaming.names", "{song}", "deliver:streaming"),
        ("deliverables.streaming.dither", "none", "deliver:streaming"),
        ("deliverables.vinyl.disc", "12in-45", "deliver:vinyl"),
        ("checks", [], ""),
    ],
)
def test_only_what_an_edit_can_be_heard_in_runs_again(
    studio: Studio, path: str, value: Any, ran: str
) -> None:
    before = studio.digests()
    album = copy.deepcopy(studio.album)
    studio.edit(path, value)
    statuses = studio.statuses()
    assert {s for s, status in statuses.items() if status == "ran"} == matching(ran, set(statuses))
    assert studio.make() == set()
    studio.album = album
    studio.save()
    assert studio.make() == set()  # undone: what there was is put back
    assert studio.digests() == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("songs.a.title", "Tide"),
        ("songs.a.stems.kick.gain_db", 0),
        ("songs.a.stems.kick.pan", "C"),
        ("songs.a.stems.kick.bus", "mix"),
        ("songs.a.stems.bass.gain_db", -3.0),
        ("songs.a.stems.bass.pan", -20),
        ("songs.a.stems.vox.sends.hall", {"level_db": -12, "pre": False}),
        ("songs.a.stems.gtr.automation.gain_db", [["0:00", 0], ["0:01.000", -3], [2, 0.0]]),
        ("songs.a.mix.end", "0:04.2"),
        ("songs.a.buses.fx.inserts.0", {"compressor": {"threshold_db": -18.0, "id": "squash"}}),
        ("songs.a.buses.fx.inserts.0", {"compressor": {"threshold_db": -18, "mix_pct": 100}}),
        ("songs.c.returns", {"idle": {"inserts": [{"delay": {"time_ms": 100}}]}}),
        ("songs.b.stems.kick.inserts", [{"gain": {"level_db": -6, "bypass": True}}]),
        ("sequence.0", {"song": "a", "gap_s": 5}),
        ("deliverables.cd.dither", "tpdf"),
        ("deliverables.streaming.bit_depth", 24),
        ("rate_hz", RATE_HZ),
        ("master.loudness.mode", "track"),
    ],
)
def test_what_changes_no_meaning_runs_nothing(studio: Studio, path: str, value: Any) -> None:
    before = studio.digests()
    studio.edit(path, value)
    assert studio.make() == set()
    assert studio.digests() == before


def backwards(value: Any) -> Any:
    """The same with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: backwards(each) for key, each in reversed(value.items())}
    return [backwards(each) for each in value] if isinstance(value, list) else value


def test_comments_anchors_and_the_order_of_keys_run_nothing(studio: Studio, tmp_path: Path) -> None:
    before = studio.digests()
    sides = studio.album["deliverables"]["vinyl"]["sides"]
    album = backwards(studio.album)
    album["deliverables"]["vinyl"]["sides"] = sides  # these are played in their order
    text = json.dumps(album, indent=1)
    text = text.replace('"end": 4.2', '"end": &end 4.2').replace("-3,", "-3.0,")
    (studio.root / "album.yaml").write_text(f"# a comment\n{text}\n# and another\n")
    assert studio.make() == set()
    clean = Studio(tmp_path / "clean", album)
    write_stems(clean)
    clean.make()
    assert clean.digests() == before


def test_a_second_make_says_so_and_writes_nothing(studio: Studio) -> None:
    def seen() -> dict[str, int]:
        paths = (path for path in studio.root.rglob("*") if "runs" not in path.parts)
        return {str(path): path.stat().st_mtime_ns for path in paths}

    studio.make()
    before = seen()
    said = studio.run("make")
    assert said.code == 0
    assert said.out.startswith("album is up to date (30 steps, ")
    assert seen() == before


def test_touched_sources_run_nothing(studio: Studio) -> None:
    for path in (studio.root / "stems").iterdir():
        os.utime(path)
    assert set(studio.statuses().values()) == {"current"}


def test_another_take_runs_its_way_down_and_the_old_one_comes_back(studio: Studio) -> None:
    before = studio.digests()
    studio.stem("a-kick", tune(2.0, seed=40))
    statuses = studio.statuses()
    ran = {step for step, status in statuses.items() if status == "ran"}
    assert ran == matching(f"ingest:a/kick {DOWN_FROM_A}", set(statuses))
    studio.stem("a-kick", tune(2.0, seed=0))
    statuses = studio.statuses()
    assert "ran" not in statuses.values()
    assert statuses["mix:a"] == "restored"
    assert statuses["mix:b"] == "current"
    assert studio.digests() == before


def test_metadata_of_a_stem_stops_at_its_ingest(studio: Studio) -> None:
    path = studio.root / "stems" / "a-kick.wav"
    data = bytearray(path.read_bytes())
    data += b"LIST" + (12).to_bytes(4, "little") + b"INFOICMT" + bytes(4)
    data[4:8] = (len(data) - 8).to_bytes(4, "little")
    path.write_bytes(data)
    assert studio.make() == {"ingest:a/kick"}


def test_the_same_samples_in_another_format_stop_at_the_ingest(studio: Studio) -> None:
    whole = (sound(studio.root / "stems" / "a-kick.wav") * 32_768).astype("int32")
    coding = Coding(format="flac", rate_hz=RATE_HZ, channels=1, bits=16)
    encode(studio.root / "stems" / "a-kick.flac", [whole], coding=coding)
    studio.edit("songs.a.stems.kick.file", "stems/a-kick.flac")
    assert studio.make() == {"ingest:a/kick"}


def test_a_new_song_leaves_the_others_alone(studio: Studio) -> None:
    studio.stem("d", tune(4.1, seed=33, channels=2))
    studio.album["songs"]["d"] = plain_song("d", title="Reprise")
    studio.edit("sequence", [*studio.album["sequence"], "d"])
    ran = studio.make()
    own = {step for step in ran if step.split(":")[1].startswith("d")}
    assert {"ingest:d/d", "mix:d", "premaster:d", "master:d@cd", "master:d@streaming"} <= own
    assert (
        ran - own
        == {
            *("sequence:cd", "sequence:streaming", "deliver:cd", "deliver:streaming"),
            "deliver:mixes",
        }
        - own
    )
    assert (studio.root / "build/streaming/04 - Reprise.flac").is_file()


def test_a_song_taken_out_takes_its_files_along(studio: Studio) -> None:
    del studio.album["songs"]["b"]
    del studio.album["sequence"][1]
    studio.edit("deliverables.vinyl.sides.A", ["a"])
    statuses = studio.statuses()
    ran = {step for step, status in statuses.items() if status == "ran"}
    assert ran == matching("sequence:* deliver:*", set(statuses))
    assert {path.name for path in (studio.root / "build/streaming").glob("*.flac")} == {
        "01 - Tide.flac",
        "02 - Harbour.flac",
    }
    assert not (studio.root / "build/mixes/b.wav").exists()


def test_a_song_under_another_name_renders_nothing(studio: Studio) -> None:
    songs = studio.album["songs"]
    studio.album["songs"] = {("bee" if name == "b" else name): song for name, song in songs.items()}
    studio.album["sequence"][1]["song"] = "bee"
    studio.edit("deliverables.vinyl.sides.A", ["a", "bee"])
    assert {step.split(":")[0] for step in studio.make()} == {"deliver"}
    assert (studio.root / "build/mixes/bee.wav").is_file()
    assert not (studio.root / "build/mixes/b.wav").exists()


def test_songs_that_share_a_gain_are_mastered_again_when_it_moves(studio: Studio) -> None:
    studio.edit("deliverables.cd.loudness", {"mode": "album"})
    assert "measure:album@cd" in studio.make()
    studio.edit("songs.c.mix.gain_db", -0.001)  # heard in C alone: the gain is in steps of 0.01
    ran = studio.make()
    assert {"mix:c", "measure:album@cd", "master:c@cd"} <= ran
    assert not {"master:a@cd", "master:b@cd"} & ran
    studio.edit("songs.c.mix.gain_db", -4)
    assert {"master:a@cd", "master:b@cd", "master:c@cd"} <= studio.make()


def test_a_deliverable_taken_out_is_taken_away(studio: Studio) -> None:
    studio.edit("deliverables.vinyl", None)
    assert studio.make() == set()
    assert not (studio.root / "build/vinyl").exists()
    assert (studio.root / "build/cd").is_dir()


def test_neither_jobs_nor_verbosity_nor_the_folder_count(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    (studio.root / ".albumbuild" / "seal").unlink()
    assert studio.make("-j", "1") == set()
    (studio.root / ".albumbuild" / "seal").unlink()
    monkeypatch.chdir(studio.root / "stems")
    assert studio.run("-v", "make", "-j", "7").out.startswith("album is up to date")


def test_a_moved_album_runs_nothing(studio: Studio) -> None:
    moved = studio.root.rename(studio.root.with_name("moved"))
    assert Studio(moved, studio.album).make() == set()


def test_a_mix_alone_makes_what_it_needs(studio: Studio) -> None:
    studio.stem("a-kick", tune(2.0, seed=41))
    studio.stem("b-kick", tune(2.0, seed=42))
    before = studio.digests()
    assert studio.make("mix:a") == {"ingest:a/kick", "mix:a"}
    assert studio.digests() == before
    assert studio.make("mix:*") == {"ingest:b/kick", "mix:b"}


@pytest.mark.parametrize(
    ("target", "ran"),
    [
        ("cd", "master:a@cd sequence:cd deliver:cd"),
        ("build/streaming", "master:a@streaming sequence:streaming deliver:streaming"),
        ("master:a@*", "master:a@*"),
    ],
)
def test_a_target_is_a_deliverable_a_path_or_a_glob(studio: Studio, target: str, ran: str) -> None:
    studio.edit("songs.a.master", {"inserts": [GAIN]})
    every = {
        step["id"] for step in json.loads(studio.run("graph", "--format", "json").out)["steps"]
    }
    wanted = matching(f"premaster:a {ran}", every)
    assert studio.make(target) == wanted


def test_a_dry_run_lists_what_would_run_and_writes_nothing(studio: Studio) -> None:
    studio.stem("a-kick", tune(2.0, seed=43))
    before = {path: path.stat().st_mtime_ns for path in studio.root.rglob("*")}
    listed = {
        line.split()[1]: line.split()[0] for line in studio.run("make", "-n").out.splitlines()
    }
    assert {path: path.stat().st_mtime_ns for path in studio.root.rglob("*")} == before
    assert set(listed.values()) <= {"certain", "maybe"}
    assert listed["ingest:a/kick"] == "certain"
    ran = studio.make()
    assert ran <= set(listed)
    assert not [step for step in listed if step.startswith(("mix:b", "mix:c", "bus:"))]


def test_one_file_in_two_songs_is_decoded_once(studio: Studio) -> None:
    studio.stem("shared", tune(4.0, seed=44))
    songs = studio.album["songs"]
    for song in ("b", "c"):
        songs[song]["stems"]["shared"] = {"file": "stems/shared.wav"}
    studio.save()
    statuses = studio.statuses()
    assert sorted((statuses["ingest:b/shared"], statuses["ingest:c/shared"])) == ["ran", "restored"]
