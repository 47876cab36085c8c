"""Keeping the store in bounds: what it holds, what may go, what is damaged, and an end to all."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from albumbuild.engine.files import clear_unfinished, storage_error
from albumbuild.engine.records import Record
from albumbuild.engine.states import State, good_states, pins
from albumbuild.engine.store import MissingBlob, Store

_LEFTOVERS = ("quarantine", "tmp", "inflight")
_GENERATED = (
    "seal",
    "stat.sqlite",
    "last",
    "pins",
    *_LEFTOVERS,
    "actions",
    "cas",
    "runs",
    "revisions",
)


class Kind(msgspec.Struct, frozen=True):
    """How much the results of one kind of step take, and the seconds that it took to make them."""

    results: int
    bytes: int
    seconds: float


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds; `kinds` goes by kind of step, `orphans` are bytes without a record."""

    results: int
    bytes: int
    records: int
    orphan_bytes: int
    quarantined: int
    pins: tuple[str, ...]
    kinds: Mapping[str, Kind]


class Collected(msgspec.Struct, frozen=True):
    """What gc took out, in bytes what is left, and how many of these the present state needs."""

    removed: int
    removed_bytes: int
    left_bytes: int
    present_bytes: int


class Verified(msgspec.Struct, frozen=True):
    """How many results are sound; the damaged ones with the steps that made them; bad records."""

    sound: int
    damaged: Mapping[str, str]
    records: int


def stats(store: Store) -> Stats:
    """What the store holds; nothing is written.

    What several results share is counted for the smallest of them.
    """
    sizes = _sizes(store)
    records = sorted(_records(store), key=lambda each: (-len(each.outputs), each.step))
    owner = {digest: record for record in records for digest in record.outputs.values()}
    held = [(owner[digest], size) for digest, size in sizes.items() if digest in owner]
    return Stats(
        results=len(sizes),
        bytes=sum(sizes.values()),
        records=len(records),
        orphan_bytes=sum(sizes[digest] for digest in sizes.keys() - owner.keys()),
        quarantined=sum(1 for _ in _files(store.root / "quarantine")),
        pins=tuple(pins(store)),
        kinds=_kinds(held),
    )


def collect(
    store: Store, present: State, *, max_bytes: int | None = None, rehearse: bool = False
) -> Collected:
    """Take out what nothing holds any more; records stay.

    The present state and pins hold what they need. The last good states do too, unless
    `max_bytes` is exceeded without them. Under such a cap only as much goes as must, first
    what took the fewest seconds a byte to make. `rehearse` only tells.

    Raises:
        StorageError: the disk refuses, or a pin is damaged.
    """
    sizes = _sizes(store)
    held = _held(store, [present, *pins(store).values()])
    recent = _held(store, [state for _, state in good_states(store)])
    cost = _seconds_a_byte(store)
    free = sorted(sizes.keys() - held - recent, key=lambda each: (cost.get(each, 0.0), each))
    if max_bytes is not None:
        free += sorted((sizes.keys() & recent) - held, key=lambda each: (cost[each], each))
    total = sum(sizes.values())
    removed: list[str] = []
    for digest in free:
        if max_bytes is not None and total <= max_bytes:
            break
        removed.append(digest)
        total -= sizes[digest]
    if not rehearse:
        _remove(store, removed)
    return Collected(
        removed=len(removed),
        removed_bytes=sum(sizes[digest] for digest in removed),
        left_bytes=total,
        present_bytes=sum(sizes[digest] for digest in _held(store, [present]) & sizes.keys()),
    )


def verify(store: Store) -> Verified:
    """Read every result and every record; what is damaged is put aside, and made again later.

    Raises:
        Cancelled: it was interrupted.
        StorageError: the disk refuses.
    """
    steps: dict[str, str] = {}
    bad_records = 0
    for path in _files(store.root / "actions"):
        record = store.record(path.name)
        if record is None:
            store.disk.remove(path)
            bad_records += 1
        else:
            steps |= dict.fromkeys(record.outputs.values(), record.step)
    damaged: dict[str, str] = {}
    sound = 0
    for digest in sorted(_sizes(store)):
        try:
            store.blob(digest)
            sound += 1
        except MissingBlob:
            damaged[digest] = steps.get(digest, "")
    return Verified(sound, damaged, bad_records)


def clear(store: Store) -> int:
    """Remove all that is kept; the bytes of the results. What was placed is still known as ours.

    Raises:
        StorageError: something cannot be removed.
    """
    freed = sum(_sizes(store).values())
    for name in _GENERATED:
        path = store.root / name
        if path.is_dir():
            store.disk.remove_tree(path)
        else:
            store.disk.remove(path)
        if path.exists():
            raise storage_error(OSError("it cannot be removed"), path)
    return freed


def _kinds(held: Iterable[tuple[Record, int]]) -> dict[str, Kind]:
    """Results and their bytes, summed up by the kind of step that made them, the largest first."""
    sizes: dict[str, list[int]] = {}
    seconds: dict[str, dict[str, float]] = {}
    for record, size in held:
        kind = record.step.partition(":")[0]
        sizes.setdefault(kind, []).append(size)
        seconds.setdefault(kind, {})[record.key] = record.seconds
    kinds = {
        kind: Kind(len(each), sum(each), round(sum(seconds[kind].values()), 3))
        for kind, each in sizes.items()
    }
    return dict(sorted(kinds.items(), key=lambda pair: -pair[1].bytes))


def _held(store: Store, states: Iterable[State]) -> set[str]:
    """The digests that the results of some states have."""
    held: set[str] = set()
    for key in {key for state in states for key in state.keys.values()}:
        record = store.record(key)
        if record is not None:
            held.update(record.outputs.values())
    return held


def _seconds_a_byte(store: Store) -> dict[str, float]:
    """What each result would cost to make again, by the cheapest record that gives it."""
    cost: dict[str, float] = {}
    for record in _records(store):
        each = record.seconds / max(sum(record.sizes.values()), 1)
        for digest in record.outputs.values():
            cost[digest] = min(each, cost.get(digest, each))
    return cost


def _remove(store: Store, digests: Iterable[str]) -> None:
    for digest in digests:
        path = store.blob_path(digest)
        try:
            store.disk.remove(path)
        except OSError as error:
            raise storage_error(error, path) from error
    for name in _LEFTOVERS:
        store.disk.remove_tree(store.root / name)
    clear_unfinished(store.disk, store.root)


def _sizes(store: Store) -> dict[str, int]:
    """The bytes of every result, by digest."""
    found: dict[str, int] = {}
    for path in _files(store.root / "cas"):
        with suppress(OSError):
            found[path.name] = path.stat().st_size
    return found


def _records(store: Store) -> Iterator[Record]:
    """Every record that can be read."""
    for path in _files(store.root / "actions"):
        record = store.record(path.name)
        if record is not None:
            yield record


def _files(folder: Path) -> Iterator[Path]:
    """The files under a folder that may be missing; unfinished ones left out."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
