"""`--wait` and `--no-wait`: what a command does while somebody else holds the album."""

import argparse
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albumbuild.console import Console
    from albumbuild.engine.lock import Busy
    from albumbuild.engine.store import Store


def add_wait_arguments(parser: argparse.ArgumentParser) -> None:
    """The two flags; the default is to wait."""
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="wait while the album is locked (default), or give up with exit code 5",
    )


def patience(options: argparse.Namespace, console: "Console") -> "Callable[[Busy], None]":
    """Says that it waits, or refuses to."""
    from albumbuild.engine.lock import refuse  # only here: a build with nothing to do needs none

    if not options.wait:
        return refuse
    return lambda busy: console.note(f"waiting: the album is {busy}")


@contextmanager
def sharing(store: "Store", options: argparse.Namespace, console: "Console") -> "Iterator[None]":
    """Nobody removes from the store meanwhile; nothing is written."""
    from albumbuild.engine.lock import share

    with share(store.lock, busy=patience(options, console)):
        yield
