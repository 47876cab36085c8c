"""The user's files by content: hashed once, believed for as long as their stat says nothing."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Lock
from typing import TypeAlias

from albumbuild.engine.files import digest_of

Signature: TypeAlias = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last change of content and of inode in ns."""

QUIET_NS = 2_000_000_000
"""How long a file must have been left alone before its stat is believed."""

_TABLE = "create table if not exists files (path text primary key, stat text, digest text)"


def signature(path: Path) -> Signature:
    """What the file system says of a file; OSError when it says that there is none."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def quiet(found: Signature, now_ns: int) -> bool:
    """Whether the file had been left alone long enough for its stat to tell of any change."""
    return max(found[3], found[4]) + QUIET_NS <= now_ns


class Sources:
    """Digests of files outside the store; may be asked from several threads.

    Within a build a file is looked at once, and again where `confirm` is asked.
    `cache` is the file of the stat cache; None, or trouble with it, means hashing.
    `cancelled` ends the hashing of a long file.
    """

    def __init__(
        self,
        cache: Path | None,
        *,
        clock: Callable[[], int] = time.time_ns,
        cancelled: Event | None = None,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._cancelled = cancelled
        self._lock = Lock()
        self._known: dict[Path, tuple[Signature, str, bool]] = {}
        self._learnt: dict[str, tuple[str, str]] = {}
        self._remembered = _loaded(cache)

    def digest(self, path: Path) -> str:
        """The content digest of a file.

        Raises:
            Cancelled: the build was interrupted.
            OSError: it cannot be read.
        """
        with self._lock:
            if path not in self._known:
                self._look(path)
            return self._known[path][1]

    def confirm(self, path: Path, digest: str) -> bool:
        """Whether a file has that content still, as far as `digest` said; if not, forget it."""
        with self._lock, suppress(OSError):
            found, known, was_quiet = self._known.get(path, (None, "", False))
            if known == digest and was_quiet and signature(path) == found:
                return True
            self._look(path)
            if self._known[path][1] == digest:
                return True
        self._known.pop(path, None)
        return False

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
