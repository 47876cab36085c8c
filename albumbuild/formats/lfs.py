"""Git LFS: files that stand for others, and where these are kept."""

import re
from pathlib import Path

from albumbuild.formats.git import asked

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\n"
    rb"size \d+\n"
)
_LONGEST_POINTER = 1024


def pointed_to(path: Path) -> str | None:
    """The SHA-256 of what a file stands for; None for any other file, or none.

    Source: the specification of Git LFS, "The Pointer".
    """
    try:
        if path.stat().st_size > _LONGEST_POINTER:
            return None
        found = _POINTER.match(path.read_bytes())
    except OSError:
        return None
    return found[1].decode() if found else None


def store_of_lfs(top: Path) -> Path:
    """Where a repository keeps what its pointers stand for, by SHA-256."""
    common = asked(top, "rev-parse", "--git-common-dir").out.removesuffix("\n")
    named = asked(top, "config", "lfs.storage").out.strip()
    return top / common / (named or "lfs") / "objects"
