"""Locks: shared by makes, alone for what removes, and never left behind."""

import time
from threading import Event

import pytest

from albumbuild.engine.action import Cancelled
from albumbuild.engine.lock import Busy, hold, refuse, share, single_flight
from tests.engine.fakes import Bench, hooks, in_thread, step


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "store" / "lock"


def test_makes_share_and_removal_is_refused_meanwhile(lock):
    with hold(lock, "shared", who="make"), hold(lock, "shared", who="make mix:a"):
        with pytest.raises(Busy) as caught, hold(lock, "exclusive", who="gc", busy=refuse):
            pass
        assert caught.value.who == "make mix:a"
        assert caught.value.since[:2] == "20"
    with hold(lock, "exclusive", who="gc", busy=refuse):
        pass


def test_removal_keeps_out_those_who_only_look(lock):
    with hold(lock, "exclusive", who="gc"):
        with pytest.raises(Busy) as caught, share(lock, busy=refuse):
            pass
        assert caught.value.who == "gc"
    with share(lock, busy=refuse), hold(lock, "shared", who="make", busy=refuse):
        pass


def test_who_waits_is_told_once_and_goes_on_when_it_can(lock):
    told, free = [], Event()

    def block():
        with hold(lock, "exclusive", who="gc"):
            free.wait(5)

    holder = in_thread(block)
    while not (lock.parent / "runs" / "lock.holder").exists():
        time.sleep(0.005)

    def busy(found):
        told.append(found.who)
        free.set()

    with hold(lock, "shared", who="make", busy=busy):
        assert told == ["gc"]
    holder.join()


def test_looking_leaves_no_trace(lock):
    with share(lock):
        pass
    assert not lock.parent.exists()


def test_a_wait_ends_when_the_build_is_interrupted(tmp_path):
    bench, cancelled = Bench(tmp_path), Event()
    cancelled.set()
    with hold(bench.store().lock, "exclusive", who="gc"):
        result = bench.make([step("mix:a")], cancelled=cancelled)
    assert result.status == "interrupted"
    assert not (tmp_path / ".albumbuild" / "VERSION").exists()


def test_a_build_holds_the_album_while_it_runs(tmp_path):
    bench, found = Bench(tmp_path), []

    def look(_):
        try:
            with hold(bench.store().lock, "exclusive", who="gc", busy=refuse):
                pass
        except Busy as busy:
            found.append(busy.who)

    hooks["mix:a"] = look
    bench.make([step("mix:a")], who="make cd")
    hooks.clear()
    assert found == ["make cd"]


def test_a_key_is_worked_on_by_one_alone(tmp_path):
    path, cancelled = tmp_path / "inflight" / "key", Event()
    with single_flight(path, cancelled):
        cancelled.set()
        with pytest.raises(Cancelled), single_flight(path, cancelled):
            pass
    assert not path.exists()
