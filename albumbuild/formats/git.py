"""What git knows of a folder: its revision, and which files differ from it."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec


class Revision(msgspec.Struct, frozen=True):
    """A commit, and whether the files in question are as it has them; None outside git."""

    revision: str | None = None
    clean: bool | None = None


def revision_of(root: Path, files: Iterable[Path]) -> Revision:
    """The commit that `root` is at, `clean` when none of `files` differs from it."""
    revision = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if revision is None:
        return Revision()
    top = _git(root, "rev-parse", "--show-toplevel")
    status = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", ".")
    if top is None or status is None:
        return Revision(revision.strip())
    changed = {Path(top.strip()) / line[3:] for line in status.split("\0") if line}
    return Revision(revision.strip(), all(changed.isdisjoint(_ways(path)) for path in files))


def _ways(path: Path) -> set[Path]:
    """All that git may know a file by: its name, what that links to, and the folders of both."""
    ends = (path.absolute(), path.resolve())
    return {each for end in ends for each in (end, *end.parents)}


def marks_of(root: Path) -> list[Path]:
    """The files of git that change when the revision does, or what is tracked.

    Outside git, those that would come with a repository.
    """
    folder = _git(root, "rev-parse", "--absolute-git-dir")
    if folder is None:
        return [each / ".git" for each in (root, *root.parents)]
    own = Path(folder.strip())
    common = _git(root, "rev-parse", "--git-common-dir")
    shared = (root / (common or folder).strip()).resolve()
    branch = _git(root, "symbolic-ref", "--quiet", "HEAD")
    refs = [shared / branch.strip()] if branch else []
    return [own / "HEAD", own / "index", *refs, shared / "packed-refs"]


class Said(msgspec.Struct, frozen=True):
    """What git has said, and what it has complained of; `code` is None where there is no git."""

    code: int | None
    out: str = ""
    err: str = ""


def asked(
    root: Path, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> Said:
    """Ask git in a folder, in its own words; no hook runs, and it leaves no trace of looking."""
    command = ["git", "--no-optional-locks", "-c", f"core.hooksPath={os.devnull}", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            capture_output=True,
            check=False,
            input=given,
            env={**os.environ, "LC_ALL": "C", **(environment or {})},
        )
    except OSError:
        return Said(None)
    return Said(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))


def _git(root: Path, *arguments: str) -> str | None:
    """What git says; None when there is no git, no repository, or no answer."""
    said = asked(root, *arguments)
    return said.out if said.code == 0 else None
