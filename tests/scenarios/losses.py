"""Rows 26 to 31: files that are deleted, edited or damaged, under build/ and in the store."""

import shutil
from collections.abc import Callable
from pathlib import Path

from albumbuild.engine.store import Store
from tests.scenarios.rows import ended, matching, ran, row
from tests.studio import Studio, ends

SOFTER = {"inserts": [{"gain": {"level_db": -1}}]}
DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda data: data[:1],
    lambda data: data[: len(data) // 2],
    lambda data: data[:-1],
    lambda data: bytes(len(data)),
    lambda data: data.replace(b'"step"', b'"stop"', 1),
    lambda _: b"garbage\n\xff\xfe",
]


@row(26, "deliverable deleted")
def deliverable_deleted(studio: Studio) -> None:
    studio.make()  # sealed
    before = studio.digests()
    for lost in ("cd", "streaming/01 - Tide.flac", "vinyl/SHA256SUMS", ""):
        path = studio.root / "build" / lost
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        assert set(studio.statuses().values()) == {"current"}
        assert studio.digests() == before
    assert studio.make() == set()


@row(27, "deliverable edited by hand")
def deliverable_edited(studio: Studio) -> None:
    studio.make()  # sealed
    before = studio.digests()
    edited = studio.root / "build/streaming/01 - Tide.flac"
    edited.write_bytes(b"mine")
    for _ in range(2):
        said = studio.run("make")
        assert said.code == 1
        assert "01 - Tide.flac" in said.err
        assert "--force" in said.err
        assert edited.read_bytes() == b"mine"
    events = studio.events(code=1)
    told = [event["message"] for event in events if event.get("level") == "warning"]
    assert told == ["`build/streaming/01 - Tide.flac` was edited by hand and is kept"]
    assert not [event for event in events if event["event"] == "step_started"]
    assert studio.make("--force", "streaming") == {"deliver:streaming"}
    kept = studio.root / "build/streaming.edited-1/01 - Tide.flac"
    assert kept.read_bytes() == b"mine"
    kept.unlink()
    assert studio.digests() == before


@row(28, "mix blob of A deleted, deliverables present")
def mix_deleted(studio: Studio) -> None:
    before = studio.digests()
    studio.blob("mix:a").unlink()
    studio.unseal()
    assert set(studio.statuses().values()) == {"current"}
    assert not studio.blob("mix:a").exists()
    assert studio.digests() == before


@row(29, "that, then A's master edited")
def mix_deleted_and_needed(studio: Studio) -> None:
    before = studio.digests()
    mix = studio.blob("mix:a")
    mix.unlink()
    studio.make()
    studio.edit("songs.a.master", SOFTER)
    statuses = studio.statuses()
    down = "premaster:a master:a@* sequence:* deliver:[csv]*"
    assert ran(statuses) == matching(f"mix:a {down}", statuses)
    assert set(statuses.values()) == {"ran", "current"}
    assert mix.exists()
    assert studio.make() == set()
    studio.edit("songs.a.master", None)
    assert studio.make() == set()
    assert studio.digests() == before


@row(30, "one bit flipped in a blob that is needed")
def flipped_bit(studio: Studio) -> None:
    before = studio.digests()
    blob = studio.blob("mix:b")
    flip_a_bit(blob)
    studio.edit("songs.b.master", SOFTER)
    events = studio.events()
    statuses = ends(events)
    down = "premaster:b master:b@* sequence:* deliver:[csv]*"
    assert ran(statuses) == matching(f"mix:b {down}", statuses)
    assert set(statuses.values()) == {"ran", "current"}
    assert quarantined(studio) == {blob.name}
    assert damage_told(events) == [("mix:b", True)]
    assert studio.blob("mix:b") == blob
    assert blob.exists()
    studio.edit("songs.b.master", None)
    assert studio.make() == set()
    assert studio.digests() == before


@row(30, "one bit flipped in a blob that is placed")
def flipped_bit_in_delivery(studio: Studio) -> None:
    before = studio.digests()
    blob = studio.blob("deliver:streaming", "02 - Ember.flac")
    flip_a_bit(blob)
    (studio.root / "build/streaming/02 - Ember.flac").unlink()
    events = studio.events()
    statuses = ends(events)
    assert ran(statuses) == {"deliver:streaming"}
    assert set(statuses.values()) == {"ran", "current"}
    assert quarantined(studio) == {blob.name}
    assert damage_told(events) == [("deliver:streaming", True)]
    assert studio.digests() == before
    assert studio.make() == set()


def flip_a_bit(path: Path) -> None:
    """Damage a file; its other names keep what they have."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)


def quarantined(studio: Studio) -> set[str]:
    """The results that were put aside."""
    return {path.name for path in (studio.root / ".albumbuild/quarantine").iterdir()}


def damage_told(events: list[dict[str, object]]) -> list[tuple[object, bool]]:
    """The steps of each warning, and whether it speaks of damage."""
    return [(e["id"], "damaged" in str(e["message"])) for e in events if e["event"] == "log"]


@row(31, "a record cut at any length, or garbage")
def cut_record(studio: Studio) -> None:
    before = studio.digests()
    for step in ("ingest:a/kick", "mix:c", "deliver:cd"):
        record = record_of(studio, step)
        whole = record.read_bytes()
        for damage in DAMAGES:
            record.unlink()
            record.write_bytes(damage(whole))
            studio.unseal()
            statuses = studio.statuses()
            assert ran(statuses) == {step}
            assert len(ended(statuses, "current")) == 29
    assert studio.make() == set()
    assert studio.digests() == before


@row(31, "a note beside the records cut, or garbage")
def cut_notes(studio: Studio) -> None:
    before = studio.digests()
    for name in ("last/mix:c", "stat.sqlite", "placed.json", "seal"):
        path = studio.root / ".albumbuild" / name
        whole = path.read_bytes() if path.exists() else b"SQLite format 3" + bytes(5_000)
        for damage in DAMAGES:
            path.unlink(missing_ok=True)
            path.write_bytes(damage(whole))
            if name != "seal":
                studio.unseal()
            assert studio.make() == set()
    assert studio.digests() == before


def record_of(studio: Studio, step: str) -> Path:
    """Where the record of a step's last result stands."""
    key = Store(studio.root / ".albumbuild").last_key(step)
    assert key is not None
    return studio.root / ".albumbuild/actions" / key[:2] / key
