"""`report`: brings the review page up to date, with previews to listen to."""

import argparse
import webbrowser

from albumbuild.commands.account import page_folder
from albumbuild.commands.building import events_to
from albumbuild.commands.interrupt import Interrupt
from albumbuild.commands.make import add_run_arguments, build_once, ended
from albumbuild.commands.opening import open_album
from albumbuild.commands.previewing import keep_previews, with_previews
from albumbuild.console import console_for
from albumbuild.deliverables.review import PAGE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `report`: those of a build of the page."""
    parser.add_argument("--open", action="store_true", help="show it in the web browser")
    add_run_arguments(parser)
    parser.set_defaults(force=False, json=False)


def run(options: argparse.Namespace) -> int:
    """Build the page and all that it plays; the exit code."""
    console = console_for(options)
    with Interrupt(quiet=console.quiet) as interrupt, events_to(options.events) as readers:
        listening = with_previews(open_album(options, console))
        opened = listening.opened
        built = build_once(
            options,
            opened,
            console,
            targets=listening.targets,
            interrupt=interrupt,
            readers=readers,
        )
        keep_previews(listening, built.result)
        code = ended(opened, built.result, console, interrupt=interrupt)
    page = page_folder(opened.root) / PAGE
    if options.open and page.is_file() and not interrupt.stopped.is_set():
        webbrowser.open(page.as_uri())
    return code or built.verdict
