"""`watch`: `make` at every save."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from albumbuild.commands.building import BUILD, events_to, looked_at, run_build
from albumbuild.commands.failing import told
from albumbuild.commands.interrupt import Interrupt
from albumbuild.commands.make import add_build_arguments, ended, make_once, terms_of
from albumbuild.commands.opening import STORE, open_album
from albumbuild.commands.previewing import keep_previews, with_previews
from albumbuild.commands.serving import port_of, serving
from albumbuild.commands.waiting import patience
from albumbuild.commands.watching import Writings, is_trifle, saves
from albumbuild.console import console_for
from albumbuild.engine.results import Result
from albumbuild.engine.seal import Look, look
from albumbuild.manifest.album import NAME, album_root

if TYPE_CHECKING:
    from albumbuild.commands.opening import Opened
    from albumbuild.commands.serving import News
    from albumbuild.console import Console
    from albumbuild.engine.events import Emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `watch`: those of a `make` that goes on."""
    add_build_arguments(parser)
    parser.add_argument(
        "--serve",
        type=port_of,
        metavar="PORT",
        help="show the review page on this machine, and reload it after each build",
    )
    parser.set_defaults(force=False, json=False)


def run(options: argparse.Namespace) -> int:
    """Build, and build again at every save, until it is interrupted; the exit code."""
    console = console_for(options)
    with (
        Interrupt(quiet=console.quiet) as interrupt,
        events_to(options.events) as readers,
        serving(options, console) as news,
    ):
        watch = _Watch(options, console, interrupt=interrupt, readers=readers, news=news)
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
    """The album as the last build found it.

    `_looked` is what the file system said of all that a build hears, from before it was read:
    one save is one build. Where not all of that is known, as with a manifest that is wrong,
    `_any` other save may mend it.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        console: "Console",
        *,
        interrupt: Interrupt,
        readers: "list[Emit]",
        news: "News | None",
    ) -> None:
        self._options = options
        self._console = console
        self._interrupt = interrupt
        self._readers = readers
        self._news = news
        self._root = album_root(Path(options.folder))
        ours = [self._root / STORE, self._root / BUILD]
        if options.events is not None:
            ours.append(Path(options.events).resolve())
        self._ours = Writings(ours)
        self._looked: dict[Path, Look | None] = {self._root / NAME: None}
        self._any = False

    def make(self) -> None:
        """Build once, and say how it ended; whatever stops a build leaves the watch going."""
        self._looked = {path: look(path) for path in self._looked}
        self._any = True
        opened = result = None
        try:
            opened = open_album(self._options, self._console)
            built = make_once(
                self._options,
                opened,
                self._console,
                interrupt=self._interrupt,
                readers=self._readers,
            )
            result = built.result
            ended(opened, result, self._console, interrupt=self._interrupt)
            if self._news is not None:
                self._show(opened, self._news)
        except Exception as error:
            told(error, self._options)
        if opened is not None:
            self._learn(opened, result)
        if not self._interrupt.stopped.is_set():
            self._console.note("watching; Ctrl-C ends it")

    def _show(self, opened: "Opened", news: "News") -> None:
        """Have open pages show what was built, and once more when it can be listened to."""
        news.tell()
        listening = with_previews(opened)
        result = run_build(
            listening.opened,
            listening.targets,
            terms=terms_of(self._options, opened),
            console=self._console,
            interrupt=self._interrupt,
            busy=patience(self._options, self._console),
            readers=self._readers,
        )
        if keep_previews(listening, result):
            news.tell()

    def is_stale(self) -> bool:
        """Whether something is not as the last build found it."""
        return any(look(path) != was for path, was in self._looked.items())

    def wants(self, saved: set[Path]) -> bool:
        """Whether these saves are a reason to build."""
        others = {path for path in saved - self._looked.keys() if self._any and self._counts(path)}
        self._looked |= {path: look(path) for path in others}
        return bool(others) or self.is_stale()

    def folders(self) -> set[Path]:
        """The folders to listen to: the album's, and those of what it takes from elsewhere.

        With all that is in them: none of those around the album, up to the whole disk.
        """
        outside = {path.parent for path in self._looked if not path.is_relative_to(self._root)}
        around = {each for each in outside if self._root.is_relative_to(each)}
        return {self._root, *(each for each in outside - around if each.is_dir())}

    def _learn(self, opened: "Opened", result: Result | None) -> None:
        """Know from here on what a build heard; all that it would have, where it failed."""
        result = result or Result(status="failed", seconds=0.0, steps={}, run=self._root)
        looked = looked_at(opened, result)
        if looked is None:
            return  # something was saved meanwhile
        self._any = False
        sources = () if result.status == "ok" else opened.planned.plan
        for path in {each for step in sources for each in step.sources.values()} - looked.keys():
            found = look(path)
            if found is not None and max(found[3], found[4]) >= opened.since_ns:
                self._any = True
            else:
                looked[path] = found
        if result.status != "ok":  # what is kept there stays another than what was placed
            build = self._root / BUILD
            placed = {*build.rglob("*"), *(path for path in looked if path.is_relative_to(build))}
            looked |= {path: look(path) for path in placed if not path.is_dir()}
        self._looked = looked

    def _counts(self, path: Path) -> bool:
        return not is_trifle(path) and not self._ours.include(path)
