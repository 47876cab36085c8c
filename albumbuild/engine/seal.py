"""The fast path: whether anything that the last good build looked at has changed since.

Imports nothing heavy, not even `typing`: an album that is up to date must say so at once.
"""

import json
import os

Look = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last change of content and of inode in ns."""

FILE = "seal"


class Sealed:
    """The last good build still holds; `steps` are its step ids, in order."""

    def __init__(self, album: str, steps: list[str]) -> None:
        self.album = album
        self.steps = steps


def look(path: str | os.PathLike[str]) -> Look | None:
    """What the file system says of a file or folder; None when there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - pathlib costs a third of the time
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def check(root: str | os.PathLike[str], targets: list[str], version: str) -> Sealed | None:
    """The seal of the album in `root`, if it is for these targets and this program, and holds."""
    try:
        with open(os.path.join(root, ".albumbuild", FILE), "rb") as file:  # noqa: PTH118, PTH123
            seal = json.loads(file.read())
        if seal["version"] != version or seal["targets"] != targets:
            return None
        for name, was, digest in seal["looked"]:
            path = os.path.join(root, name)  # noqa: PTH118
            now = look(path)
            if (None if now is None else list(now)) != was:
                return None
            if digest is not None and content(path) != digest:
                return None
        return Sealed(str(seal["album"]), [str(step) for step in seal["steps"]])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def content(path: str | os.PathLike[str]) -> str:
    """A digest of a small file that was saved too shortly before for its stat to be believed."""
    from hashlib import blake2b  # only here: most seals need none

    with open(path, "rb") as file:  # noqa: PTH123
        return blake2b(file.read(), digest_size=32).hexdigest()
