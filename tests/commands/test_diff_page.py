"""`diff --html`: both states of what changed on one page, to look at and to listen to."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import begun
from tests.studio import Studio

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def album(studio: Studio) -> Studio:
    """The album of three songs, made and committed."""
    return begun(studio)


def value(text: str) -> dict[str, Any]:
    """The object that stands in a script."""
    return dict(json.loads(text[text.index("{") : text.rindex("}") + 1]))


def test_both_states_are_there_to_look_at_and_to_listen_to(album: Studio) -> None:
    album.edit("songs.a.stems.bass.gain_db", -2)
    said = album.run("diff", "--html")
    assert said.code == 0, said.err
    folder = album.root / "build/report/diff"
    assert f"the page is {folder / 'index.html'}" in said.err
    page = (folder / "index.html").read_text()
    assert "songs.a.stems.bass.gain_db</code> -3 → -2" in page
    data = value(re.search(r'id="album-data">(.*?)</script>', page, re.DOTALL)[1])
    first, second, _ = data["songs"]
    assert [sound["label"] for sound in first["sounds"]][:2] == ["mix, before", "cd, before"]
    assert "mix, after" in [sound["label"] for sound in first["sounds"]]
    assert next(sound["label"] for sound in second["sounds"]) == "mix"
    sounds = value((folder / "build.js").read_text())["sounds"]
    heard = value((folder / "listen.js").read_text())
    played = {sound["plays"] for song in data["songs"] for sound in song["sounds"]}
    assert played == set(sounds)
    assert sounds["before mix:a"] != sounds["after mix:a"]
    assert all((folder / heard[digest]["file"]).is_file() for digest in sounds.values())
    assert album.run("make").code == 0
    assert (folder / "index.html").read_text() == page


def test_a_page_may_go_elsewhere(album: Studio, tmp_path: Path) -> None:
    text = (album.root / "album.yaml").read_text()
    (album.root / "album.yaml").write_text(f"# a word\n{text}")
    said = album.run("diff", "--html", str(tmp_path / "page"))
    assert said.code == 0, said.err
    assert "No audible difference" in (tmp_path / "page/index.html").read_text()
    assert not (album.root / "build/report/diff").exists()
