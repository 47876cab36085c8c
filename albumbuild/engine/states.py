"""States of an album: the key of every step after a good build, kept so that gc spares them."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from albumbuild.engine.files import StorageError, storage_error, write_whole
from albumbuild.engine.records import sealed, unsealed
from albumbuild.engine.store import Store

GOOD_RUNS = 3
"""How many of the last good states, each of them another, gc spares.

So many of the whole album, and so many of parts of it: a part must not push out the whole.
"""

_FILE = "state"


class State(msgspec.Struct, frozen=True):
    """The key that each step had; `whole` where the whole album was built, not some targets."""

    keys: dict[str, str]
    whole: bool = True


def keep_good_state(store: Store, run: Path, state: State) -> None:
    """Note what a good build came to, in the folder of its run.

    Raises:
        StorageError: the disk refuses.
    """
    write_whole(store.disk, run / _FILE, sealed(state))


def good_states(store: Store) -> list[tuple[Path, State]]:
    """The last good states that differ from one another, the newest first, with their runs."""
    room = {True: GOOD_RUNS, False: GOOD_RUNS}
    found = []
    for run, state in _differing(store):
        if room[state.whole] > 0:
            room[state.whole] -= 1
            found.append((run, state))
    return found


def runs_of(store: Store) -> list[Path]:
    """The folders of all runs that are kept, the newest first."""
    folder = store.root / "runs"
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if path.is_dir()), reverse=True)


def pin(store: Store, name: str, state: State) -> None:
    """Keep a state under a name, until it is unpinned.

    Raises:
        StorageError: the disk refuses.
    """
    write_whole(store.disk, store.root / "pins" / name, sealed(state))


def unpin(store: Store, name: str) -> bool:
    """Forget a pin, also one that is damaged; False when there is none.

    Raises:
        StorageError: the disk refuses.
    """
    path = store.root / "pins" / name
    if not os.path.lexists(path):
        return False
    try:
        if path.is_dir() and not path.is_symlink():
            store.disk.remove_tree(path)
        else:
            store.disk.remove(path)
    except OSError as error:
        raise storage_error(error, path) from error
    if os.path.lexists(path):
        raise storage_error(OSError("it cannot be removed"), path)
    return True


def pins(store: Store) -> dict[str, State]:
    """Every pinned state by its name.

    Raises:
        StorageError: a pin is damaged, so that nobody knows what it keeps.
    """
    folder = store.root / "pins"
    if not folder.is_dir():
        return {}
    found: dict[str, State] = {}
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        state = _read(path)
        if state is None:
            fix = f"albumbuild cache unpin {path.name}"
            raise StorageError(path, "this pin is damaged", fix=fix)
        found[path.name] = state
    return found


def _differing(store: Store) -> Iterator[tuple[Path, State]]:
    seen: list[State] = []
    for run in runs_of(store):
        state = _read(run / _FILE)
        if state is not None and state not in seen:
            seen.append(state)
            yield run, state


def _read(path: Path) -> State | None:
    try:
        return unsealed(path.read_bytes(), State)
    except OSError:
        return None
