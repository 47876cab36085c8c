"""Puts finished deliverables under `build/`: each folder whole, or as it was before."""

import os
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from blake3 import blake3

from albumbuild.engine.action import Cancelled
from albumbuild.engine.files import Disk, storage_error, write_whole
from albumbuild.engine.sources import Signature, signature
from albumbuild.engine.store import Store
from albumbuild.model.problem import Problem

State: TypeAlias = Literal["right", "ours", "edited", "foreign", "missing"]


class Placed(msgspec.Struct, frozen=True):
    """One file as it was put in its place."""

    digest: str
    look: Signature


class Folder(msgspec.Struct, kw_only=True):
    """What was put into one folder; `becoming` is what was about to be when last heard of.

    `since_ns` is when the manifest was read that wanted it so.
    """

    files: dict[str, Placed] = {}
    becoming: dict[str, str] = {}
    since_ns: int = 0


class Ledger(msgspec.Struct, kw_only=True):
    """`placed.json`: every folder under `build/` that is ours."""

    folders: dict[str, Folder] = {}


def is_placed(name: str) -> bool:
    """Whether an output goes to `build/`: all but those whose name begins with a dot."""
    return not name.startswith(".")


class Placer:
    """Brings folders under `build` to the state that the store has for them.

    `since_ns` is when the manifest was read that they follow: what another make has placed
    after a later reading stays.
    """

    def __init__(self, store: Store, build: Path, *, since_ns: int = 0) -> None:
        self._store = store
        self._disk: Disk = store.disk
        self._build = build
        self._since_ns = since_ns
        self._path = store.root / "placed.json"
        self._ledger = _read_ledger(self._path)
        self.lock = store.root / "placing.lock"

    def begin(self) -> None:
        """Read the ledger anew and remove what an interrupted build left half-made.

        From here on the caller holds `lock`: one process places at a time.
        """
        self._ledger = _read_ledger(self._path)
        for left in self._build.glob(".*.old"):
            folder = self._build / left.name.removeprefix(".").removesuffix(".old")
            if folder.name in self._ledger.folders and not folder.exists():
                self._disk.rename(left, folder)
        for left in (*self._build.glob(".*.old"), *self._build.glob(".*.tmp-*")):
            self._disk.remove_tree(left)

    def lacking(self, place: str, outputs: Mapping[str, str], *, force: bool) -> list[str]:
        """The digests that the store must have for `place` to be made as `outputs` say."""
        hidden = [digest for name, digest in outputs.items() if not is_placed(name)]
        wanted = {name: digest for name, digest in outputs.items() if is_placed(name)}
        states = {name: self._state(place, name, digest) for name, digest in wanted.items()}
        if "edited" in states.values() and not force:
            return hidden
        return hidden + [wanted[name] for name, state in states.items() if state != "right"]

    def place(
        self,
        place: str,
        outputs: Mapping[str, str],
        *,
        generated: Mapping[str, bytes],
        force: bool,
    ) -> tuple[Problem, ...]:
        """Make a folder hold `outputs` and the `generated` files; what the user edited stays.

        With `force` edited files are replaced, and kept in a folder beside; so are files
        of a folder that was never ours, as when the store was deleted and `build/` was not.

        Raises:
            Cancelled: the build was interrupted; the folder is as it was.
            MissingBlob: the store lacks what must be placed.
            StorageError: the disk refuses; the folder is as it was.
        """
        if self._is_later(place):
            return ()
        fresh = {name: (blake3(data).hexdigest(), data) for name, data in generated.items()}
        wanted = {name: digest for name, digest in outputs.items() if is_placed(name)}
        wanted |= {name: digest for name, (digest, _) in fresh.items()}
        known = self._ledger.folders.get(place, Folder())
        states = {name: self._state(place, name, digest) for name, digest in wanted.items()}
        gone = [name for name in known.files if name not in wanted]
        states |= {name: self._state(place, name, known.files[name].digest) for name in gone}
        edited = sorted(name for name, state in states.items() if state == "edited")
        if edited and not force:
            return tuple(edited_by_hand(f"{place}/{name}") for name in edited)
        leaving = [name for name in gone if states[name] != "missing"]
        if any(states[name] != "right" for name in wanted) or leaving:
            beside = self._build / f".{place}.tmp-{os.getpid()}"
            try:
                self._replace(place, wanted, beside=beside, fresh=fresh, states=states)
            except Cancelled:
                self._disk.remove_tree(beside)
                raise
            except OSError as error:
                self._disk.remove_tree(beside)
                needed = sum(self._store.size(digest) for digest in outputs.values())
                raise storage_error(error, self._build / place, needed=needed) from error
        self._note(place, wanted)
        return ()

    def looked(self) -> dict[Path, Signature]:
        """What the file system says of every file that stands as it was placed."""
        found: dict[Path, Signature] = {}
        for place, folder in self._ledger.folders.items():
            for name, placed in folder.files.items():
                path = self._build / place / name
                with suppress(OSError):
                    if signature(path) == placed.look:
                        found[path] = placed.look
        return found

    def clear(self, keep: Iterable[str], *, force: bool) -> tuple[Problem, ...]:
        """Remove what we placed in folders that are not in `keep`; what the user edited stays."""
        problems: list[Problem] = []
        for place in [place for place in self._ledger.folders if place not in set(keep)]:
            problems += self.place(place, {}, generated={}, force=force)
            if not self._ledger.folders[place].files:
                del self._ledger.folders[place]
                self._write_ledger()
        return tuple(problems)

    def _is_later(self, place: str) -> bool:
        """Whether a folder follows a manifest that was read after ours; a clock may be put back."""
        known = self._ledger.folders.get(place)
        return known is not None and self._since_ns < known.since_ns <= time.time_ns()

    def _state(self, place: str, name: str, digest: str) -> State:
        """Whether a file is as wanted, as we left it, as the user made it, or of unknown origin."""
        path = self._build / place / name
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return "missing"
        folder = self._ledger.folders.get(place, Folder())
        placed = folder.files.get(name)
        if placed is not None and placed.look == signature(path):
            return "right" if placed.digest == digest else "ours"
        if not stat.S_ISREG(found.st_mode):
            return "edited"
        content = self._disk.digest(path)
        if content == digest:
            return "right"
        if place not in self._ledger.folders:
            return "foreign"
        left = {folder.becoming.get(name), placed.digest if placed else None}
        return "ours" if content in left else "edited"

    def _replace(
        self,
        place: str,
        wanted: Mapping[str, str],
        *,
        beside: Path,
        fresh: Mapping[str, tuple[str, bytes]],
        states: Mapping[str, State],
    ) -> None:
        """Build the new folder beside the old one, then exchange their names."""
        folder = self._build / place
        self._disk.remove_tree(beside)
        self._disk.make_folder(beside)
        self._back_up(place, [n for n, state in states.items() if state in ("edited", "foreign")])
        for name in self._found_in(folder):
            if name not in states:
                self._carry(folder / name, beside / name)
        for name, digest in wanted.items():
            if states[name] == "right":
                self._carry(folder / name, beside / name)
            elif name in fresh:
                self._disk.make_folder((beside / name).parent)
                self._disk.write(beside / name, fresh[name][1])
            else:
                self._disk.make_folder((beside / name).parent)
                self._disk.copy(self._store.blob(digest), beside / name)
        known = self._ledger.folders.setdefault(place, Folder())
        known.becoming = dict(wanted)
        self._write_ledger()
        self._exchange(folder, beside, empty=not any(beside.iterdir()))

    def _exchange(self, folder: Path, beside: Path, *, empty: bool) -> None:
        self._disk.settle(beside)
        if not folder.exists():
            if not empty:
                self._disk.rename(beside, folder)
        elif empty:
            self._disk.rename(folder, beside.with_suffix(".old"))
        elif not self._disk.swap(folder, beside):
            self._disk.rename(folder, beside.with_suffix(".old"))
            self._disk.rename(beside, folder)
        self._disk.settle(self._build)
        self._disk.remove_tree(beside)
        self._disk.remove_tree(beside.with_suffix(".old"))

    def _back_up(self, place: str, names: list[str]) -> None:
        """Keep files in a folder of their own, named for the one they were in."""
        if not names:
            return
        number = 1
        while (aside := self._build / f"{place}.edited-{number}").exists():
            number += 1
        for name in names:
            self._carry(self._build / place / name, aside / name)

    def _carry(self, source: Path, target: Path) -> None:
        self._disk.make_folder(target.parent)
        self._disk.link(source, target)

    def _found_in(self, folder: Path) -> list[str]:
        """Every file in a folder, by its path in it."""
        found: list[str] = []
        for at, _, names in os.walk(folder):
            inside = Path(at).relative_to(folder)
            found += [(inside / name).as_posix() for name in names]
        return sorted(found)

    def _note(self, place: str, wanted: Mapping[str, str]) -> None:
        files = {}
        for name, digest in wanted.items():
            files[name] = Placed(digest, signature(self._build / place / name))
        known = self._ledger.folders.get(place)
        if known is None or known.becoming or known.files != files:
            self._ledger.folders[place] = Folder(files=files, since_ns=self._since_ns)
            self._write_ledger()

    def _write_ledger(self) -> None:
        write_whole(self._disk, self._path, msgspec.json.encode(self._ledger))


def edited_by_hand(path: str) -> Problem:
    """A file under `build/` is not as it was left there."""
    return Problem(
        slug="output-edited",
        what=f"`build/{path}` was edited by hand and is kept",
        why="what is under `build/` is generated: an edit there would be lost",
        fix="move the file elsewhere, or make with --force to replace it and keep a backup",
    )


def _read_ledger(path: Path) -> Ledger:
    """What was placed so far; a ledger that cannot be read says nothing."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except (OSError, msgspec.DecodeError):
        return Ledger()
