"""The table of the build core: what is given or edited, and how it is shown to hold."""

import copy
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from tests.studio import Studio


class Row(NamedTuple):
    """A line of the table; `play` is handed the fixtures that it names."""

    number: int
    given: str
    play: Callable[..., None]
    slow: bool

    @property
    def id(self) -> str:
        """The name of its test."""
        words = re.findall(r"\w+", self.given.lower())
        return f"row-{self.number:02}-{'-'.join(words)}"


TABLE: list[Row] = []
"""What the modules of this folder have entered; a row may be shown in more than one way."""


def row(
    number: int, given: str, *, slow: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Enters a function as a row of the table."""

    def entered(play: Callable[..., None]) -> Callable[..., None]:
        TABLE.append(Row(number, given, play, slow))
        return play

    return entered


class Edit(NamedTuple):
    """A row whose story is always the same: after `change` exactly the steps of `ran` run.

    Steps of `restored` come from the store, all others are current. A second make runs
    nothing, nor does one after the edit is undone, and then the files are the old ones.
    """

    number: int
    given: str
    change: Callable[[Studio], object]
    ran: str = ""
    restored: str = ""
    then: Callable[[Studio], None] = lambda _studio: None

    def play(self, studio: Studio) -> None:
        """Show that it holds."""
        studio.make()  # sealed
        before = studio.digests()
        undo = undoing(studio)
        self.change(studio)
        statuses = studio.statuses()
        assert ran(statuses) == matching(self.ran, statuses)
        assert ended(statuses, "restored") == matching(self.restored, statuses)
        assert ended(statuses, "failed") | ended(statuses, "skipped") == set()
        self.then(studio)
        assert studio.make() == set()
        undo()
        assert studio.make() == set()
        assert studio.digests() == before


def undoing(studio: Studio) -> Callable[[], None]:
    """What brings the manifest and the stems back to what they are now."""
    album = copy.deepcopy(studio.album)
    stems = {path: path.read_bytes() for path in (studio.root / "stems").iterdir()}

    def undo() -> None:
        for path in (studio.root / "stems").iterdir():
            if path not in stems:
                path.unlink()
        for path, data in stems.items():
            if path.read_bytes() != data:
                path.write_bytes(data)
        studio.album = album
        studio.save()

    return undo


def matching(patterns: str, steps: Iterable[str]) -> set[str]:
    """The steps that one of the patterns names; every pattern must name some."""
    found: set[str] = set()
    for pattern in patterns.split():
        named = {step for step in steps if fnmatchcase(step, pattern)}
        assert named, f"no step is called {pattern}"
        found |= named
    return found


def ended(statuses: dict[str, str], status: str) -> set[str]:
    """The steps that ended in a status."""
    return {step for step, end in statuses.items() if end == status}


def ran(statuses: dict[str, str]) -> set[str]:
    """The steps that ran."""
    return ended(statuses, "ran")


def seen(studio: Studio, *, but: str = "") -> dict[str, tuple[int, int, int]]:
    """What the file system says of everything in the album, save in folders called `but`."""
    found = {}
    for path in sorted(studio.root.rglob("*")):
        if but not in path.parts:
            stat = path.lstat()
            found[str(path)] = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
    return found


def setting(path: str, value: Any) -> Callable[[Studio], object]:
    """An edit of one place in the manifest."""
    return lambda studio: studio.edit(path, value)
