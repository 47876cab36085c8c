"""`cache`: looks after the store: how large it is, what may go, and whether it is sound."""

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from albumbuild.commands import exits
from albumbuild.commands.building import store_of
from albumbuild.commands.interrupt import Interrupt
from albumbuild.commands.opening import open_album
from albumbuild.commands.waiting import add_wait_arguments, patience, sharing
from albumbuild.console import console_for
from albumbuild.engine import collecting, states
from albumbuild.engine.action import Cancelled
from albumbuild.engine.forecast import present_state
from albumbuild.engine.lock import hold
from albumbuild.manifest.album import album_root
from albumbuild.model.problem import Problem, ProblemError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from albumbuild.console import Console
    from albumbuild.engine.store import Store

UNITS = {"": 0, "k": 1, "M": 2, "G": 3, "T": 4}
NAME = re.compile(r"[\w][\w.-]{0,79}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be done with the store, and the flags of each."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    stats = actions.add_parser("stats", help="say what the store holds")
    gc = actions.add_parser("gc", help="remove results that no state of the album holds")
    gc.add_argument(
        "--max-size",
        type=size_of,
        metavar="SIZE",
        help="remove only what is over it, such as 20G or 500M",
    )
    gc.add_argument(
        "--keep-revs", type=int, metavar="N", help="keep the last N revisions (not available yet)"
    )
    gc.add_argument("-n", "--dry-run", action="store_true", help="say what would be removed")
    verify = actions.add_parser("verify", help="read everything and put aside what is damaged")
    clear = actions.add_parser("clear", help="remove everything; the next make begins anew")
    pin = actions.add_parser("pin", help="keep the album as it is now from gc, under a name")
    unpin = actions.add_parser("unpin", help="forget a pin")
    for each in (stats, gc, verify, clear, pin, unpin):
        add_wait_arguments(each)
    for each in (stats, gc, verify):
        each.add_argument("--json", action="store_true", help="as JSON on stdout")
    for each in (pin, unpin):
        each.add_argument("name", type=_name, metavar="NAME")


def run(options: argparse.Namespace) -> int:
    """Do one of them; the exit code."""
    console = console_for(options)
    if getattr(options, "keep_revs", None) is not None:
        raise ProblemError([_no_revisions()])
    with Interrupt(quiet=console.quiet) as interrupt:
        store = store_of(album_root(Path(options.folder)), interrupt)
        store.check_version()
        try:
            with _held(store, options, console, interrupt=interrupt):
                if options.action != "stats":
                    store.prepare()  # even the lock is not for git
                return ACTIONS[options.action](options, store, console)
        except Cancelled:
            return interrupt.code


def _held(
    store: "Store", options: argparse.Namespace, console: "Console", *, interrupt: Interrupt
) -> "AbstractContextManager[None]":
    """The album, alone; to look at it is enough to share it."""
    if options.action == "stats":
        return sharing(store, options, console)
    return hold(
        store.lock,
        "exclusive",
        who=f"cache {options.action}",
        busy=patience(options, console),
        cancelled=interrupt.stopped,
    )


def size_of(text: str) -> int:
    """Bytes from a number with a unit: `20G` is 20 · 10⁹, `20Gi` is 20 · 2³⁰."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKMGT]?)(i?)B?", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no size, such as 20G or 500M")
    number, unit, binary = found.groups()
    power = UNITS["k" if unit == "K" else unit]
    return round(float(number) * (1024.0 if binary else 1000.0) ** power)


def _stats(options: argparse.Namespace, store: "Store", console: "Console") -> int:
    found = collecting.stats(store)
    if options.json:
        console.result(_as_json(found))
        return exits.DONE
    console.result(f"{found.results} results, {_size(found.bytes)}; {found.records} records")
    for name, kind in found.kinds.items():
        console.result(
            f"  {name:12} {kind.results:5}  {_size(kind.bytes):>9}  made in {kind.seconds:.1f} s"
        )
    if found.orphan_bytes:
        console.result(f"  without a record: {_size(found.orphan_bytes)}")
    if found.quarantined:
        console.result(f"  damaged and put aside: {found.quarantined}")
    if found.pins:
        console.result(f"  pins: {', '.join(found.pins)}")
    return exits.DONE


def _gc(options: argparse.Namespace, store: "Store", console: "Console") -> int:
    found = collecting.collect(
        store,
        _present(options, store, console),
        max_bytes=options.max_size,
        rehearse=options.dry_run,
    )
    if options.json:
        console.result(_as_json(found))
    else:
        did = "would remove" if options.dry_run else "removed"
        left = _size(found.left_bytes)
        console.result(f"{did} {found.removed} results, {_size(found.removed_bytes)}; {left} left")
    if options.max_size is not None and found.left_bytes > options.max_size:
        console.note(
            f"the album as it is and its pins take {_size(found.left_bytes)}, "
            f"more than {_size(options.max_size)}; they are kept"
        )
    return exits.DONE


def _verify(options: argparse.Namespace, store: "Store", console: "Console") -> int:
    found = collecting.verify(store)
    if options.json:
        console.result(_as_json(found))
    else:
        console.result(f"{found.sound} results are sound, {len(found.damaged)} damaged")
        for digest, step in found.damaged.items():
            console.result(f"  {digest} of {step or 'an unknown step'}: put aside")
        if found.records:
            console.result(f"  {found.records} damaged records: removed")
    if found.damaged or found.records:
        console.note("the next make makes again what it needs of them")
        return exits.FAILED
    return exits.DONE


def _clear(_options: argparse.Namespace, store: "Store", console: "Console") -> int:
    console.result(f"removed {_size(collecting.clear(store))}; what is under build/ stays")
    return exits.DONE


def _pin(options: argparse.Namespace, store: "Store", console: "Console") -> int:
    state = _present(options, store, console)
    if not state.keys:
        raise ProblemError([_nothing_to_pin()])
    states.pin(store, options.name, state)
    console.result(f"pinned {len(state.keys)} results as {options.name}")
    return exits.DONE


def _unpin(options: argparse.Namespace, store: "Store", console: "Console") -> int:
    if not states.unpin(store, options.name):
        raise ProblemError([_no_pin(options.name)])
    console.result(f"unpinned {options.name}")
    return exits.DONE


def _present(options: argparse.Namespace, store: "Store", console: "Console") -> "states.State":
    """What the album holds as its manifest stands now."""
    return present_state(open_album(options, console).planned.plan, store=store)


ACTIONS = {
    "stats": _stats,
    "gc": _gc,
    "verify": _verify,
    "clear": _clear,
    "pin": _pin,
    "unpin": _unpin,
}


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is no name: letters, digits, `.`, `_`, `-`")
    return text


def _as_json(found: msgspec.Struct) -> str:
    return json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False)


def _size(number: int) -> str:
    """Bytes as people say them."""
    amount = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def _no_revisions() -> Problem:
    """A flag that has to wait for another version."""
    return Problem(
        slug="not-available-yet",
        what="`--keep-revs` is not available yet",
        why="this version keeps the last good states of the album, and its pins",
        fix="take it out; `albumbuild cache pin NAME` keeps the album as it is now",
    )


def _nothing_to_pin() -> Problem:
    """A pin of an album that was never built."""
    return Problem(
        slug="nothing-to-pin",
        what="there is nothing to pin",
        why="no step of the album as it is now has a result",
        fix="run `albumbuild make` first",
    )


def _no_pin(name: str) -> Problem:
    """A pin that is not there."""
    return Problem(
        slug="no-pin",
        what=f"no pin is called `{name}`",
        why="a pin has the name that `cache pin` gave it",
        fix="`albumbuild cache stats` lists the pins",
    )
