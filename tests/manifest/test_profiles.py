"""The house's profiles: every value says where and when it was found."""

import re

import pytest

from albumbuild.manifest.profiles import house_profile, profile_names
from albumbuild.model.profile import Profile


def test_the_first_profiles_are_there():
    assert {"generic-safe", "spotify", "apple-music", "bandcamp"} <= set(profile_names())


@pytest.mark.parametrize("name", profile_names())
def test_every_value_has_evidence(name):
    profile = house_profile(name)
    set_values = {key for key in profile.__struct_fields__ if key not in ("kind", "evidence")}
    changed = {key for key in set_values if getattr(profile, key) != _default(key)}
    assert changed <= set(profile.evidence)
    for proof in profile.evidence.values():
        assert proof.source
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", proof.checked_on)


def _default(key):
    return getattr(Profile(), key)


def test_bandcamp_asks_for_no_loudness():
    assert house_profile("bandcamp").target_lufs is None
