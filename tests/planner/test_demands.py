"""What profiles demand: covers, rates, silence and peaks, each with its source and its line."""

from typing import Any

import numpy as np
import pytest

from tests.pictures import jpeg
from tests.signals import sine
from tests.studio import Studio

RATE_HZ = 44_100
OWN = {
    "kind": "distributor",
    "max_silence_s": {"value": 1, "source": "rules.example", "confidence": "read"},
    "ceiling_dbtp": {"value": -2, "source": "rules.example", "confidence": "read"},
}


@pytest.fixture
def studio(empty: Any) -> Studio:
    """Two songs of a tone; the second begins and ends with silence."""
    made: Studio = empty(
        {
            "profiles": {"own": OWN},
            "songs": {
                name: {"stems": {"x": {"file": f"stems/{name}.wav"}}} for name in ("one", "two")
            },
            "sequence": ["one", {"song": "two", "gap_s": 0.5}],
            "deliverables": {"files": {"type": "streaming", "format": "wav", "profile": "own"}},
        }
    )
    tone = sine(440, rate_hz=RATE_HZ, frames=2 * RATE_HZ, channels=2, peak=0.3)
    made.stem("one", tone, rate_hz=RATE_HZ)
    made.stem("two", tone, rate_hz=RATE_HZ)
    return made


def test_rules_that_hold_are_counted_with_the_checks(studio: Studio) -> None:
    said = studio.run("make")
    assert said.code == 0, said.err
    assert "checks: all 6 hold" in said.out + said.err


def test_silence_counts_with_the_gap_that_belongs_to_the_file(studio: Studio) -> None:
    studio.edit("sequence.1.gap_s", 1.5)
    said = studio.run("make")
    assert said.code == 3
    text = said.out + said.err
    assert "checks: 1 of 6 does not hold" in text
    assert "master one@files  tail_silence_s  1.50  <= 1" in text
    assert "`max_silence_s` of `own` (rules.example)" in text


def test_a_ceiling_above_that_of_the_profile_breaks_its_rule(studio: Studio) -> None:
    studio.edit("deliverables.files.loudness", {"target_lufs": -1, "ceiling_dbtp": -0.5})
    said = studio.run("make")
    assert said.code == 3
    assert "`ceiling_dbtp` of `own`" in said.out + said.err


@pytest.mark.parametrize(
    ("width", "height", "word"), [(300, 300, "640 pixels a side or more"), (800, 700, "a square")]
)
def test_a_cover_that_the_service_does_not_take(
    studio: Studio, width: int, height: int, word: str
) -> None:
    (studio.root / "cover.jpg").write_bytes(jpeg(width, height))
    studio.edit("cover", "cover.jpg")
    studio.edit("deliverables.files.profile", "spotify")
    said = studio.run("check")
    assert said.code == 2
    assert "error[against-profile]" in said.err
    assert word in said.err
    assert "providersupport.spotify.com" in said.err
    assert f"{width} × {height}" in said.err


def test_a_rate_below_the_least(studio: Studio) -> None:
    low = np.zeros((22_050, 2)) + 0.1
    for name in ("one", "two"):
        studio.stem(name, low, rate_hz=22_050)
    studio.edit("deliverables.files.profile", "spotify")
    said = studio.run("check")
    assert said.code == 2
    assert "`min_rate_hz` of `spotify`" in said.err
