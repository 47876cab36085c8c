"""An album checks itself: exit 3 with a table where something does not hold."""

import json
from typing import Any

import pytest

from tests.studio import Studio


def check(studio: Studio, *checks: dict[str, str]) -> Any:
    """What `make` says of these checks."""
    studio.edit("checks", list(checks))
    return studio.run("make")


def test_checks_that_hold_are_counted_and_run_nothing(studio: Studio) -> None:
    said = check(
        studio,
        {"song": "*", "true_peak_dbtp": "<= -0.95", "integrated_lufs": ">= -16.05"},
        {"master": "b@streaming", "integrated_lufs": "> -15.05", "clipped_runs": "== 0"},
        {"deliverable": "cd", "duration": "<= 0:14.71", "correlation": "> 0"},
        {"deliverable": "cd", "duration": ">= 14.69", "loudness_spread_lu": "<= 0.1"},
    )
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("album is up to date")
    assert studio.run("make").out.startswith("album is up to date")


def test_what_does_not_hold_is_told_at_every_make(studio: Studio) -> None:
    checks = [
        {"song": "[ab]", "integrated_lufs": "<= -20"},
        {"deliverable": "vinyl", "duration": "<= 0:10", "true_peak_dbtp": "<= 0"},
    ]
    for _ in range(2):
        said = check(studio, *checks)
        assert said.code == 3
        _, counted, *rows = said.out.splitlines()
        assert counted == "checks: 3 of 4 do not hold"
        assert [row.split("album.yaml")[0].split() for row in rows] == [
            ["song", "a", "on", "cd", "integrated_lufs", "-16.00", "<=", "-20"],
            ["song", "b", "on", "cd", "integrated_lufs", "-16.00", "<=", "-20"],
            ["deliverable", "vinyl", "duration", "0:14.20", "<=", "0:10.00"],
        ]
        assert all(":" in row.split()[-1] and "album.yaml:" in row for row in rows)


def test_a_check_waits_for_its_deliverable(studio: Studio) -> None:
    studio.edit("checks", [{"deliverable": "cd", "duration": "<= 1"}])
    assert studio.run("make", "streaming").code == 0
    assert studio.run("make", "cd").code == 3


def test_broken_checks_are_in_the_summary_for_programs(studio: Studio) -> None:
    studio.edit("checks", [{"deliverable": "cd", "lra_lu": "> 99"}])
    said = studio.run("make", "--json")
    (broken,) = json.loads(said.out)["broken_checks"]
    assert (said.code, broken["subject"], broken["asked"]) == (3, "deliverable cd", "> 99")
    assert broken["measured"] < 99


def test_without_masters_a_song_is_judged_by_its_mix(studio: Studio) -> None:
    mixes = {"mixes": studio.album["deliverables"]["mixes"]}
    studio.edit("deliverables", mixes)
    assert check(studio, {"song": "*", "sample_peak_dbfs": "< 12"}).code == 0
    assert check(studio, {"song": "c", "sample_peak_dbfs": "< -90"}).code == 3


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ({"song": "tied", "duration": "<= 9"}, "check-about-nothing"),
        ({"deliverable": "mixes", "duration": "<= 9"}, "check-about-nothing"),
        ({"master": "a@mixes", "duration": "<= 9"}, "check-about-nothing"),
        ({"song": "a", "loudness_spread_lu": "<= 9"}, "check-of-one"),
        ({"song": "a"}, "check-of-nothing"),
    ],
)
def test_checks_that_cannot_be_answered_are_mistakes(
    studio: Studio, asked: dict[str, str], slug: str
) -> None:
    said = check(studio, asked)
    assert said.code == 2
    assert f"error[{slug}]" in said.err
    assert "album.yaml:" in said.err


def warnings(studio: Studio) -> str:
    """What `make` warns of."""
    said = studio.run("make")
    assert said.code == 0
    return said.err


def test_a_song_louder_than_its_neighbours_is_told(studio: Studio) -> None:
    studio.edit("songs.b.master", {"loudness_offset_lu": 3.8})
    assert "song-stands-out" not in warnings(studio)
    studio.edit("songs.b.master", {"loudness_offset_lu": 4.2})
    said = warnings(studio)
    assert "warning[song-stands-out]: `b` is 4.2 LU louder than the songs beside it" in said
    assert "so it is in `cd`, `vinyl`, `streaming`" in said
    assert "album.yaml:" in said
    assert said.count("song-stands-out") == 1


def test_a_song_of_another_tone_is_told(studio: Studio) -> None:
    assert "tone-stands-out" not in warnings(studio)
    dull = [{"eq": [{"type": "lowpass", "freq_hz": 700, "slope_db": 24}]}]
    studio.edit("songs.c.master", {"inserts": dull})
    said = warnings(studio)
    assert "warning[tone-stands-out]: the tone of `c` is far from that of the album" in said
    assert "dB less about 8000 Hz than the median of the songs" in said
