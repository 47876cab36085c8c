"""What a CD may not be, one row a rule."""

import pytest

from albumbuild.formats.redbook import disc_problems, is_isrc, upc_check_digit
from tests.formats.discs import disc, ebb, flow, slack


def slugs(made, **settings):
    found = [each.problem for each in disc_problems(made, **settings)]
    return [each.slug for each in found if not each.slug.startswith("cd-text")]


def test_a_good_disc_has_no_problem():
    assert slugs(disc()) == []


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"tracks": ()}, "cd-track-count"),
        ({"tracks": tuple(slack(number=n) for n in range(100))}, "cd-track-count"),
        ({"tracks": (ebb(), flow(number=4), slack())}, "cd-track-number"),
        ({"tracks": (ebb(pregap_sector=None), flow(), slack())}, "cd-first-pause"),
        ({"tracks": (ebb(start_sector=149), flow(), slack())}, "cd-first-pause"),
        ({"tracks": (ebb(), flow(index_sectors=(1125, 1125)), slack())}, "cd-index-order"),
        ({"tracks": (ebb(), flow(pregap_sector=825), slack())}, "cd-index-order"),
        ({"tracks": (ebb(), flow(), slack(index_sectors=(2250,)))}, "cd-index-order"),
        ({"sectors": 1949}, "cd-short-track"),
        ({"tracks": (ebb(start_sector=500), flow(), slack())}, "cd-short-track-before-gap"),
        ({"sectors": 360_000}, "cd-too-long"),
        ({"sectors": 350_000}, "cd-long"),
        ({"upc": "0123456789013"}, "cd-upc"),
        ({"upc": "12345"}, "cd-upc"),
        ({"upc": "01234567890x2"}, "cd-upc"),
        ({"tracks": (ebb(isrc="GB1234567890"), flow(isrc="G1AYE2600001"), slack())}, "cd-isrc"),
        ({"tracks": (ebb(), flow(isrc="GBAYE2600001"), slack())}, "cd-isrc-repeated"),
        ({"master_id": ""}, "cd-master-id"),
        ({"master_id": "x" * 49}, "cd-master-id"),
        ({"master_id": "Прилив"}, "cd-master-id"),
    ],
)
def test_a_rule_that_is_broken_is_named(changes, slug):
    assert slugs(disc(**changes)) == [slug]


def test_a_track_of_100_indexes_has_too_many():
    points = tuple(range(1125, 1125 + 99))
    assert slugs(disc(tracks=(ebb(), flow(index_sectors=points), slack()))) == ["cd-index-count"]


def test_a_plant_may_take_longer_discs():
    assert slugs(disc(sectors=360_000), max_sectors=362_000) == ["cd-long"]


def test_problems_name_the_track_and_texts_are_checked_too():
    found = [each.problem for each in disc_problems(disc(sectors=1800))]
    assert "track 3 (`Slack – Water`) lasts 2.00 s" in found[0].what
    assert found[-1].slug == "cd-text-transliterated"
    assert len(disc_problems(disc(), cd_text=False)) == 0


def test_check_digits_and_codes():
    assert upc_check_digit("400638133393") == 1
    assert [is_isrc(code) for code in ("QM-ABC-26-00001", "QMABC2600001", "qmabc2600001")] == [
        True, True, False,
    ]  # fmt: skip


def test_pre_emphasis_wants_a_pause_to_change_in():
    tracks = (ebb(), flow(pre_emphasis=True), slack())
    found = [each.problem for each in disc_problems(disc(tracks=tracks))]
    changes = [each.what for each in found if each.slug == "cd-emphasis-change"]
    assert changes == [
        "pre-emphasis changes with track 2 (`Flow`) after a pause of 1.00 s",
        "pre-emphasis changes with track 3 (`Slack – Water`) after a pause of 0.00 s",
    ]
