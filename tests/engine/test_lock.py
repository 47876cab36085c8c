"""Locks: shared by makes, alone for what removes, and never left behind."""

from threading import Event

import pytest

from albumbuild.engine.action import Cancelled
from albumbuild.engine.lock import Busy, hold, single_flight


def test_makes_share_and_removal_waits_its_turn(tmp_path):
    path = tmp_path / "lock"
    with hold(path, "shared", who="make"), hold(path, "shared", who="make mix:a"):
        with pytest.raises(Busy) as caught, hold(path, "exclusive", who="gc", wait=False):
            pass
        assert caught.value.who == "make mix:a"
    with hold(path, "exclusive", who="gc", wait=False):
        pass


def test_a_key_is_worked_on_by_one_alone(tmp_path):
    path, cancelled = tmp_path / "inflight" / "key", Event()
    with single_flight(path, cancelled):
        cancelled.set()
        with pytest.raises(Cancelled), single_flight(path, cancelled):
            pass
    assert not path.exists()
