"""`watch`: `make` at every save."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from albumbuild.commands.building import BUILD, STORE, events_to, looked_at
from albumbuild.commands.interrupt import Interrupt
from albumbuild.commands.make import add_build_arguments, build_once, ended
from albumbuild.commands.opening import open_album
from albumbuild.commands.watching import is_trifle, saves
from albumbuild.console import console_for
from albumbuild.engine.seal import Look, look
from albumbuild.manifest.album import album_root
from albumbuild.model.problem import ProblemError

if TYPE_CHECKING:
    from albumbuild.console import Console
    from albumbuild.engine.events import Emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `watch`: those of a `make` that goes on."""
    add_build_arguments(parser)
    parser.set_defaults(force=False, json=False)


def run(options: argparse.Namespace) -> int:
    """Build, and build again at every save, until it is interrupted; the exit code."""
    console = console_for(options)
    with Interrupt(console) as interrupt, events_to(options.events) as readers:
        watch = _Watch(options, console, interrupt=interrupt, readers=readers)
        while not interrupt.stopped.is_set():
            folders = watch.folders()
            with saves(folders, interrupt.stopped) as heard:
                if watch.is_stale():
                    watch.make()
                for batch in heard:
                    if watch.wants(batch):
                        watch.make()
                    if watch.folders() != folders:
                        break
        return interrupt.code


class _Watch:
    """The album as the last build found it; without a good one, any save may mend it."""

    def __init__(
        self,
        options: argparse.Namespace,
        console: "Console",
        *,
        interrupt: Interrupt,
        readers: "list[Emit]",
    ) -> None:
        self._options = options
        self._console = console
        self._interrupt = interrupt
        self._readers = readers
        self._root = album_root(Path(options.folder))
        self._ours = [self._root / STORE, self._root / BUILD]
        if options.events is not None:
            self._ours.append(Path(options.events).resolve())
        self._looked: dict[Path, Look | None] | None = {self._root: None}

    def make(self) -> None:
        """Build once, and say how it ended; mistakes are told and leave the watch going."""
        self._looked = None
        try:
            opened = open_album(self._options, self._console)
            result = build_once(
                self._options,
                opened,
                self._console,
                interrupt=self._interrupt,
                readers=self._readers,
            )
        except ProblemError as error:
            self._console.problems(error.problems)
        else:
            ended(opened, result, self._console, interrupt=self._interrupt)
            if result.status == "ok":
                self._looked = looked_at(opened, result)
        if not self._interrupt.stopped.is_set():
            self._console.note("watching; Ctrl-C ends it")

    def is_stale(self) -> bool:
        """Whether something is not as the last good build found it."""
        looked = self._looked or {}
        return any(look(path) != was for path, was in looked.items())

    def wants(self, saved: set[Path]) -> bool:
        """Whether these saves are a reason to build."""
        if self._looked is not None:
            return self.is_stale()
        return any(not self._is_ours(path) and not is_trifle(path) for path in saved)

    def folders(self) -> set[Path]:
        """The folders to listen to: the album's, and those of what it takes from elsewhere."""
        outside = (path for path in self._looked or {} if not path.is_relative_to(self._root))
        return {self._root, *(path.parent for path in outside if path.parent.is_dir())}

    def _is_ours(self, path: Path) -> bool:
        return any(path.is_relative_to(each) for each in self._ours)
