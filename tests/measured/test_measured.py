"""Every promise that a device makes holds as a user would measure it."""

import pytest

from tests.measured.rows import ROWS, Row


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.worst.__name__)
def test_a_promise_holds(row: Row, rate_hz: int) -> None:
    assert row.worst(rate_hz) <= row.limit
