"""The user's files by content: hashed once, believed for as long as their stat says nothing."""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Lock
from typing import Literal, TypeAlias

import msgspec

from albumbuild.engine.files import digest_of

Signature: TypeAlias = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last change of content and of inode in ns."""

Change: TypeAlias = Literal["none", "saved", "changed"]

QUIET_NS = 2_000_000_000
"""How long a file must have been left alone before its stat is believed."""

_TABLE = "create table if not exists files (path text primary key, stat text, digest text)"


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan stands on: files as they were when it was made.

    `fits` tells whether the plan holds for one that was saved since.
    """

    looked: Mapping[Path, Signature | None] = {}
    fits: Callable[[Path], bool] = lambda _path: True


class Unplanned(Exception):  # noqa: N818 - a state of a file, not a mistake
    """A file was saved after the plan was made, and the plan does not hold for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(str(path))


def signature(path: Path) -> Signature:
    """What the file system says of a file; OSError when it says that there is none."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def quiet(found: Signature, now_ns: int) -> bool:
    """Whether the file had been left alone long enough for its stat to tell of any change."""
    return max(found[3], found[4]) + QUIET_NS <= now_ns


class Sources:
    """Digests of files outside the store; may be asked from several threads.

    Within a build a file is looked at once, and again where a step asks whether it stayed.
    `cache` is the file of the stat cache; None, or trouble with it, means hashing.
    `cancelled` ends the hashing of a long file. `ground` is what the plan stands on.
    """

    def __init__(
        self,
        cache: Path | None,
        *,
        clock: Callable[[], int] = time.time_ns,
        cancelled: Event | None = None,
        ground: Ground | None = None,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._cancelled = cancelled
        self._ground = ground or Ground()
        self._fitting: dict[Path, Signature] = {}
        self._lock = Lock()
        self._known: dict[Path, tuple[Signature, str, bool]] = {}
        self._learnt: dict[str, tuple[str, str]] = {}
        self._remembered = _loaded(cache)

    def digest(self, path: Path) -> str:
        """The content digest of a file.

        Raises:
            Cancelled: the build was interrupted.
            OSError: it cannot be read.
            Unplanned: the plan does not hold for it.
        """
        with self._lock:
            if path not in self._known:
                self._look(path)
            found, digest, _ = self._known[path]
            planned = self._fitting.get(path, self._ground.looked.get(path, found))
            if found != planned:
                if not self._ground.fits(path):
                    raise Unplanned(path)
                self._fitting[path] = found
            return digest

    def seen(self, path: Path) -> Signature | None:
        """What the file system said of a file whose digest is known, when it was hashed."""
        with self._lock:
            known = self._known.get(path)
            return None if known is None else known[0]

    def since(self, path: Path, digest: str, seen: Signature | None) -> Change:
        """What happened to a file since it was hashed and `seen`.

        A file that was saved meanwhile may have been another for a while, although it holds
        the same now. One that was changed is forgotten.
        """
        with self._lock, suppress(OSError):
            _, known, was_quiet = self._known.get(path, (None, "", False))
            stayed = signature(path) == seen
            if stayed and was_quiet and known == digest:
                return "none"
            self._look(path)
            if self._known[path][1] == digest:
                return "none" if stayed else "saved"
        self._known.pop(path, None)
        return "changed"

    def looked(self) -> dict[Path, Signature]:
        """What the file system said of each file when it was hashed."""
        return {path: known[0] for path, known in self._known.items()}

    def keep(self) -> None:
        """Keep what was learnt for the next build; a cache that cannot be written is left."""
        if self._cache is None or not self._learnt:
            return
        rows = [(name, *learnt) for name, learnt in self._learnt.items()]
        with suppress(sqlite3.OperationalError, OSError):
            try:
                _add(self._cache, rows)
            except sqlite3.DatabaseError:  # damaged: begin anew
                self._cache.unlink(missing_ok=True)
                _add(self._cache, rows)
            self._learnt.clear()

    def _look(self, path: Path) -> None:
        now = self._clock()
        found = signature(path)
        name, stat = os.fsencode(path).hex(), " ".join(map(str, found))
        remembered, digest = self._remembered.get(name, ("", ""))
        if remembered != stat:
            digest, found = self._hashed(path, found)
            if quiet(found, now):
                row = (" ".join(map(str, found)), digest)
                self._learnt[name] = self._remembered[name] = row
        self._known[path] = (found, digest, quiet(found, now))

    def _hashed(self, path: Path, found: Signature) -> tuple[str, Signature]:
        """The digest of a file, and the stat from before and after it that agree."""
        while True:
            digest = digest_of(path, cancelled=self._cancelled)
            after = signature(path)
            if after == found:
                return digest, found
            found = after


def _add(cache: Path, rows: list[tuple[str, str, str]]) -> None:
    with closing(sqlite3.connect(cache, timeout=2)) as database:
        database.execute(_TABLE)
        database.executemany("insert or replace into files values (?, ?, ?)", rows)
        database.commit()


def _loaded(cache: Path | None) -> dict[str, tuple[str, str]]:
    """The stat cache; none where there is none, or where it is damaged or in use."""
    if cache is None or not cache.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"{cache.absolute().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute("select path, stat, digest from files").fetchall()
    except sqlite3.DatabaseError:
        return {}
    return {str(path): (str(stat), str(digest)) for path, stat, digest in rows}
