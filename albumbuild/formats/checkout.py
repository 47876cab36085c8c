"""The files of one revision in a scratch folder, without a trace in the repository.

What the work tree holds unchanged, and what Git LFS has stored, stands there as a link: stems are
large. The rest is written by git from an index of its own.
"""

import os
from pathlib import Path

import msgspec

from albumbuild.formats.git import asked
from albumbuild.formats.history import LINK, MODULE, Held, files_of, work_tree_of
from albumbuild.formats.lfs import pointed_to, store_of_lfs
from albumbuild.model.problem import Problem, ProblemError

COPIED_BYTES = 1 << 16
"""Smaller files are written anew: a manifest may be saved while it is compared."""

_WITHOUT_LFS = (
    *("-c", "filter.lfs.process=", "-c", "filter.lfs.smudge=", "-c", "filter.lfs.required=false"),
    *("-c", "core.fsmonitor=false"),
)


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """A revision in a folder.

    `links` tells where else a file stands that is a link here. `lacking` are the files whose
    content Git LFS has not stored on this machine, by their paths from the top.
    """

    top: Path
    held: dict[str, Held]
    links: dict[Path, Path]
    lacking: tuple[str, ...]


def check_out(top: Path, revision: str, into: Path, *, under: str) -> Checkout:
    """Bring the files of a revision, of the whole or of one folder, into an empty folder.

    `top` is the work tree that they belong to; `into` has no link in its path.

    Raises:
        OSError: the folder cannot be written.
        ProblemError: git cannot write the files.
    """
    held = files_of(top, revision, under)
    here = work_tree_of(top).held
    links: dict[Path, Path] = {}
    written = []
    for path, each in held.items():
        if each.mode == MODULE:
            continue
        same = here.get(path)
        if each.mode != LINK and same == each and _is_large(top / path):
            links[into / path] = top / path
        else:
            written.append(path)
    for link, target in links.items():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    _write(top, revision, into, written)
    stored = store_of_lfs(top)
    lacking = []
    for path in written:
        content = None if held[path].mode == LINK else pointed_to(into / path)
        if content is None:
            continue
        target = stored / content[:2] / content[2:4] / content
        if not target.is_file():
            lacking.append(path)
            continue
        (into / path).unlink()
        (into / path).symlink_to(target)
        links[into / path] = target
    return Checkout(top=into, held=held, links=links, lacking=tuple(lacking))


def _is_large(path: Path) -> bool:
    """Whether a file of the work tree is worth a link, and is none itself."""
    try:
        return path.lstat().st_size >= COPIED_BYTES and path.is_file() and not path.is_symlink()
    except OSError:
        return False


def _write(top: Path, revision: str, into: Path, paths: list[str]) -> None:
    """Let git write files as it would check them out, those of LFS as pointers."""
    folder = asked(top, "rev-parse", "--absolute-git-dir").out.removesuffix("\n")
    index = into.parent / f"{into.name}.index"
    environment = {
        "GIT_DIR": folder,
        "GIT_WORK_TREE": str(into),
        "GIT_INDEX_FILE": str(index),
    }
    given = b"".join(os.fsencode(path) + b"\0" for path in paths)
    try:
        said = asked(into, "read-tree", revision, environment=environment)
        if said.code == 0:
            command = (*_WITHOUT_LFS, "checkout-index", "--quiet", "-z", "--stdin")
            said = asked(into, *command, given=given, environment=environment)
    finally:
        index.unlink(missing_ok=True)
    if said.code != 0:
        raise ProblemError([_not_written(revision, said.err)])


def _not_written(revision: str, said: str) -> Problem:
    """Git has the commit, but not all of its files."""
    lines = said.strip().splitlines()
    return Problem(
        slug="revision-unreadable",
        what=f"git cannot give the files of {revision[:10]}",
        why=lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "",
        fix="fetch what is missing with `git fetch --refetch`, or look with `git fsck`",
    )
