"""File times are believed only where they cannot lie."""

import os
import time

import pytest

from albumbuild.engine import sources as sources_module
from albumbuild.engine.sources import Ground, Sources, Unplanned, signature


@pytest.fixture
def hashed(monkeypatch):
    """The files that were read, by name."""
    names = []
    whole = sources_module.digest_of

    def digest_of(path, **settings):
        names.append(path.name)
        return whole(path, **settings)

    monkeypatch.setattr(sources_module, "digest_of", digest_of)
    return names


def later():
    return time.time_ns() + 10_000_000_000


@pytest.fixture
def kick(tmp_path):
    path = tmp_path / "kick.wav"
    path.write_text("boom")
    return path


def look(tmp_path, path, clock):
    sources = Sources(tmp_path / "stat.sqlite", clock=clock)
    digest = sources.digest(path)
    sources.keep()
    return digest


def test_a_quiet_file_is_hashed_once(tmp_path, kick, hashed):
    assert look(tmp_path, kick, later) == look(tmp_path, kick, later)
    assert hashed == ["kick.wav"]


def test_a_file_that_was_just_saved_is_hashed_again(tmp_path, kick, hashed):
    look(tmp_path, kick, time.time_ns)
    look(tmp_path, kick, time.time_ns)
    assert hashed == ["kick.wav", "kick.wav"]


def test_an_edit_that_keeps_size_and_time_is_seen(tmp_path, kick):
    before = look(tmp_path, kick, later)
    stat = kick.stat()
    time.sleep(0.02)
    kick.write_text("bang")
    os.utime(kick, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert look(tmp_path, kick, later) != before


def test_a_damaged_cache_is_begun_anew(tmp_path, kick, hashed):
    (tmp_path / "stat.sqlite").write_bytes(b"no database at all, whatever its name" * 100)
    for _ in range(2):
        look(tmp_path, kick, later)
    assert hashed == ["kick.wav"]


def test_what_happened_to_a_file_since_it_was_hashed_is_told(kick):
    sources = Sources(None, clock=later)
    digest, seen = sources.digest(kick), sources.seen(kick)
    assert sources.since(kick, digest, seen) == "none"
    os.utime(kick)
    assert sources.since(kick, digest, seen) == "saved"
    assert sources.since(kick, digest, sources.seen(kick)) == "none"
    kick.write_text("bang")
    assert sources.since(kick, digest, seen) == "changed"
    assert sources.digest(kick) != digest


def test_a_file_that_was_another_for_a_while_is_told_to_be_saved(kick):
    sources = Sources(None, clock=later)
    digest, seen = sources.digest(kick), sources.seen(kick)
    kick.write_text("bang")
    kick.write_text("boom")
    assert sources.since(kick, digest, seen) == "saved"


def test_a_file_that_is_gone_is_told_to_be_changed(kick):
    sources = Sources(None)
    digest, seen = sources.digest(kick), sources.seen(kick)
    kick.unlink()
    assert sources.since(kick, digest, seen) == "changed"


@pytest.mark.parametrize("fits", [True, False])
def test_a_file_that_was_saved_since_the_plan_was_made_must_fit_it(kick, fits):
    asked = []
    ground = Ground(looked={kick: signature(kick)}, fits=lambda path: asked.append(path) or fits)
    assert Sources(None, ground=ground).digest(kick)
    assert asked == []
    kick.write_text("bang!")
    sources = Sources(None, ground=ground)
    if fits:
        assert sources.digest(kick) == sources.digest(kick)
        assert asked == [kick]
    else:
        with pytest.raises(Unplanned):
            sources.digest(kick)
