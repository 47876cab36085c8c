"""The store: results by content, records by key, and the last key of every step."""

from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec
from blake3 import blake3

from albumbuild.engine.files import Disk, StorageError, storage_error, write_whole
from albumbuild.engine.records import Last, Record, sealed, unsealed

VERSION = "1"
_CACHE_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by albumbuild; safe to delete.\n"
_LONGEST_NAME = 120
_Sealed = TypeVar("_Sealed", bound=msgspec.Struct)


class MissingBlob(Exception):  # noqa: N818 - a state to mend, not a mistake
    """A result that a record names is gone, or was damaged and is out of the way now."""

    def __init__(self, digest: str, *, damaged: bool) -> None:
        self.digest = digest
        self.damaged = damaged
        super().__init__(digest)


class Store:
    """What `.albumbuild` keeps. Reading needs no right to write; `prepare` comes before writing."""

    def __init__(self, root: Path, *, disk: Disk | None = None) -> None:
        self.root = root
        self.lock = root / "lock"
        self.version_path = root / "VERSION"
        self.disk = disk or Disk()
        self._verified: set[str] = set()

    def check_version(self) -> None:
        """Refuse a store that another version of the program laid out.

        Raises:
            StorageError: its `VERSION` is not ours, or cannot be read.
        """
        path = self.version_path
        try:
            found = path.read_text("utf-8", "replace").strip()
        except FileNotFoundError:
            return
        except OSError as error:
            raise storage_error(error, path) from error
        if found and found != VERSION:
            why = f"this store has version {found[:20]}, not {VERSION}"
            fix = "use the albumbuild that wrote it, or delete `.albumbuild` and build anew"
            raise StorageError(path, why, fix=fix)

    def prepare(self) -> None:
        """Lay the store out where it is not.

        Raises:
            StorageError: its version is not ours, or it cannot be written.
        """
        self.check_version()
        wanted = {
            "CACHEDIR.TAG": _CACHE_TAG,
            ".gitignore": b"*\n",
            "VERSION": f"{VERSION}\n".encode(),
        }
        for name, data in wanted.items():
            if not _holds(self.root / name, data):
                write_whole(self.disk, self.root / name, data)

    def blob_path(self, digest: str) -> Path:
        """Where a result stands, if it does."""
        return self.root / "cas" / digest[:2] / digest

    def has(self, digest: str) -> bool:
        """Whether a result stands in its place; its content is not looked at."""
        return self.blob_path(digest).is_file()

    def size(self, digest: str) -> int:
        """The bytes of a result; 0 when it is gone."""
        try:
            return self.blob_path(digest).stat().st_size
        except OSError:
            return 0

    def blob(self, digest: str) -> Path:
        """The file of a result, verified at its first use in this process.

        Raises:
            MissingBlob: it is gone, or was damaged and is now in quarantine.
        """
        path = self.blob_path(digest)
        try:
            if digest in self._verified:
                path.stat()
                return path
            found = self.disk.digest(path)
        except FileNotFoundError as error:
            self._verified.discard(digest)
            raise MissingBlob(digest, damaged=False) from error
        except OSError as error:
            self._verified.discard(digest)
            self._quarantine(path)
            raise MissingBlob(digest, damaged=True) from error
        if found != digest:
            self._quarantine(path)
            raise MissingBlob(digest, damaged=True)
        self._verified.add(digest)
        return path

    def put(self, path: Path) -> str:
        """Move a finished file of `tmp/` into the store; its digest.

        What stands there already is replaced, not trusted.

        Raises:
            StorageError: the disk refuses; the store is as it was.
        """
        digest = self.disk.digest(path)
        target = self.blob_path(digest)
        needed = path.stat().st_size
        try:
            self.disk.protect(path)
            self.disk.settle(path)
            self.disk.make_folder(target.parent)
            if target.is_dir():
                self._quarantine(target)
            self.disk.rename(path, target)
            self.disk.settle(target.parent)
        except OSError as error:
            raise storage_error(error, target, needed=needed) from error
        self._verified.add(digest)
        return digest

    def record(self, key: str) -> Record | None:
        """What is remembered under a key; None when nothing is, or it is damaged."""
        record = _read(self._record_path(key), Record)
        return record if record is not None and record.key == key else None

    def keep(self, record: Record) -> None:
        """Remember a result; its blobs must be in the store.

        Raises:
            StorageError: the disk refuses.
        """
        write_whole(self.disk, self._record_path(record.key), sealed(record))

    def last_key(self, step: str) -> str | None:
        """The key of the state that a step was last brought to."""
        last = _read(self._last_path(step), Last)
        return last.key if last is not None and last.step == step else None

    def last(self, step: str) -> Record | None:
        """The record of the state that a step was last brought to."""
        key = self.last_key(step)
        return None if key is None else self.record(key)

    def set_last(self, step: str, key: str) -> None:
        """Note the state that a step was brought to.

        Raises:
            StorageError: the disk refuses.
        """
        write_whole(self.disk, self._last_path(step), sealed(Last(step=step, key=key)))

    def _record_path(self, key: str) -> Path:
        return self.root / "actions" / key[:2] / key

    def _last_path(self, step: str) -> Path:
        name = quote(step, safe=":@+ ")
        if len(name) > _LONGEST_NAME:
            name = f"{name[:40]}%{blake3(step.encode()).hexdigest()[:32]}"
        return self.root / "last" / name

    def _quarantine(self, path: Path) -> None:
        aside = self.root / "quarantine" / path.name
        try:
            self.disk.make_folder(aside.parent)
            self.disk.rename(path, aside)
        except FileNotFoundError:
            return  # another thread was first
        except OSError as error:
            raise storage_error(error, path) from error


class AsideStore(Store):
    """The same store, for a state that the album is not brought to: what was last stays so."""

    def set_last(self, step: str, key: str) -> None:
        """Note nothing."""


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _read(path: Path, kind: type[_Sealed]) -> _Sealed | None:
    try:
        return unsealed(path.read_bytes(), kind)
    except OSError:
        return None
