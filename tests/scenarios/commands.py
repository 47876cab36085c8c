"""Rows 43 to 47: a target, a dry run, mistakes, branches of git, and a watch."""

import os
import re
import shutil
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Watch
from tests.scenarios.edits import DOWN_FROM_A, another_take
from tests.scenarios.rows import ended, matching, ran, row, seen
from tests.studio import Studio, plain_song, tune

MISTAKES: list[tuple[str, str, Any, str]] = [
    ("a cycle of buses", "songs.a.buses.fx.bus", "fx", "bus-circle"),
    ("unknown stem", "songs.a.stems.kick.file", "stems/nobody.wav", "missing-file"),
    (
        "two outputs of one path",
        "deliverables.streaming.names",
        "{album}",
        "two-outputs-of-one-path",
    ),
    ("names that differ by case only", "songs.B", plain_song("b-kick"), "names-alike"),
    (
        "a file's name in another case",
        "songs.a.stems.kick.file",
        "stems/A-kick.wav",
        "missing-file",
    ),
]


@row(43, "`make mix:A`")
def mix_alone(studio: Studio) -> None:
    studio.stem("a-kick", tune(2.0, seed=41))
    studio.stem("b-kick", tune(2.0, seed=42))
    before = studio.digests()
    statuses = studio.statuses("mix:a")
    assert statuses.keys() == matching("ingest:a/* bus:a/fx mix:a", statuses)
    assert ran(statuses) == {"ingest:a/kick", "mix:a"}
    assert studio.digests() == before
    assert studio.make("mix:a") == set()
    assert studio.make("mix:*") == {"ingest:b/kick", "mix:b"}
    assert studio.digests() == before


@row(44, "`make -n` after 4")
def dry_run(studio: Studio) -> None:
    studio.make()
    another_take(studio)
    before = seen(studio)
    said = studio.run("make", "-n")
    listed = {line.split()[1]: line.split()[0] for line in said.out.splitlines()}
    assert listed.pop("report") == "maybe"
    assert said.code == 0
    assert seen(studio) == before
    assert set(listed.values()) == {"certain", "maybe"}
    assert listed["ingest:a/kick"] == "certain"
    statuses = studio.statuses()
    assert listed.keys() == ran(statuses) == matching(f"ingest:a/kick {DOWN_FROM_A}", statuses)


def mistake(
    path: str,
    value: Any,
    slug: str,
    *,
    studio: Studio,
    fresh: Studio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Told in its place before a file is hashed, whether or not the album was built before."""
    before = studio.digests()
    monkeypatch.setattr("albumbuild.engine.sources.digest_of", lambda *_, **__: pytest.fail())
    for album in (studio, fresh):
        album.edit(path, value)
        said = album.run("make")
        assert said.code == 2
        assert {found for found, _ in errors(said.err)} == {slug}
        places = [place for _, place in errors(said.err)]
        assert all(re.fullmatch(r"album.yaml:\d+:\d+", place) for place in places)
    assert studio.digests() == before
    assert not (fresh.root / ".albumbuild").exists()
    assert not (fresh.root / "build").exists()


for given, path, value, slug in MISTAKES:
    row(45, given)(partial(mistake, path, value, slug))


def errors(text: str) -> list[tuple[str, str]]:
    """The slug and the place of each error that was printed."""
    return re.findall(r"^error\[([a-z-]+)\].*\n *--> ([^\n]+)$", text, flags=re.MULTILINE)


@row(46, "git checkout of a branch and back")
def branch_and_back(studio: Studio) -> None:
    git(studio, "init", "--quiet", "--initial-branch=main")
    git(studio, "add", "album.yaml", "stems")
    git(studio, "commit", "--quiet", "--message=As it was")
    studio.make()
    before = studio.digests()
    git(studio, "checkout", "--quiet", "-b", "louder")
    assert studio.make() == set()
    studio.edit("songs.b.stems.pad.gain_db", 2)
    git(studio, "commit", "--quiet", "--all", "--message=The pad comes up")
    heard = studio.make()
    there = studio.digests()
    assert "mix:b" in heard
    git(studio, "checkout", "--quiet", "main")
    statuses = studio.statuses()
    assert ended(statuses, "restored") == heard
    assert set(statuses.values()) == {"restored", "current"}
    assert studio.digests() == before
    git(studio, "checkout", "--quiet", "louder")
    assert studio.make() == set()
    assert studio.digests() == there
    assert studio.make() == set()


def git(studio: Studio, *arguments: str) -> None:
    """A command of git, heard by nobody's settings."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    me = {"NAME": "Nobody", "EMAIL": "nobody@example.org"}
    who = {
        f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in me.items()
    }
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(
        ["git", *arguments], cwd=studio.root, env=os.environ | who | settings, check=True
    )


@row(47, "watch: five saves in 200 ms; a failing state", slow=True)
def watch(studio: Studio, tmp_path: Path) -> None:
    with Watch(studio, tmp_path / "watch") as watching:
        watching.wait_for(1)
        for number in range(5):
            studio.edit("songs.a.title", f"Tide {number}")
            time.sleep(0.04)
        watching.wait_for(2)
        assert (studio.root / "build/streaming/01 - Tide 4.flac").is_file()
        studio.edit("songs.a.stems.kick.bus", "nowhere")
        watching.wait_for(3)
        assert "error[unknown-bus]" in watching.err.read_text()
        time.sleep(1.0)
        assert watching.builds() == 3, "it waits"
        studio.edit("songs.a.stems.kick.bus", None)
        watching.wait_for(4)
        time.sleep(1.0)
        assert watching.builds() == 4, "what it writes itself is no save"
        assert watching.out.read_text().rstrip().endswith("s)"), "up to date again"
