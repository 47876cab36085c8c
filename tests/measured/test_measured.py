"""Every promise that a device makes holds as a user would measure it."""

import pytest

from tests.measured.rows import ROWS, Row

LONG = {"eq"}
"""Sweeps that take long: here at one rate, in the manual's table at three."""

SWEEPS = [
    pytest.param(row, rate_hz, id=f"{row.worst.__name__}-{rate_hz}")
    for row in ROWS
    for rate_hz in (44_100, 96_000)
    if rate_hz == 44_100 or row.worst.__name__ not in LONG
]


@pytest.mark.parametrize(("row", "rate_hz"), SWEEPS)
def test_a_promise_holds(row: Row, rate_hz: int) -> None:
    assert row.worst(rate_hz) <= row.limit
