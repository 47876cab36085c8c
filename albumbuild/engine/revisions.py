"""What the store knows of states of the album that git has too: figures, by the files heard."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from blake3 import blake3

from albumbuild.engine.files import StorageError, write_whole
from albumbuild.engine.records import sealed, unsealed
from albumbuild.engine.store import Store

FOLDER = "revisions"
_KEPT = 500


class SetFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The headline of one deliverable; None where there is no value."""

    lufs_min: float | None
    lufs_max: float | None
    dbtp: float | None
    seconds: float


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """One state: the files that were heard, by what git calls their content, and the figures.

    A file goes by its path from the top of the repository. Files that git does not have are
    left out.
    """

    files: dict[str, str]
    sets: dict[str, SetFigures]

    def fits(self, held: Mapping[str, str]) -> bool:
        """Whether a tree of git holds these files so."""
        return all(held.get(path) == blob for path, blob in self.files.items())


def note_state(store: Store, files: Mapping[str, str], sets: Mapping[str, SetFigures]) -> None:
    """Note the figures of a state; what is known of its other deliverables stays.

    It is no loss where there is no room for it.
    """
    path = _path(store, files)
    before = _read(path)
    known = {} if before is None else before.sets
    noted = Noted(files=dict(files), sets={**known, **sets})
    if before != noted:
        with suppress(StorageError):
            write_whole(store.disk, path, sealed(noted))
            _forget(store)


def noted_states(store: Store) -> list[Noted]:
    """Every state that was noted, the newest first."""
    found = (_read(path) for path in _paths(store))
    return [each for each in found if each is not None]


def _forget(store: Store) -> None:
    """Remove the oldest notes of too many."""
    for path in _paths(store)[_KEPT:]:
        with suppress(OSError):
            store.disk.remove(path)


def _paths(store: Store) -> list[Path]:
    folder = store.root / FOLDER
    if not folder.is_dir():
        return []
    dated: list[tuple[int, Path]] = []
    for path in folder.iterdir():
        with suppress(OSError):
            dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True) if not path.name.startswith(".")]


def _path(store: Store, files: Mapping[str, str]) -> Path:
    named: Iterable[tuple[str, str]] = sorted(files.items())
    return store.root / FOLDER / blake3(msgspec.json.encode(list(named))).hexdigest()[:32]


def _read(path: Path) -> Noted | None:
    try:
        return unsealed(path.read_bytes(), Noted)
    except OSError:
        return None
