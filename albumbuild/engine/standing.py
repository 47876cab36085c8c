"""What was put under `build/`, and what stands there now."""

import os
import stat
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

import msgspec

from albumbuild.engine.files import Disk
from albumbuild.engine.sources import Signature, signature
from albumbuild.model.problem import Problem

State: TypeAlias = Literal["right", "ours", "edited", "foreign", "missing"]
"""As wanted, as we left it, as the user made it, of unknown origin, or not there."""

HERE = "."
"""The name of a folder in itself."""


class Placed(msgspec.Struct, frozen=True):
    """One file as it was put in its place."""

    digest: str
    look: Signature


class Folder(msgspec.Struct, kw_only=True):
    """What was put into one folder; `becoming` is what was about to be when last heard of."""

    files: dict[str, Placed] = {}
    becoming: dict[str, str] = {}


class Ledger(msgspec.Struct, kw_only=True):
    """`placed.json`: every folder under `build/` that is ours."""

    folders: dict[str, Folder] = {}


class Confirmed(msgspec.Struct, kw_only=True):
    """`runs/confirmed.json`: when the manifest was read that each folder was last seen to follow.

    `others_ns` is that of the last plan as a whole: a folder that is not listed was not in it.
    """

    places: dict[str, int] = {}
    others_ns: int = 0

    def of(self, place: str) -> int:
        """When the manifest was read that wanted a folder so, or wanted it gone."""
        return self.places.get(place, self.others_ns)

    def note(self, place: str, since_ns: int) -> None:
        """A folder is as the manifest of `since_ns` says."""
        self.places[place] = max(self.of(place), since_ns)

    def note_others(self, plan: Iterable[str], since_ns: int) -> None:
        """All folders but those of the plan are gone, as the manifest of `since_ns` says."""
        planned = {place: self.of(place) for place in plan}
        self.others_ns = max(self.others_ns, since_ns)
        later = {place: ns for place, ns in self.places.items() if ns > self.others_ns}
        self.places = later | planned


class Tree(msgspec.Struct, frozen=True):
    """All in a folder by its path there: files and links as they look, and folders.

    What is no folder has one leaf, itself; what is not there is empty.
    """

    leaves: dict[str, Signature]
    folders: set[str]

    def over(self, name: str) -> str | None:
        """The file or link that stands where a folder above `name` must be."""
        return next((each for each in above(name) if each in self.leaves), None)

    def has(self, name: str) -> bool:
        """Whether anything has that name."""
        return name in self.leaves or name in self.folders


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """A folder as it was found: all in it, and how it is with each file that is ours."""

    tree: Tree
    states: dict[str, State]
    looks: dict[str, Signature]

    def names(self, *states: State) -> list[str]:
        """The names in one of these states."""
        return sorted(name for name, state in self.states.items() if state in states)

    def holds_only(self, wanted: Collection[str]) -> bool:
        """Whether all that is wanted is right, and nothing else is there that was ours."""
        goal = {name: "right" if name in wanted else "missing" for name in self.states}
        return self.states == goal


def above(name: str) -> list[str]:
    """The folders that a path goes through, the outermost first."""
    return [str(each) for each in reversed(PurePosixPath(name).parents)]


def same_content(one: Signature, other: Signature | None) -> bool:
    """Whether two looks differ in nothing but the inode's time, which linking changes too."""
    return other is not None and one[:4] == other[:4]


def tree(folder: Path) -> Tree:
    """All in a folder; OSError where a part of it may not be read."""
    try:
        top = folder.lstat()
    except FileNotFoundError:
        return Tree({}, set())
    if not stat.S_ISDIR(top.st_mode):
        return Tree({HERE: _look(top)}, set())
    found = Tree({}, {HERE})
    for at, below, names in os.walk(folder, onerror=_unless_gone):
        for path in (Path(at, name) for name in sorted((*below, *names))):
            with suppress(FileNotFoundError):
                entry = path.lstat()
                name = path.relative_to(folder).as_posix()
                if stat.S_ISDIR(entry.st_mode):
                    found.folders.add(name)
                else:
                    found.leaves[name] = _look(entry)
    return found


def sight(folder: Path, known: Folder | None, wanted: Mapping[str, str], *, disk: Disk) -> Sight:
    """How it is with each file that a folder shall hold, and with each that we had put there.

    A file or link in the way of a folder counts as edited, under its own name; so does a
    folder in the place of a file. All looks are from before the contents were read.
    """
    found = tree(folder)
    left = {} if known is None else {name: each.digest for name, each in known.files.items()}
    seen = Sight(tree=found, states={}, looks={})
    for name, digest in {**left, **wanted}.items():
        seen.states[name] = "edited" if name in found.folders else "missing"
        if name in found.leaves:
            seen.states[name] = _state(folder, name, known, digest, looks=seen.looks, disk=disk)
    for name in wanted:
        if (over := found.over(name)) is not None:
            seen.states.setdefault(over, "edited")
    return seen


def edits(
    left: Path, folder: Path, *, seen: Mapping[str, Signature], known: Folder, disk: Disk
) -> Iterator[tuple[str, bool]]:
    """What in a folder that was replaced is the user's, and changed since it was `seen` so.

    With whether it may have its name in the new folder: where that holds another output of
    ours, or what nobody has seen yet, it may not.
    """
    now = tree(folder)
    for name, look in tree(left).leaves.items():
        if same_content(look, seen.get(name)) or same_content(look, now.leaves.get(name)):
            continue
        ours = _digests(known, name)
        if ours and (left / name).is_file() and disk.digest(left / name) in ours:
            continue
        free = not now.has(name) or (not ours and name in seen)
        yield name, free and now.over(name) is None


def looks_now(folder: Path, looks: Mapping[str, Signature]) -> dict[str, Signature]:
    """The looks of files after linking; what was edited since keeps one that it has no more."""
    found = dict(looks)
    for name, look in looks.items():
        with suppress(OSError):
            now = signature(folder / name)
            found[name] = now if same_content(now, look) else look
    return found


def read_ledger(path: Path) -> Ledger:
    """What was placed so far; a ledger that cannot be read says nothing."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Ledger()


def read_confirmed(path: Path) -> Confirmed:
    """What was confirmed so far, but for times to come: a clock may be put back."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Confirmed)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Confirmed()
    now = time.time_ns()
    places = {place: ns for place, ns in found.places.items() if ns <= now}
    return Confirmed(places=places, others_ns=found.others_ns if found.others_ns <= now else 0)


def _state(
    folder: Path,
    name: str,
    known: Folder | None,
    digest: str,
    *,
    looks: dict[str, Signature],
    disk: Disk,
) -> State:
    """The state of a file that should have `digest`; how it looks goes into `looks`."""
    path = folder / name
    placed = None if known is None else known.files.get(name)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "edited"
        looks[name] = signature(path)
        if placed is not None and placed.look == looks[name]:
            return "right" if placed.digest == digest else "ours"
        content = disk.digest(path)
    except OSError:
        if path.is_symlink():  # it leads nowhere, or where we may not look
            return "edited"
        if not path.exists():  # gone since the folder was read
            return "missing"
        raise
    if content == digest:
        return "right"
    if known is not None and content in _digests(known, name):
        return "ours"
    return "edited" if known is not None and known.files else "foreign"


def _digests(known: Folder, name: str) -> set[str]:
    """What we put, or were about to put, under a name."""
    placed = {name: each.digest for name, each in known.files.items()}
    return {digests[name] for digests in (placed, known.becoming) if name in digests}


def _look(found: os.stat_result) -> Signature:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def edited_by_hand(place: str, names: Iterable[str]) -> tuple[Problem, ...]:
    """Files under `build/` are not as they were left there."""
    return tuple(
        Problem(
            slug="output-edited",
            what=f"`build/{PurePosixPath(place, name)}` was edited by hand and is kept",
            why="what is under `build/` is generated: an edit there would be lost",
            fix="move the file elsewhere, or make with --force to replace it and keep a backup",
        )
        for name in names
    )


def edited_meanwhile(place: str, names: Iterable[str], *, aside: str) -> tuple[Problem, ...]:
    """Files were saved in a folder under `build/` while that was replaced."""
    return tuple(
        Problem(
            slug="edited-meanwhile",
            what=f"`build/{PurePosixPath(place, name)}` was edited while it was replaced",
            why=f"your edit is in `build/{aside}`: what is under `build/` is generated",
            fix=f"take what you need from `build/{aside}`, then delete it",
        )
        for name in names
    )
