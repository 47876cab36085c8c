"""`log`: the revisions of an album, and what the store knows of them."""

import json
import re
import shutil
from typing import Any

import pytest

from tests.repositories import begun, commit, git, within
from tests.studio import Studio, tune
from tests.test_house import HEAVY, loaded

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def album(studio: Studio) -> Studio:
    """The album of three songs, made and committed, and its store without a note."""
    shutil.rmtree(studio.root / ".albumbuild/revisions", ignore_errors=True)
    return begun(studio)


def rows(studio: Studio, *flags: str) -> list[dict[str, Any]]:
    """The revisions as data."""
    said = studio.run("log", "--json", *flags)
    assert said.code == 0, said.err
    return list(json.loads(said.out))


def known(studio: Studio) -> dict[str, bool]:
    """Whether anything is known of each revision, by its subject."""
    return {row["subject"]: bool(row["sets"]) for row in rows(studio)}


def test_a_make_tells_of_the_revision_that_it_made(album: Studio) -> None:
    assert known(album) == {"As it was": False}
    album.make()
    (row,) = rows(album)
    assert row["revision"] == git(album.root, "rev-parse", "HEAD").strip()
    assert (row["author"], row["date"]) == ("Nobody", "2026-11-20T12:00:00+00:00")
    tracks = album.delivery("cd")["tracks"]
    cd = row["sets"]["cd"]
    assert cd["lufs_min"] == min(track["lufs"] for track in tracks)
    assert cd["lufs_max"] == max(track["lufs"] for track in tracks)
    assert cd["dbtp"] == max(track["dbtp"] for track in tracks)
    assert set(row["sets"]) == {"cd", "vinyl", "streaming"}


def test_what_was_made_before_it_was_committed_counts(album: Studio) -> None:
    album.edit("songs.a.stems.bass.gain_db", -2)
    album.make()
    assert known(album) == {"As it was": False}
    commit(album, "Bass up")
    assert known(album) == {"Bass up": True, "As it was": False}


def test_what_was_made_of_other_files_does_not(album: Studio) -> None:
    album.make()
    album.stem("c-piano", tune(4.0, seed=40, channels=2))
    commit(album, "Another take")
    assert known(album) == {"Another take": False, "As it was": True}
    album.edit("songs.a.stems.bass.gain_db", -2)
    album.make()
    assert known(album) == {"Another take": False, "As it was": True}


def test_a_diff_tells_of_both_its_revisions(album: Studio) -> None:
    album.edit("songs.a.stems.bass.gain_db", -2)
    commit(album, "Bass up")
    album.edit("songs.a.stems.bass.gain_db", -1)
    commit(album, "Bass up again")
    album.run("diff", "HEAD~2", "HEAD~1")
    assert known(album) == {"Bass up again": False, "Bass up": True, "As it was": True}


def test_parts_add_up(album: Studio) -> None:
    album.make("cd")
    assert set(rows(album)[0]["sets"]) == {"cd"}
    album.make("vinyl")
    assert set(rows(album)[0]["sets"]) == {"cd", "vinyl"}


def test_commits_that_leave_the_album_alone_are_left_out(studio: Studio, tmp_path: Any) -> None:
    top = tmp_path / "records"
    inner = studio.copied_to(top / "first")
    git(tmp_path, "init", "--quiet", str(top))
    within(inner)
    (top / "notes.txt").write_text("call the plant")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=Notes")
    inner.make()
    assert known(inner) == {"As it was": True}


def test_it_is_a_list(album: Studio) -> None:
    album.edit("songs.a.stems.bass.gain_db", -2)
    commit(album, "Bass \x1b[31mup")
    album.make()
    lines = album.run("log").out.splitlines()
    assert re.fullmatch(r"[0-9a-f]{10}  2026-11-20  Nobody  Bass .\[31mup", lines[0])
    assert re.fullmatch(r"    cd +-16\.\d … -16\.0 LUFS +-1\.0 dBTP +0:1\d", lines[1])
    assert lines[-1] == "    -"
    assert len(album.run("log", "-n", "1").out.splitlines()) == 4
    assert album.run("log", "-n", "0").code == 2


def test_it_loads_nothing_heavy(album: Studio) -> None:
    album.make()
    assert loaded("-C", str(album.root), "log") & HEAVY == set()


def test_where_there_are_none(made: Studio, empty: Any) -> None:
    assert "error[no-repository]" in made.run("log").err
    studio: Studio = empty({})
    git(studio.root, "init", "--quiet")
    said = studio.run("log")
    assert said.code == 2
    assert "there is no revision `HEAD` yet" in said.err
    (studio.root / "album.yaml").unlink()
    assert "error[no-album]" in studio.run("log").err


def test_clearing_the_store_forgets_them(album: Studio) -> None:
    album.make()
    album.run("cache", "clear")
    assert known(album) == {"As it was": False}
