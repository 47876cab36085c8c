"""Rows 32 to 34 and 39: steps that fail, and sources that are saved while a step reads them."""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from albumbuild.engine.action import Needs, Progress
from albumbuild.steps.ingest import Ingest
from tests.scenarios.edits import DOWN_FROM_A
from tests.scenarios.rows import ended, matching, ran, row
from tests.studio import Studio, ends, tune

DOWN_FROM_B = "mix:b premaster:b master:b@* sequence:cd sequence:[sv]* deliver:*"
LEFT_OF_C = "ingest:c/piano mix:c premaster:c master:c@*"
PATIENCE_S = 5


@row(32, "a step fails, no -k")
def failure_stops(broken: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The piano is not yet read when the kick has failed, and read to its end then."""
    failed = threading.Event()

    def meet(stem: str, work: Callable[[], None]) -> None:
        if stem == "c/piano":
            assert failed.wait(PATIENCE_S)
            time.sleep(0.1)
        try:
            work()
        finally:
            failed.set()

    around_ingests(monkeypatch, meet)
    before = broken.digests()
    statuses = broken.statuses("-j", "2", code=1)
    assert ended(statuses, "failed") == {"ingest:b/kick"}
    assert ran(statuses) == {"ingest:c/piano"}, "what ran finishes, and nothing begins"
    down = matching(f"{DOWN_FROM_B} {LEFT_OF_C}", statuses) - {"ingest:c/piano"}
    assert ended(statuses, "skipped") == down
    assert broken.digests() == before
    said = broken.run("make")
    assert said.code == 1
    assert "`stems/b-kick.wav` holds a sample that is not a number" in said.err
    assert "at 0.100 s" in said.err
    assert "album.yaml:" in said.err, "the line that names the file"
    assert "Traceback" not in said.err


@row(33, "a step fails, -k")
def failure_goes_on(broken: Studio) -> None:
    before = broken.digests()
    statuses = broken.statuses("-k", code=1)
    assert ended(statuses, "failed") == {"ingest:b/kick"}
    assert ended(statuses, "skipped") == matching(DOWN_FROM_B, statuses)
    assert ran(statuses) == matching(LEFT_OF_C, statuses)
    assert broken.digests() == before, "the old deliverables stay"


@row(34, "cause mended")
def cause_mended(broken: Studio) -> None:
    before = broken.digests()
    broken.statuses("-k", code=1)
    broken.stem("b-kick", tune(2.0, seed=51))
    statuses = broken.statuses()
    assert ran(statuses) == matching(f"ingest:b/kick {DOWN_FROM_B}", statuses)
    assert set(statuses.values()) == {"ran", "current"}, "what 33 finished is current"
    assert broken.make() == set()
    assert broken.digests().keys() == before.keys()


@row(39, "source saved while its step runs")
def saved_meanwhile(studio: Studio, fresh: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    saves = iter([41])
    each_read_is_followed_by(monkeypatch, studio, saves)
    another_kick(studio, 40)
    events = studio.events()
    log = [event for event in events if event["event"] == "log"]
    assert [event["id"] for event in log] == ["ingest:a/kick"]
    assert log[0]["message"] == "`a-kick.wav` changed while the step ran: it is done again"
    statuses = ends(events)
    assert ran(statuses) == matching(f"ingest:a/kick {DOWN_FROM_A}", statuses)
    assert studio.make() == set()
    monkeypatch.undo()
    another_kick(fresh, 41)
    fresh.make()
    assert studio.digests() == fresh.digests()
    another_kick(studio, 40)
    assert "ingest:a/kick" in studio.make(), "the void result was not kept"


@row(39, "source saved whenever its step runs")
def keeps_changing(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    before = studio.digests()
    reads = each_read_is_followed_by(monkeypatch, studio, count(41))
    another_kick(studio, 40)
    said = studio.run("make")
    assert said.code == 1
    assert "`a-kick.wav` keeps changing" in said.err
    assert len(reads) == 2, "it is tried again once"
    assert studio.digests() == before
    monkeypatch.undo()
    statuses = studio.statuses()
    assert ran(statuses) == matching(f"ingest:a/kick {DOWN_FROM_A}", statuses)
    assert studio.make() == set()


def another_kick(studio: Studio, seed: int) -> None:
    """One of many takes of A's kick."""
    studio.stem("a-kick", tune(2.0, seed=seed))


def each_read_is_followed_by(
    monkeypatch: pytest.MonkeyPatch, studio: Studio, seeds: Iterator[int]
) -> list[int]:
    """As soon as A's kick was read, another is saved while there are seeds; those are noted."""
    reads: list[int] = []

    def save(stem: str, work: Callable[[], None]) -> None:
        work()
        for seed in seeds if stem == "a/kick" else ():
            reads.append(seed)
            another_kick(studio, seed)
            break

    around_ingests(monkeypatch, save)
    return reads


def around_ingests(
    monkeypatch: pytest.MonkeyPatch, do: Callable[[str, Callable[[], None]], None]
) -> None:
    """Every ingest is handed to `do`, with its stem, to be done there."""
    run = Ingest.run

    def around(self: Ingest, needs: Needs, into: Path, progress: Progress) -> None:
        do(self.stem, lambda: run(self, needs, into, progress))

    monkeypatch.setattr(Ingest, "run", around)
