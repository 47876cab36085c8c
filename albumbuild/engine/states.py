"""States of an album: the key of every step after a good build, kept so that gc spares them."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from albumbuild.engine.files import StorageError, write_whole
from albumbuild.engine.records import sealed, unsealed
from albumbuild.engine.store import Store

GOOD_RUNS = 3
"""How many of the last good states, each of them another, gc spares."""

_FILE = "state"


class State(msgspec.Struct, frozen=True):
    """The key that each step had."""

    keys: dict[str, str]


def keep_good_state(store: Store, run: Path, state: State) -> None:
    """Note what a good build came to, in the folder of its run.

    Raises:
        StorageError: the disk refuses.
    """
    write_whole(store.disk, run / _FILE, sealed(state))


def good_states(store: Store) -> list[tuple[Path, State]]:
    """The last good states that differ from one another, the newest first, with their runs."""
    return list(islice(_differing(store), GOOD_RUNS))


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
    """Forget a pin; False when there is none."""
    path = store.root / "pins" / name
    found = path.is_file()
    store.disk.remove(path)
    return found


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
