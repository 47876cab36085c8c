"""Files that are there whole or not at all: every write of the engine goes through a `Disk`."""

import errno
import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event

from blake3 import blake3

from albumbuild.engine.action import Cancelled

_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file until one is written
_PIECE = 1 << 23
_serial = count()


class StorageError(Exception):
    """The disk refused: where, why, how many bytes were wanted where that is known, and a fix."""

    def __init__(self, path: Path, why: str, *, needed: int | None = None, fix: str = "") -> None:
        self.path = path
        self.fix = fix
        self.why = why
        self.needed = needed
        wanted = "" if needed is None else f" ({needed} bytes needed)"
        super().__init__(f"{path}: {why}{wanted}")


def storage_error(error: OSError, path: Path, *, needed: int | None = None) -> StorageError:
    """That refusal of the system as one of ours."""
    why = "no space left" if error.errno == errno.ENOSPC else error.strerror or str(error)
    return StorageError(path, why, needed=needed)


REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""What a system says whose disk is full, read-only or broken."""

_PROBE = bytes(1 << 16)


class Disk:
    """The system calls that change anything; tests put one in its place that fails.

    What takes long ends with `Cancelled` once `cancelled` is set.
    """

    cancelled: Event | None = None

    def __init__(self, cancelled: Event | None = None) -> None:
        self.cancelled = cancelled

    def digest(self, path: Path) -> str:
        """BLAKE3 of a file's content, in hex."""
        return digest_of(path, cancelled=self.cancelled)

    def write(self, path: Path, data: bytes) -> None:
        """Create `path` with `data`, to its last byte on the disk."""
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            self.sync(file.fileno())

    def copy(self, source: Path, target: Path) -> None:
        """Create `target` with the content of `source`, sharing its blocks where that works."""
        with source.open("rb") as taken, target.open("wb") as file:
            if not _cloned(taken.fileno(), file.fileno()):
                while piece := taken.read(_PIECE):
                    _heed(self.cancelled)
                    file.write(piece)
            file.flush()
            self.sync(file.fileno())

    def link(self, source: Path, target: Path) -> None:
        """Give the file of the same folder tree a second name, or copy it where links are not."""
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:
            shutil.copy2(source, target, follow_symlinks=False)
            if not target.is_symlink():
                self.settle(target)

    def is_full(self, folder: Path) -> bool:
        """Whether a small file finds no room in a folder."""
        probe = folder / f".{os.getpid()}.{next(_serial)}.tmp"
        try:
            self.write(probe, _PROBE)
        except OSError as error:
            return error.errno in REFUSED
        finally:
            with suppress(OSError):
                self.remove(probe)
        return False

    def settle(self, path: Path) -> None:
        """Bring what another has written to `path` to the disk."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            self.sync(descriptor)
        finally:
            os.close(descriptor)

    def settle_tree(self, folder: Path) -> None:
        """Bring every name in a folder to the disk, the deepest first."""
        for at, _, _ in os.walk(folder, topdown=False):
            self.settle(Path(at))

    def sync(self, descriptor: int) -> None:
        """Wait until the disk has it."""
        os.fsync(descriptor)

    def make_folder(self, path: Path) -> None:
        """Create `path` and the folders above it, where they are missing."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        with suppress(FileExistsError):
            path.mkdir()
        self.settle(path.parent)

    def rename(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, whose file goes."""
        source.rename(target)

    def swap(self, first: Path, second: Path) -> bool:
        """Exchange two names in one go; False where the system cannot."""
        return _exchanged(first, second)

    def protect(self, path: Path) -> None:
        """Make a file read-only."""
        path.chmod(0o444)

    def remove(self, path: Path) -> None:
        """Remove a file that may be gone."""
        path.unlink(missing_ok=True)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it, as far as it can be, also what is write-protected."""
        try:
            shutil.rmtree(path)
        except (FileNotFoundError, NotADirectoryError):
            return  # gone: what has that name now may be somebody else's
        except OSError:
            for at, _, _ in os.walk(path):
                with suppress(OSError):
                    Path(at).chmod(0o700)
            shutil.rmtree(path, ignore_errors=True)


def write_whole(disk: Disk, path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`: afterwards it is there whole, or what was there before.

    Raises:
        StorageError: it cannot be written; what was there before is there still.
    """
    beside = path.parent / f".{path.name[:80]}.{os.getpid()}.{next(_serial)}.tmp"
    try:
        disk.make_folder(path.parent)
        disk.write(beside, data)
        disk.rename(beside, path)
        disk.settle(path.parent)
    except OSError as error:
        with suppress(OSError):
            disk.remove(beside)
        raise storage_error(error, path, needed=len(data)) from error


def clear_unfinished(disk: Disk, folder: Path) -> None:
    """Remove what `write_whole` left in and below a folder where it was cut off.

    Raises: StorageError.
    """
    try:
        for unfinished in folder.rglob(".*.tmp"):
            disk.remove(unfinished)
    except OSError as error:
        raise storage_error(error, folder) from error


def digest_of(path: Path, *, cancelled: Event | None = None) -> str:
    """BLAKE3 of a file's content, in hex; large pieces are hashed by every core.

    The file is read and not mapped: a mapped file that is cut short meanwhile, as when it
    is saved anew, ends the process.

    Raises:
        Cancelled: that was set before the end.
    """
    hasher = blake3(max_threads=blake3.AUTO)
    with path.open("rb", buffering=0) as file:
        piece = memoryview(bytearray(max(1, min(os.fstat(file.fileno()).st_size, _PIECE))))
        while size := file.readinto(piece):
            _heed(cancelled)
            hasher.update(piece[:size])
    return hasher.hexdigest()


def _heed(cancelled: Event | None) -> None:
    if cancelled is not None and cancelled.is_set():
        raise Cancelled


def _cloned(source: int, target: int) -> bool:
    try:
        import fcntl  # not on every system

        fcntl.ioctl(target, _FICLONE, source)
    except (ImportError, OSError):
        return False
    return True


def _exchanged(first: Path, second: Path) -> bool:
    import ctypes  # only here, and only where a folder is placed anew

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(rename(here, os.fsencode(first), here, os.fsencode(second), exchange) == 0)
