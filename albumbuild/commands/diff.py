"""`diff`: two revisions of the album in audible terms."""

import argparse
import json
from typing import TYPE_CHECKING

from albumbuild.commands import exits
from albumbuild.commands.waiting import add_wait_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from albumbuild.commands.comparing.bench import Bench
    from albumbuild.commands.comparing.side import Side


FOLDER = "build/report/diff"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `diff`."""
    from albumbuild.commands.make import jobs_of

    parser.add_argument("old", nargs="?", default="HEAD", metavar="A", help="default: HEAD")
    parser.add_argument("new", nargs="?", metavar="B", help="default: the work tree")
    parser.add_argument("--json", action="store_true", help="all of it as JSON on stdout")
    parser.add_argument(
        "--html",
        nargs="?",
        const=FOLDER,
        metavar="DIR",
        help=f"write a page to look at and to listen to (default: {FOLDER})",
    )
    parser.add_argument(
        "-j", "--jobs", type=jobs_of, metavar="N", help="steps at once (default: cores)"
    )
    add_wait_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Compare, and tell; the exit code."""
    from albumbuild.commands.comparing.bench import Bench, NotBuilt
    from albumbuild.commands.comparing.telling import lines_of
    from albumbuild.commands.interrupt import Interrupt
    from albumbuild.commands.make import ended
    from albumbuild.console import console_for
    from albumbuild.deliverables.review import PAGE
    from albumbuild.engine.action import Cancelled
    from albumbuild.model.problem import ProblemError

    console = console_for(options)
    root = _root(options.folder)
    with Interrupt(quiet=console.quiet) as interrupt:
        bench = Bench(root, options, console, interrupt)
        try:
            page = None if options.html is None else _page_folder(root, options)
            found = compared(root, options.old, options.new, bench, page=page)
        except Cancelled:
            return interrupt.code
        except ProblemError:
            if interrupt.stopped.is_set():  # git was stopped too, and gave no answer
                return interrupt.code
            raise
        except NotBuilt as error:
            if error.result.failed:
                console.note(f"{error.side.title} cannot be made:")
            return ended(error.side.opened, error.result, console, interrupt=interrupt)
    for note in found["notes"]:
        console.note(f"note: {note}")
    if options.json:
        console.result(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for line in lines_of(found):
            console.result(line)
    if page is not None:
        console.note(f"the page is {page / PAGE}")
    return exits.DONE


def compared(
    root: "Path", old: str, new: str | None, bench: "Bench", *, page: "Path | None" = None
) -> "dict[str, Any]":
    """The album of `root` at two revisions, or at one and as it stands, as plain data.

    With a folder for a `page`, that is written too.

    Raises:
        Cancelled: the user had enough.
        NotBuilt: one of them could not be made.
        ProblemError: one of them cannot be read.
    """
    from albumbuild.commands.comparing.compare import compared_sides
    from albumbuild.engine.lock import hold
    from albumbuild.formats.history import top_of

    top = top_of(root)
    bench.prepare()
    with (
        hold(bench.store.lock, "shared", who=None, busy=bench.busy, cancelled=bench.stopped),
        bench.scratch() as scratch,
    ):
        sides = [*_sides(root, top, (old, new), scratch)]
        both = compared_sides(sides[0], sides[1], bench)
        if page is not None:
            from albumbuild.commands.comparing.page import write_page

            write_page(both.old, both.new, both.data, folder=page, bench=bench)
        return both.data


def _sides(
    root: "Path", top: "Path", names: tuple[str | None, ...], scratch: "Path"
) -> "Iterator[Side]":
    from albumbuild.commands.comparing.side import revision_side, work_tree_side

    for number, name in enumerate(names):
        if name is None:
            yield work_tree_side(root, top)
            continue
        into = scratch / str(number)
        into.mkdir()
        yield revision_side(root, top, name, into=into)


def _page_folder(root: "Path", options: argparse.Namespace) -> "Path":
    """Where the page goes: a folder as it is typed, or the album's own."""
    from pathlib import Path

    return root / FOLDER if options.html == FOLDER else Path(options.html)


def _root(folder: str) -> "Path":
    from pathlib import Path

    from albumbuild.manifest.album import album_root

    return album_root(Path(folder))
