"""Opening the album that a command works on; what is heavy is loaded only then."""

import os
import time
from typing import TYPE_CHECKING

from albumbuild import __version__

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from albumbuild.console import Console
    from albumbuild.manifest.album import Manifest
    from albumbuild.planner.album import AlbumPlan


STORE = ".albumbuild"
"""The folder of an album's store."""

PROGRAM = f"{__version__} in {os.path.dirname(__file__)}"  # noqa: PTH120 - no pathlib here
PROGRAM += f" with {os.environ.get('PYTHONPATH', '')}"
"""Which albumbuild this is, and where it finds packages: a seal is for the one that made it."""

STARTED_NS = time.time_ns()
"""When this process had its program: what is saved of it later is not what runs here."""


class Opened:
    """An album that was read, checked and planned; `since_ns` is when reading began."""

    def __init__(self, manifest: "Manifest", planned: "AlbumPlan", since_ns: int) -> None:
        self.manifest = manifest
        self.planned = planned
        self.since_ns = since_ns

    @property
    def root(self) -> "Path":
        """The folder of album.yaml."""
        return self.manifest.root


def find_root(folder: str) -> str | None:
    """The nearest folder with an album.yaml: `folder` or one around it."""
    at = os.path.realpath(folder)
    while not os.path.isfile(os.path.join(at, "album.yaml")):  # noqa: PTH113, PTH118 - no pathlib here
        parent = os.path.dirname(at)  # noqa: PTH120
        if parent == at:
            return None
        at = parent
    return at


def open_album(options: "Namespace", console: "Console") -> Opened:
    """Read, check and plan the album; warnings go to the console.

    Raises:
        ProblemError: the manifest is wrong.
    """
    from pathlib import Path

    from albumbuild.manifest.album import load
    from albumbuild.manifest.spelled import spelled
    from albumbuild.planner.album import plan_album

    since_ns = time.time_ns()
    manifest = load(Path(options.folder))
    planned = plan_album(
        manifest.root, manifest.album, manifest.places, spell=lambda: spelled(manifest.album)
    )
    console.problems([*manifest.warnings, *planned.warnings])
    return Opened(manifest, planned, since_ns)


def tell_choices(opened: Opened, console: "Console") -> None:
    """What was left to the house, what it has chosen, and why."""
    for name, medium in opened.planned.media.items():
        for reason in medium.why_these_sides:
            console.note(f"info: {name}: {reason}")
