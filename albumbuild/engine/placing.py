"""Puts finished deliverables under `build/`: each folder whole, or as it was before.

Each folder is looked at. If it is not as wanted, the new one is built beside it, the two
exchange their names, and what was put there is noted.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from blake3 import blake3

from albumbuild.engine.files import Disk, storage_error, write_whole
from albumbuild.engine.sources import Signature, signature
from albumbuild.engine.standing import (
    HERE,
    Confirmed,
    Folder,
    Placed,
    Sight,
    above,
    edited_by_hand,
    edited_meanwhile,
    edits,
    looks_now,
    read_confirmed,
    read_ledger,
    sight,
    tree,
)
from albumbuild.engine.store import Store
from albumbuild.model.problem import Problem


def is_placed(name: str) -> bool:
    """Whether an output goes to `build/`: all but those whose name begins with a dot."""
    return not name.startswith(".")


class Placer:
    """Brings folders under `build` to the state that the store has for them.

    `since_ns` is when the manifest was read that they follow: what another make has placed
    or found right after a later reading stays.
    """

    def __init__(self, store: Store, build: Path, *, since_ns: int = 0) -> None:
        self._store = store
        self._disk: Disk = store.disk
        self._build = build
        self._since_ns = since_ns
        self._path = store.root / "placed.json"
        self._confirmed_path = store.root / "runs" / "confirmed.json"
        self._ledger = read_ledger(self._path)
        self._confirmed = Confirmed()
        self._places: set[str] = set()
        self.lock = store.root / "placing.lock"

    def begin(self, places: Iterable[str] = ()) -> tuple[Problem, ...]:
        """Read anew what was placed, and end what an interrupted build left half-made.

        From here on the caller holds `lock`: one process places at a time. `places` are all
        those of the plan. Gives what the user edited meanwhile and had to be put aside.

        Raises:
            StorageError: the disk refuses.
        """
        self._ledger = read_ledger(self._path)
        self._confirmed = read_confirmed(self._confirmed_path)
        self._places = {*places, *self._ledger.folders}
        for half in self._build.glob(".*.tmp-*"):
            self._disk.remove_tree(half)
        problems: list[Problem] = []
        for place in sorted(self._places):
            with self._refusals(place):
                self._restore(place)
                if any(map(os.path.lexists, self._leftovers(place))):
                    problems += self._put_away(place, seen=self._backed_up(place))
        return tuple(problems)

    def lacking(self, place: str, outputs: Mapping[str, str], *, force: bool) -> list[str]:
        """The digests that the store must have for `place` to be made as `outputs` say.

        Raises:
            StorageError: what stands there cannot be read.
        """
        hidden = [digest for name, digest in outputs.items() if not is_placed(name)]
        wanted = {name: digest for name, digest in outputs.items() if is_placed(name)}
        seen = self._look(place, wanted)
        if seen.names("edited") and not force:
            return hidden
        return hidden + [wanted[name] for name in wanted if seen.states[name] != "right"]

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
        What is edited while the folder is made is kept, and told.

        Raises:
            Cancelled: the build was interrupted; the folder is as it was.
            MissingBlob: the store lacks what must be placed; the folder is as it was.
            StorageError: the disk refuses; the folder is whole.
        """
        if self._since_ns < self._confirmed.of(place):
            return ()
        wanted = {name: digest for name, digest in outputs.items() if is_placed(name)}
        wanted |= {name: blake3(data).hexdigest() for name, data in generated.items()}
        seen = self._look(place, wanted)
        edited = seen.names("edited")
        if edited and not force:
            return edited_by_hand(place, edited)
        problems: tuple[Problem, ...] = ()
        if seen.holds_only(wanted):
            self._note(place, wanted, seen.looks)
        else:
            with self._refusals(place, sum(map(self._store.size, outputs.values()))):
                problems = self._replace(place, wanted, seen=seen, generated=generated)
        self._confirmed.note(place, self._since_ns)
        self._write_confirmed()
        return problems

    def looked(self) -> dict[Path, Signature]:
        """What the file system said of every file when it was put in its place."""
        return {
            self._build / place / name: placed.look
            for place, folder in self._ledger.folders.items()
            for name, placed in folder.files.items()
        }

    def clear(self, keep: Iterable[str], *, force: bool) -> tuple[Problem, ...]:
        """Remove what we placed in folders that are not in `keep`; what the user edited stays."""
        keep = set(keep)
        problems: list[Problem] = []
        for place in [place for place in self._ledger.folders if place not in keep]:
            problems += self.place(place, {}, generated={}, force=force)
            if not self._ledger.folders[place].files:
                del self._ledger.folders[place]
                self._write_ledger()
        self._confirmed.note_others(keep, self._since_ns)
        self._write_confirmed()
        return tuple(problems)

    def _look(self, place: str, wanted: Mapping[str, str]) -> Sight:
        with self._refusals(place):
            known = self._ledger.folders.get(place)
            return sight(self._build / place, known, wanted, disk=self._disk)

    def _replace(
        self,
        place: str,
        wanted: Mapping[str, str],
        *,
        seen: Sight,
        generated: Mapping[str, bytes],
    ) -> tuple[Problem, ...]:
        """Build the new folder beside the old one, exchange their names, note what stands there.

        Gives what was edited while that was done.
        """
        beside = self._build / f".{place}.tmp-{os.getpid()}"
        aside = self._build / self._free_name(place)
        try:
            self._disk.remove_tree(beside)
            self._disk.make_folder(beside)
            self._carry_all(place, wanted, seen=seen, beside=beside, aside=aside)
            looks = self._fill(beside, wanted, seen=seen, generated=generated)
            self._ledger.folders.setdefault(place, Folder()).becoming = dict(wanted)
            self._write_ledger()
            self._exchange(place, beside, aside=aside, blocked=HERE in seen.tree.leaves)
        except Exception:
            with suppress(OSError):
                self._undo(place, beside, aside)
            raise
        self._disk.settle(self._build)
        problems = self._put_away(place, seen=seen.tree.leaves)
        self._note(place, wanted, looks_now(self._build / place, looks))
        return problems + edited_by_hand(place, self._look(place, wanted).names("edited"))

    def _carry_all(
        self, place: str, wanted: Mapping[str, str], *, seen: Sight, beside: Path, aside: Path
    ) -> None:
        """Give what stays to the new folder, and to `aside` what the user made of our files."""
        folder = self._build / place
        replaced = set(seen.names("edited", "foreign"))
        going = seen.states.keys() - {name for name in wanted if seen.states[name] == "right"}
        ours = {each for name in seen.states for each in above(name)}
        if HERE in replaced:
            return  # no folder: it is moved as it is
        for name in sorted(seen.tree.folders):
            if not replaced.isdisjoint((name, *above(name))):
                self._disk.make_folder(aside / name)
            elif name not in ours:
                self._disk.make_folder(beside / name)
        for name in seen.tree.leaves:
            if not replaced.isdisjoint((name, *above(name))):
                self._carry(folder / name, aside / name)
            elif name not in going:
                self._carry(folder / name, beside / name)

    def _carry(self, source: Path, target: Path) -> None:
        self._disk.make_folder(target.parent)
        with suppress(FileNotFoundError):  # the user removed it meanwhile
            self._disk.link(source, target)

    def _fill(
        self,
        beside: Path,
        wanted: Mapping[str, str],
        *,
        seen: Sight,
        generated: Mapping[str, bytes],
    ) -> dict[str, Signature]:
        """Write what is new: how each file looks that is as wanted."""
        looks = dict(seen.looks)
        for name, digest in wanted.items():
            if seen.states[name] == "right":
                continue
            self._disk.make_folder((beside / name).parent)
            if name in generated:
                self._disk.write(beside / name, generated[name])
            else:
                self._disk.copy(self._store.blob(digest), beside / name)
            looks[name] = signature(beside / name)
        return looks

    def _exchange(self, place: str, beside: Path, *, aside: Path, blocked: bool) -> None:
        """Put the new folder, all of it on the disk, in the place of the old one.

        What is called `old` or `new` meanwhile is whole, and may take the place of a folder
        that is missing.
        """
        folder, (old, new) = self._build / place, self._leftovers(place)
        self._disk.settle_tree(beside)
        if blocked:
            self._disk.rename(folder, aside)
        elif aside.exists():
            self._disk.settle_tree(aside)
        if not any(beside.iterdir()):
            if folder.exists():
                self._disk.rename(folder, old)
            self._disk.remove_tree(beside)
            return
        self._disk.rename(beside, new)
        if not folder.exists():
            self._disk.rename(new, folder)
        elif not self._disk.swap(folder, new):
            self._disk.rename(folder, old)
            self._disk.rename(new, folder)

    def _undo(self, place: str, beside: Path, aside: Path) -> None:
        """All is as it was before an attempt that failed."""
        folder, (old, new) = self._build / place, self._leftovers(place)
        for moved in filter(os.path.lexists, (old, aside)):
            if not os.path.lexists(folder):
                self._disk.rename(moved, folder)
        for made in (beside, new, aside):
            self._disk.remove_tree(made)

    def _restore(self, place: str) -> None:
        """Where an exchange of names was cut off midway, a whole folder takes the place."""
        for left in self._leftovers(place):
            if os.path.lexists(left) and not os.path.lexists(self._build / place):
                self._disk.rename(left, self._build / place)

    def _put_away(self, place: str, *, seen: Mapping[str, Signature]) -> tuple[Problem, ...]:
        """Remove the old folder, but for what the user did in it since it was `seen` so."""
        problems: list[Problem] = []
        for left in filter(os.path.lexists, self._leftovers(place)):
            problems += self._rescue(place, left, seen=seen)
            if left.is_dir():
                emptied = left.with_name(f"{left.name}.tmp-{os.getpid()}")
                self._disk.remove_tree(emptied)
                self._disk.rename(left, emptied)  # wherever this is cut off: no more rescues
                self._disk.remove_tree(emptied)
        return tuple(problems)

    def _rescue(
        self, place: str, left: Path, *, seen: Mapping[str, Signature]
    ) -> tuple[Problem, ...]:
        """Bring the user's new and changed files into the folder, or else into one beside it."""
        folder, aside = self._build / place, self._build / self._free_name(place)
        known = self._ledger.folders.get(place, Folder())
        put_aside: list[str] = []
        for name, fits in edits(left, folder, seen=seen, known=known, disk=self._disk):
            target = folder / name if fits else aside / name
            self._disk.make_folder(target.parent)
            self._disk.rename(left / name, target)
            put_aside += [] if fits else [name]
        for changed in filter(Path.exists, (folder, aside)):
            self._disk.settle_tree(changed)
        return edited_meanwhile(place, put_aside, aside=aside.name)

    def _backed_up(self, place: str) -> dict[str, Signature]:
        """How the files look that are kept in backups of a folder, the newest of each name."""
        backups = self._build.glob(f"{place}.edited-*")
        seen: dict[str, Signature] = {}
        for backup in sorted(backups, key=lambda path: (len(path.name), path.name)):
            seen |= tree(backup).leaves
        return seen

    def _leftovers(self, place: str) -> tuple[Path, Path]:
        """What whole folders are called while names are exchanged: the old and the new one."""
        return self._build / f".{place}.old", self._build / f".{place}.new"

    def _free_name(self, place: str) -> str:
        """A name for a backup that nothing has, and no deliverable of the plan will have."""
        number = 1
        while (name := f"{place}.edited-{number}") in self._places or os.path.lexists(
            self._build / name
        ):
            number += 1
        return name

    def _note(self, place: str, wanted: Mapping[str, str], looks: Mapping[str, Signature]) -> None:
        files = {name: Placed(digest, looks[name]) for name, digest in wanted.items()}
        known = self._ledger.folders.get(place)
        if known is None or known.becoming or known.files != files:
            self._ledger.folders[place] = Folder(files=files)
            self._write_ledger()

    def _write_ledger(self) -> None:
        write_whole(self._disk, self._path, msgspec.json.encode(self._ledger))

    def _write_confirmed(self) -> None:
        """For makes that run at the same time: it need not outlive a power cut."""
        with suppress(OSError):
            self._confirmed_path.parent.mkdir(exist_ok=True)
            self._confirmed_path.write_bytes(msgspec.json.encode(self._confirmed))

    @contextmanager
    def _refusals(self, place: str, needed: int | None = None) -> Iterator[None]:
        """Tell what the system refuses as a StorageError of the folder."""
        try:
            yield
        except OSError as error:
            raise storage_error(error, self._build / place, needed=needed) from error
