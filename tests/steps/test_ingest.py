"""Stems that cannot be sound are refused by name, time and level."""

from typing import Any

import numpy as np
import pytest

from tests.studio import plain_song


@pytest.mark.parametrize(
    ("value", "code", "told"),
    [
        (12_345.0, 1, "`stems/bad.wav` holds a sample of +81.8 dBFS"),
        (-5e8, 1, "`stems/bad.wav` holds a sample of +174.0 dBFS"),
        (1e30, 1, "`stems/bad.wav` holds a sample of +600.0 dBFS"),
        (9_999.0, 0, ""),
    ],
)
def test_a_sample_beyond_all_levels_is_named(
    empty: Any, value: float, code: int, told: str
) -> None:
    studio = empty({"songs": {"s": plain_song("good", "bad")}})
    studio.stem("good", np.full((44_100, 2), 0.1))
    block = np.full((180_000, 2), 0.1)
    block[132_300, 1] = value
    block[150_000:] *= value
    studio.stem("bad", block)
    said = studio.run("make", "ingest:s/bad")
    assert said.code == code, said.err
    assert told in said.err
    assert ("at 3.000 s" in said.err) == (code == 1)
