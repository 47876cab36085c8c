"""The past of an album's repository: its revisions, and what each of them holds."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from albumbuild.formats.git import Said, asked
from albumbuild.model.problem import Problem, ProblemError

LINK, MODULE = "120000", "160000"
"""Modes of what is no file of its own: a link, and a repository within the repository."""

_FIELDS = "%H%x00%aI%x00%an%x00%s"
_PLAIN = "H"  # how `ls-files -v` marks a file of the index whose state git looks at


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One revision."""

    id: str
    date: str
    author: str
    subject: str

    @property
    def short(self) -> str:
        """Enough of its id for people."""
        return self.id[:10]


class Held(msgspec.Struct, frozen=True):
    """A file as git holds it: its mode, and the id of its content."""

    mode: str
    blob: str


class WorkTree(msgspec.Struct, frozen=True, kw_only=True):
    """The files that stand as the index has them, and those that differ from the last commit.

    Both go by path from the top of the repository. `untracked` are new, and not ignored.
    """

    held: dict[str, Held]
    changed: frozenset[str]
    untracked: frozenset[str]


def top_of(root: Path) -> Path:
    """The folder at the top of the repository that `root` is in.

    Raises:
        ProblemError: there is no repository, or no git.
    """
    said = asked(root, "rev-parse", "--show-toplevel")
    if said.code != 0:
        raise ProblemError([_no_repository(said)])
    return Path(said.out.removesuffix("\n"))


def commit_of(root: Path, name: str) -> Commit:
    """The revision that a name of any kind means.

    Raises:
        ProblemError: it means none, or more than one.
    """
    said = (
        asked(root, "rev-parse", "--verify", f"{name}^{{commit}}") if name[:1] != "-" else Said(1)
    )
    if "ambiguous" in said.err and "unknown revision" not in said.err:
        raise ProblemError([_ambiguous(name, said)])
    if said.code != 0:
        shallow = asked(root, "rev-parse", "--is-shallow-repository").out.strip() == "true"
        empty = asked(root, "rev-list", "-n1", "--all").out == ""
        raise ProblemError([_unknown(name, shallow=shallow, empty=empty)])
    (found,) = _commits(asked(root, "show", "-s", f"--format={_FIELDS}", "-z", said.out.strip()))
    return found


def commits_of(root: Path, most: int) -> list[Commit]:
    """The last revisions that touch a folder, the newest first; none before the first commit."""
    asked_for = ("log", f"--format={_FIELDS}", "-z", f"--max-count={most}", "--", ".")
    return [*_commits(asked(root, *asked_for))]


def files_of(top: Path, revision: str, under: str = "") -> dict[str, Held]:
    """The files of a revision by their paths from the top, or those of one folder."""
    said = asked(top, "ls-tree", "-r", "-z", "--full-tree", revision, "--", under or ".")
    found = {}
    for line in filter(None, said.out.split("\0")):
        facts, _, path = line.partition("\t")
        mode, _, blob = facts.split(" ")
        found[path] = Held(mode, blob)
    return found


def work_tree_of(top: Path) -> WorkTree:
    """What stands in the work tree, as far as git knows of it."""
    listed = asked(top, "ls-files", "-v", "--stage", "-z", "--full-name")
    status = asked(top, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
    states = {line[3:]: line[:2] for line in status.out.split("\0") if line}
    held = {}
    for line in filter(None, listed.out.split("\0")):
        facts, _, path = line.partition("\t")
        tag, mode, blob, stage = facts.split(" ")
        if tag == _PLAIN and stage == "0" and states.get(path, "  ")[1] == " ":
            held[path] = Held(mode, blob)
    untracked = frozenset(path for path, state in states.items() if state == "??")
    return WorkTree(held=held, changed=frozenset(states) - untracked, untracked=untracked)


def blobs_of(top: Path, paths: list[str]) -> dict[str, str]:
    """The ids that git would give to files of the work tree; nothing is written."""
    given = "".join(f"{path}\n" for path in paths).encode("utf-8", "surrogateescape")
    said = asked(top, "hash-object", "--stdin-paths", given=given)
    return dict(zip(paths, said.out.split(), strict=False)) if said.code == 0 else {}


def _commits(said: Said) -> Iterator[Commit]:
    facts = said.out.split("\0")
    for at in range(0, len(facts) - 3, 4):
        identity, date, author, subject = facts[at : at + 4]
        yield Commit(id=identity.strip(), date=date, author=author, subject=subject.rstrip("\n"))


def _no_repository(said: Said) -> Problem:
    """Revisions are asked for where git has none."""
    if said.code is None:
        return Problem(
            slug="no-git",
            what="there is no git on this machine",
            why="git keeps the revisions of an album",
            fix="install git",
        )
    lines = said.err.strip().removeprefix("fatal: ").splitlines()
    return Problem(
        slug="no-repository",
        what="this album is in no git repository",
        why=lines[0] if lines and "not a git" not in lines[0] else "git keeps its revisions",
        fix="begin one with `git init`, then `git add .` and `git commit`",
    )


def _ambiguous(name: str, said: Said) -> Problem:
    """A short id of several commits, or a name that a branch and a tag have."""
    is_id = "short object ID" in said.err
    return Problem(
        slug="ambiguous-revision",
        what=f"`{name}` means more than one revision",
        why="ids of several objects begin like that" if is_id else "several references have it",
        fix="write more of its id" if is_id else f"write `heads/{name}` or `tags/{name}`",
    )


def _unknown(name: str, *, shallow: bool, empty: bool) -> Problem:
    """No revision of this repository."""
    if shallow:
        return Problem(
            slug="unknown-revision",
            what=f"there is no revision `{name}` here",
            why="this clone is shallow: it was made without its past",
            fix="fetch the rest with `git fetch --unshallow`",
        )
    if empty:
        return Problem(
            slug="unknown-revision",
            what=f"there is no revision `{name}` yet",
            why="nothing has been committed in this repository",
            fix="commit the album with `git add .` and `git commit`",
        )
    return Problem(
        slug="unknown-revision",
        what=f"there is no revision `{name}`",
        why="a revision is a commit, a branch or a tag",
        fix="`albumbuild log` lists those of the album",
    )
