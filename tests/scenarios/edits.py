"""Rows 1 to 19: edits of material and manifest, and what can be heard of them."""

import json
import os
from functools import partial
from typing import Any

import pytest

from albumbuild.formats.coding import Coding
from albumbuild.formats.sound import encode
from albumbuild.formats.tags import read_tags
from tests.scenarios.rows import TABLE, Edit, Row, ended, matching, ran, row, seen, setting
from tests.studio import RATE_HZ, Studio, plain_song, sound, tune

DOWN_FROM_A = "mix:a premaster:a master:a@* sequence:* deliver:*"
EQ = {"eq": [{"type": "bell", "freq_hz": 500, "gain_db": 2}]}
A_C_B = ["a", {"song": "c", "gap_s": 0.5}, {"song": "b", "gap_s": 1}]


@row(1, "clean clone")
def clean_clone(made: Studio, fresh: Studio) -> None:
    statuses = fresh.statuses()
    assert len(statuses) == 30
    assert set(statuses.values()) == {"ran"}
    assert fresh.digests() == made.digests()
    assert fresh.make() == set()


@row(2, "again")
def again(studio: Studio) -> None:
    studio.make()
    before = seen(studio, but="runs")
    said = studio.run("make")
    assert said.code == 0
    assert said.out.startswith("album is up to date (31 steps, ")
    assert seen(studio, but="runs") == before


@row(2, "again, without the fast path")
def again_unsealed(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.make()
    monkeypatch.setattr("albumbuild.engine.seal.check", lambda *_: None)
    before = seen(studio, but="runs")
    assert studio.run("make").out.startswith("album is up to date (31 steps, ")
    assert seen(studio, but="runs") == before


@row(5, "the old kick put back")
def old_kick_put_back(studio: Studio) -> None:
    before = studio.digests()
    another_take(studio)
    assert studio.digests() == before
    studio.make()
    assert studio.digests() != before
    studio.stem("a-kick", tune(2.0, seed=0))
    statuses = studio.statuses()
    assert ran(statuses) == set()
    assert ended(statuses, "restored") == matching(f"ingest:a/kick {DOWN_FROM_A}", statuses)
    assert set(statuses.values()) == {"restored", "current"}
    assert studio.digests() == before
    assert studio.make() == set()


@row(9, "`0` → `0.0`, key order, comment, anchor")
def other_spellings(made: Studio, studio: Studio, fresh: Studio) -> None:
    sides = studio.album["deliverables"]["vinyl"]["sides"]
    album = floats(backwards(studio.album))
    album["deliverables"]["vinyl"]["sides"] = sides  # these are played in their order
    text = json.dumps(album, indent=1)
    assert "-0.0" in text
    text = text.replace('"end": 4.2', '"end": &end 4.2')
    for each in (studio, fresh):
        (each.root / "album.yaml").write_text(f"# a comment\n{text}\n# and another\n")
    assert set(studio.statuses().values()) == {"current"}
    assert studio.make() == set()
    fresh.make()
    assert fresh.digests() == studio.digests() == made.digests()


def backwards(value: Any) -> Any:
    """The same with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: backwards(each) for key, each in reversed(value.items())}
    return [backwards(each) for each in value] if isinstance(value, list) else value


def floats(value: Any) -> Any:
    """The same with every whole number as a float, and zeros below zero."""
    if isinstance(value, dict):
        return {key: floats(each) for key, each in value.items()}
    if isinstance(value, list):
        return [floats(each) for each in value]
    return float(value) or -0.0 if isinstance(value, int) else value


def touch(studio: Studio) -> None:
    """Every source is saved as it was."""
    for path in (studio.root / "stems").iterdir():
        os.utime(path)


def another_take(studio: Studio) -> None:
    """Somebody plays A's kick again."""
    studio.stem("a-kick", tune(2.0, seed=40))


def metadata(studio: Studio) -> None:
    """A comment is written into A's kick."""
    path = studio.root / "stems" / "a-kick.wav"
    data = bytearray(path.read_bytes())
    data += b"LIST" + (12).to_bytes(4, "little") + b"INFOICMT" + bytes(4)
    data[4:8] = (len(data) - 8).to_bytes(4, "little")
    path.write_bytes(data)


def as_flac(studio: Studio) -> None:
    """A's kick becomes a FLAC."""
    whole = (sound(studio.root / "stems" / "a-kick.wav") * 32_768).astype("int32")
    coding = Coding(format="flac", rate_hz=RATE_HZ, channels=1, bits=16)
    encode(studio.root / "stems" / "a-kick.flac", [whole], coding=coding)
    studio.edit("songs.a.stems.kick.file", "stems/a-kick.flac")


def spell_out(studio: Studio) -> None:
    """Defaults are written down, all at once."""
    for path, value in {
        "rate_hz": RATE_HZ,
        "songs.a.stems.kick.gain_db": 0,
        "songs.a.stems.kick.pan": "C",
        "songs.a.stems.kick.bus": "mix",
        "songs.a.stems.vox.sends.hall": {"level_db": -12, "pre": False},
        "songs.a.buses.fx.inserts.0": {"compressor": {"threshold_db": -18, "mix_pct": 100}},
        "master.loudness.mode": "track",
        "deliverables.cd.dither": "tpdf",
        "deliverables.streaming.bit_depth": 24,
    }.items():
        studio.edit(path, value)


def rename_b(studio: Studio) -> None:
    """Song B is called bee from now on, but has its title."""
    songs = studio.album["songs"]
    studio.album["songs"] = {("bee" if name == "b" else name): song for name, song in songs.items()}
    studio.album["sequence"][1]["song"] = "bee"
    studio.edit("deliverables.vinyl.sides.A", ["a", "bee"])


def add_d(studio: Studio) -> None:
    """A fourth song ends the album."""
    studio.stem("d", tune(4.1, seed=33, channels=2))
    studio.album["songs"]["d"] = plain_song("d", title="Reprise")
    studio.edit("sequence", [*studio.album["sequence"], "d"])


def remove_b(studio: Studio) -> None:
    """Song B is not good enough."""
    del studio.album["songs"]["b"]
    del studio.album["sequence"][1]
    studio.edit("deliverables.vinyl.sides.A", ["a"])


def files(studio: Studio, pattern: str) -> set[str]:
    """The names of files under build/."""
    return {path.name for path in (studio.root / "build").glob(pattern)}


def songs_change_places(studio: Studio) -> None:
    assert files(studio, "streaming/*.flac") == {
        *("01 - Tide.flac", "02 - Harbour.flac", "03 - Ember.flac")
    }
    assert read_tags(studio.root / "build/streaming/02 - Harbour.flac").track == 2


def title_is_everywhere(studio: Studio) -> None:
    build = studio.root / "build"
    assert files(studio, "streaming/01*") == {"01 - Ebb.flac"}
    assert read_tags(build / "streaming/01 - Ebb.flac").title == "Ebb"
    assert 'TITLE "Ebb"' in (build / "cd/cd.cue").read_text()
    assert b"Ebb\0" in (build / "cd/ddp/CDTEXT.BIN").read_bytes()
    for sheet in ("cd/cd.toc", "cd/cd-pq.txt", "vinyl/timing.txt", "mixes/deliverable.json"):
        text = (build / sheet).read_text()
        assert "Ebb" in text
        assert "Tide" not in text


def b_is_called_bee(studio: Studio) -> None:
    assert files(studio, "mixes/*.wav") == {"a.wav", "bee.wav", "c.wav"}


def d_is_the_fourth(studio: Studio) -> None:
    assert "04 - Reprise.flac" in files(studio, "streaming/*.flac")
    assert "d.wav" in files(studio, "mixes/*.wav")


def b_has_left(studio: Studio) -> None:
    assert files(studio, "streaming/*.flac") == {"01 - Tide.flac", "02 - Harbour.flac"}
    assert files(studio, "mixes/*.wav") == {"a.wav", "c.wav"}


EDITS = [
    Edit(3, "touch every source", touch),
    Edit(4, "other audio in A/kick", another_take, f"ingest:a/kick {DOWN_FROM_A}"),
    Edit(6, "only a metadata chunk of kick", metadata, "ingest:a/kick"),
    Edit(6, "WAV → FLAC of the same samples", as_flac, "ingest:a/kick"),
    Edit(
        7,
        "A.vox fader +0.5 dB",
        setting("songs.a.stems.vox.gain_db", 0.5),
        f"bus:a/fx {DOWN_FROM_A}",
    ),
    Edit(
        8,
        "a point of A.gtr's automation moved",
        setting("songs.a.stems.gtr.automation.gain_db.1", [1.2, -3]),
        f"bus:a/fx {DOWN_FROM_A}",
    ),
    Edit(10, "a default spelled out", spell_out),
    Edit(
        11,
        "master inserts of A",
        setting("songs.a.master", {"inserts": [EQ]}),
        "premaster:a master:a@* sequence:* deliver:[csv]*",
    ),
    Edit(
        12,
        "target of the streaming set",
        setting("deliverables.streaming.loudness", {"target_lufs": -18}),
        "master:*@streaming sequence:streaming deliver:streaming",
    ),
    Edit(
        13,
        "track order A B C → A C B",
        setting("sequence", A_C_B),
        "sequence:cd sequence:streaming deliver:cd deliver:streaming deliver:mixes",
        then=songs_change_places,
    ),
    Edit(
        14,
        "gap before C",
        setting("sequence.2.gap_s", 0.7),
        "sequence:cd sequence:streaming deliver:cd deliver:streaming",
    ),
    Edit(15, "a title", setting("songs.a.title", "Ebb"), "deliver:*", then=title_is_everywhere),
    Edit(16, "a song's id renamed", rename_b, "deliver:*", restored="*:bee*", then=b_is_called_bee),
    Edit(
        17,
        "song D added",
        add_d,
        "*:d *:d/* *:d@* sequence:[cs]* deliver:[csm]*",
        then=d_is_the_fourth,
    ),
    Edit(18, "song B removed", remove_b, "sequence:* deliver:*", then=b_has_left),
    Edit(
        19,
        "a stem of the mix removed",
        setting("songs.a.stems.bass", None),
        DOWN_FROM_A,
    ),
    Edit(
        19,
        "a stem of a bus removed",
        setting("songs.a.stems.gtr", None),
        f"bus:a/fx {DOWN_FROM_A}",
    ),
]
IN_ALBUM_MODE = [
    Edit(
        4,
        "other audio in A/kick, with one gain for the album",
        another_take,
        f"ingest:a/kick measure:album@cd master:[bc]@cd {DOWN_FROM_A}",
    ),
    Edit(
        17,
        "song D added, with one gain for the album",
        add_d,
        "*:d *:d/* *:d@* measure:album@cd master:*@cd sequence:[cs]* deliver:[csm]*",
    ),
    Edit(
        18,
        "song B removed, with one gain for the album",
        remove_b,
        "measure:album@cd master:*@cd sequence:* deliver:*",
    ),
]


def played_in_album_mode(edit: Edit, studio: Studio) -> None:
    """All songs of the CD have the same gain, which the edit moves."""
    studio.edit("deliverables.cd.loudness", {"mode": "album"})
    assert "measure:album@cd" in studio.make()
    edit.play(studio)


TABLE += [Row(each.number, each.given, each.play, slow=False) for each in EDITS]
for each in IN_ALBUM_MODE:
    row(each.number, each.given)(partial(played_in_album_mode, each))
