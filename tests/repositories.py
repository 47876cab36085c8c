"""Albums in git repositories, heard by nobody's settings."""

import os
import subprocess
from pathlib import Path

from tests.studio import Studio

SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_DATE": "2026-11-20T12:00:00+00:00",
    "GIT_COMMITTER_DATE": "2026-11-20T12:00:00+00:00",
}


def git(folder: Path, *arguments: str) -> str:
    """A command of git, and what it said."""
    me = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    more = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *me, *more, *arguments],
        cwd=folder,
        env=os.environ | SETTINGS,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def begun(studio: Studio) -> Studio:
    """The album as the first commit of a repository of its own."""
    git(studio.root, "init", "--quiet")
    return within(studio)


def within(studio: Studio) -> Studio:
    """The album as a commit of the repository that it is in."""
    (studio.root / ".gitignore").write_text("build/\nevents.jsonl\n")
    commit(studio, "As it was")
    return studio


def commit(studio: Studio, subject: str) -> str:
    """All as it stands, committed; the id of the commit."""
    git(studio.root, "add", "--all")
    git(studio.root, "commit", "--quiet", f"--message={subject}")
    return git(studio.root, "rev-parse", "HEAD").strip()


def line_of(studio: Studio, text: str) -> int:
    """The line of the manifest that holds a text."""
    lines = (studio.root / "album.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
