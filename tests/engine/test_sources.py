"""File times are believed only where they cannot lie."""

import os
import time

import pytest

from albumbuild.engine import sources as sources_module
from albumbuild.engine.sources import Sources


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


def test_a_touched_file_is_confirmed_and_a_changed_one_is_not(kick):
    sources = Sources(None, clock=later)
    digest = sources.digest(kick)
    os.utime(kick)
    assert sources.confirm(kick, digest)
    kick.write_text("bang")
    assert not sources.confirm(kick, digest)
    assert sources.digest(kick) != digest


def test_a_file_that_is_gone_is_not_confirmed(kick):
    sources = Sources(None)
    digest = sources.digest(kick)
    kick.unlink()
    assert not sources.confirm(kick, digest)
