"""Rows 40 to 42: two at one album, and what gc leaves them."""

import shutil
from pathlib import Path

from albumbuild.engine.lock import hold
from tests.processes import Running
from tests.scenarios.rows import matching, row
from tests.studio import Studio

DOWN_FROM_PAD = "mix:b premaster:b master:b@* sequence:cd sequence:[sv]* deliver:*"


@row(40, "two makes at once")
def two_makes(fresh: Studio, made: Studio, tmp_path: Path) -> None:
    with (
        Running(fresh, tmp_path / "first", "make") as first,
        Running(fresh, tmp_path / "second", "make") as second,
    ):
        for running in (first, second):
            assert running.end().code == 0, running.err.read_text()
    ends = (first.statuses(), second.statuses())
    assert first.ran() | second.ran() == ends[0].keys() == ends[1].keys()
    assert not first.ran() & second.ran(), "each key once in total"
    for each in ends:
        assert set(each.values()) <= {"ran", "restored", "current"}
    assert fresh.digests() == made.digests()
    assert fresh.make() == set()


@row(41, "make while gc runs")
def make_while_gc(studio: Studio, tmp_path: Path) -> None:
    studio.edit("songs.b.stems.pad.pan", 20)
    with hold(studio.root / ".albumbuild/lock", "exclusive", who="cache gc"):
        said = studio.run("make", "--no-wait")
        assert said.code == 5
        assert "error[locked]: the album is locked by cache gc since 20" in said.err
        waiting = Running(studio, tmp_path / "make", "make")
        waiting.wait(lambda: "waiting: the album is locked by cache gc" in waiting.err.read_text())
        assert waiting.statuses() == {}
    with waiting:
        assert waiting.end().code == 0
    assert waiting.ran() == matching(DOWN_FROM_PAD, waiting.statuses())
    assert studio.make() == set()


@row(41, "gc while make runs")
def gc_while_make(long: Studio, midway: Running, tmp_path: Path) -> None:
    said = long.run("cache", "gc", "--no-wait")
    assert said.code == 5
    assert "error[locked]: the album is locked by make since 20" in said.err
    command = ("cache", "gc", "--max-size", "0")
    with Running(long, tmp_path / "gc", *command, events=False) as gc:
        gc.wait(lambda: "waiting: the album is locked by make" in gc.err.read_text())
        assert gc.out.read_text() == ""
        assert midway.end().code == 0
        assert gc.end().code == 0
    long.unseal()
    assert set(long.statuses().values()) == {"current"}


@row(41, "make and gc begin together", slow=True)
def make_and_gc(studio: Studio, tmp_path: Path) -> None:
    for pan in (20, 30, 40):
        studio.edit("songs.b.stems.pad.pan", pan)
        command = ("cache", "gc", "--max-size", "0")
        with (
            Running(studio, tmp_path / f"gc-{pan}", *command, events=False) as gc,
            Running(studio, tmp_path / f"make-{pan}", "make") as make,
        ):
            assert gc.end().code == 0, gc.err.read_text()
            assert make.end().code == 0, make.err.read_text()
        assert make.ran() == matching(DOWN_FROM_PAD, make.statuses())
        studio.unseal()
        assert set(studio.statuses().values()) == {"current"}


@row(42, "gc under a cap, then make")
def gc_then_make(studio: Studio) -> None:
    for gain_db in (-2, -3):
        studio.edit("songs.a.stems.kick.gain_db", gain_db)
        studio.make()
    before = studio.digests()
    sizes = [store_bytes(studio)]
    for cap in ("90M", "60M", "0"):
        assert studio.run("cache", "gc", "--max-size", cap).code == 0
        sizes.append(store_bytes(studio))
        studio.unseal()
        assert set(studio.statuses().values()) == {"current"}
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 4, "each cap took something out"
    shutil.rmtree(studio.root / "build")
    assert set(studio.statuses().values()) == {"current"}, "deliverables are among what is needed"
    assert studio.digests() == before


def store_bytes(studio: Studio) -> int:
    """What the results in the store take."""
    blobs = (studio.root / ".albumbuild/cas").glob("*/*")
    return sum(path.stat().st_size for path in blobs)
