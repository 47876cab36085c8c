"""Seals a good build: notes all that it looked at, for the fast path to compare."""

import json
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from albumbuild.engine.files import StorageError, write_whole
from albumbuild.engine.seal import FILE, Look, content, look
from albumbuild.engine.sources import QUIET_NS
from albumbuild.engine.store import Store

_SMALL = 1 << 20
_TICK_NS = 50_000_000
_SECOND_NS = 1_000_000_000


def write_seal(
    root: Path,
    *,
    store: Store,
    targets: Iterable[str],
    version: str,
    album: str,
    steps: Iterable[str],
    looked: Mapping[Path, Look | None],
) -> bool:
    """Seal a build that ended well; False when something has changed since it was looked at.

    `looked` gives each file and folder what `look` said of it before it was read; None
    stands for what was not there and matters if it comes. A small file that was changed
    within the last two seconds is compared by content later; a large one is believed where
    the file system keeps time finely, else there is no seal this time.
    """
    entries = [_entry(root, path, was) for path, was in looked.items()]
    good = [entry for entry in entries if entry is not None]
    if len(good) != len(entries):
        with suppress(OSError):
            store.disk.remove(store.root / FILE)
        return False
    seal = {
        "version": version,
        "album": album,
        "targets": list(targets),
        "steps": list(steps),
        "looked": good,
    }
    data = json.dumps(seal).encode()
    path = store.root / FILE
    with suppress(OSError):
        if path.read_bytes() == data:
            return True
    try:
        write_whole(store.disk, path, data)
    except StorageError:
        return False
    return True


def _entry(root: Path, path: Path, was: Look | None) -> list[object] | None:
    """One line of the seal: name, stat, and the content where the stat is too young."""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    if was is None:
        return [name, None, None] if look(path) is None else None
    age_ns = time.time_ns() - max(was[3], was[4])
    digest = None
    if age_ns < QUIET_NS and not _is_folder(path):
        if was[2] <= _SMALL:
            with suppress(OSError):
                digest = content(path)
        elif was[3] % _SECOND_NS == 0 and was[4] % _SECOND_NS == 0:
            return None
        elif age_ns < _TICK_NS:
            time.sleep(_TICK_NS / _SECOND_NS)
    return [name, list(was), digest] if look(path) == was else None


def _is_folder(path: Path) -> bool:
    with suppress(OSError):
        return stat.S_ISDIR(path.stat().st_mode)
    return False
