"""Losses, edits by hand, failures and interrupts: what is kept, and what comes back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albumbuild.engine.store import Store
from albumbuild.steps.stream import AUDIO
from tests.studio import Studio, tune

DOWN_FROM_B = {
    *("mix:b", "premaster:b", "master:b@cd", "master:b@streaming", "master:b@vinyl"),
    *("sequence:cd", "sequence:streaming", "sequence:vinyl"),
    *("deliver:cd", "deliver:streaming", "deliver:vinyl", "deliver:mixes"),
}


def unseal(studio: Studio) -> None:
    """Make the next `make` look at everything."""
    (studio.root / ".albumbuild/seal").unlink(missing_ok=True)


def blob_of(studio: Studio, step: str) -> Path:
    """Where the store keeps the sound of a step."""
    store = Store(studio.root / ".albumbuild")
    record = store.last(step)
    assert record is not None
    return store.blob_path(record.outputs[AUDIO])


def test_a_deliverable_that_was_deleted_is_copied_back(studio: Studio) -> None:
    before = studio.digests()
    shutil.rmtree(studio.root / "build/cd")
    (studio.root / "build/streaming/01 - Tide.flac").unlink()
    assert studio.make() == set()
    assert studio.digests() == before


def test_a_deliverable_that_was_edited_is_kept_until_it_is_forced(studio: Studio) -> None:
    before = studio.digests()
    edited = studio.root / "build/streaming/01 - Tide.flac"
    edited.write_bytes(b"mine")
    said = studio.run("make")
    assert said.code == 1
    assert "01 - Tide.flac" in said.err
    assert "--force" in said.err
    assert edited.read_bytes() == b"mine"
    assert studio.make("--force", "streaming", code=0) == {"deliver:streaming"}
    kept = studio.root / "build/streaming.edited-1/01 - Tide.flac"
    assert kept.read_bytes() == b"mine"
    kept.unlink()
    assert studio.digests() == before


def test_an_edited_file_does_not_keep_the_others_from_being_made(studio: Studio) -> None:
    (studio.root / "build/vinyl/timing.txt").write_text("mine")
    studio.edit("songs.a.title", "Ebb")
    studio.make(code=1)
    assert (studio.root / "build/vinyl/timing.txt").read_text() == "mine"
    assert (studio.root / "build/streaming/01 - Ebb.flac").is_file()
    assert "Ebb" in (studio.root / "build/cd/cd.cue").read_text()


def test_a_mix_that_nothing_needs_is_not_made_again(studio: Studio) -> None:
    blob_of(studio, "mix:a").unlink()
    shutil.rmtree(studio.root / "build/mixes")
    studio.edit("deliverables.mixes", None)
    assert studio.make() == set()
    studio.edit("songs.a.master", {"inserts": [{"gain": {"level_db": -1}}]})
    ran = studio.make()
    assert {"mix:a", "premaster:a", "deliver:cd"} <= ran
    assert not {"bus:a/fx", "mix:b", "premaster:b"} & ran


def test_a_flipped_bit_is_found_named_and_made_good(studio: Studio) -> None:
    before = studio.digests()
    blob = blob_of(studio, "mix:b")
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.unlink()  # the album that it was copied from keeps its own
    blob.write_bytes(data)
    studio.edit("songs.b.master", {"inserts": [{"gain": {"level_db": -1}}]})
    statuses = studio.statuses()
    assert statuses["mix:b"] == "ran"
    assert "ran" not in {statuses[step] for step in ("mix:a", "mix:c", "bus:a/fx")}
    quarantine = studio.root / ".albumbuild/quarantine"
    assert [path.name for path in quarantine.iterdir()] == [blob.name]
    studio.edit("songs.b.master", None)
    assert studio.make() == set()
    assert studio.digests() == before


def test_a_cut_record_costs_its_step_at_most(studio: Studio) -> None:
    store = Store(studio.root / ".albumbuild")
    key = store.last_key("mix:c")
    assert key is not None
    record = studio.root / ".albumbuild/actions" / key[:2] / key
    data = record.read_bytes()
    record.unlink()
    record.write_bytes(data[: len(data) // 2])
    unseal(studio)
    assert studio.make() == {"mix:c"}


@pytest.fixture
def broken(studio: Studio) -> Studio:
    """The album with a sample in a stem of B that is not a number."""
    bad = tune(2.0, seed=4)
    bad[4410] = np.nan
    studio.stem("b-kick", bad)
    studio.stem("c-piano", tune(4.0, seed=50, channels=2))
    return studio


def test_a_failure_is_named_and_stops_what_hears_it(broken: Studio) -> None:
    before = broken.digests()
    said = broken.run("make")
    assert said.code == 1
    assert "`stems/b-kick.wav` holds a sample that is not a number" in said.err
    assert "at 0.100 s" in said.err
    assert "album.yaml:" in said.err, "the line that names the file"
    assert "Traceback" not in said.err
    assert broken.digests() == before


def test_keep_going_makes_all_that_does_not_need_it(broken: Studio) -> None:
    before = broken.digests()
    statuses = broken.statuses("-k", code=1)
    assert statuses["ingest:b/kick"] == "failed"
    skipped = {step for step, status in statuses.items() if status == "skipped"}
    assert skipped == DOWN_FROM_B
    assert {"ingest:c/piano", "mix:c", "premaster:c", "master:c@cd"} <= {
        step for step, status in statuses.items() if status == "ran"
    }
    assert broken.digests() == before, "the old deliverables stay"
    broken.stem("b-kick", tune(2.0, seed=51))
    statuses = broken.statuses()
    ran = {step for step, status in statuses.items() if status == "ran"}
    assert ran == {"ingest:b/kick"} | DOWN_FROM_B


def test_a_failure_is_not_remembered(broken: Studio) -> None:
    assert broken.run("make").code == 1
    assert broken.run("make").code == 1
    assert broken.make("mix:a") == set()


@pytest.fixture
def started(studio: Studio) -> Iterator[subprocess.Popen[bytes]]:
    """A `make` from nothing, in a process of its own, that has begun to run steps."""
    shutil.rmtree(studio.root / ".albumbuild")
    shutil.rmtree(studio.root / "build")
    studio.stem("a-kick", tune(60.0, seed=0))
    studio.edit("songs.a.mix.end", 60)
    events = studio.root / "events.jsonl"
    events.unlink(missing_ok=True)
    command = [sys.executable, "-m", "albumbuild", "-C", str(studio.root), "make", "-j", "1"]
    process = subprocess.Popen(
        [*command, "--events", str(events)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 20
    while not (events.exists() and b"mix:a" in events.read_bytes()):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_stops_soon_and_loses_nothing(
    studio: Studio, started: subprocess.Popen[bytes], number: int, code: int
) -> None:
    os.kill(started.pid, number)
    began = time.monotonic()
    _, err = started.communicate(timeout=20)
    assert time.monotonic() - began < 4
    assert started.returncode == code
    assert b"Traceback" not in err
    assert b"what was finished is kept" in err
    lines = (studio.root / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert events[-1]["event"] == "build_finished"
    assert events[-1]["status"] == "interrupted"
    ended = {e["id"] for e in events if e.get("status") == "ran"}
    assert "ingest:a/kick" in ended
    assert not list((studio.root / ".albumbuild/tmp").glob("*"))
    assert not ended & studio.make("mix:a")
