"""`log`: the revisions of the album, with what the store knows of their sound."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albumbuild.commands import exits
from albumbuild.commands.opening import STORE, find_root
from albumbuild.console import console_for
from albumbuild.engine.revisions import noted_states
from albumbuild.engine.store import Store
from albumbuild.formats.history import commit_of, commits_of, files_of, top_of
from albumbuild.model.time import short_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from albumbuild.engine.revisions import Noted, SetFigures

MOST = 20
_NOTHING = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `log`."""
    parser.add_argument(
        "-n", type=_count, default=MOST, metavar="N", help=f"how many (default: {MOST})"
    )
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def run(options: argparse.Namespace) -> int:
    """List the revisions; the exit code."""
    console = console_for(options)
    rows = [*revisions(_root(options.folder), options.n)]
    if options.json:
        console.result(json.dumps(rows, indent=2, ensure_ascii=False))
        return exits.DONE
    for line in _lines(rows):
        console.result(line)
    return exits.DONE


def revisions(root: Path, most: int) -> "Iterator[dict[str, Any]]":
    """The last revisions that touch an album's folder, as plain data, the newest first.

    Raises:
        ProblemError: there is no repository, or no commit in it.
    """
    top = top_of(root)
    commits = commits_of(root, most)
    if not commits:
        commit_of(root, "HEAD")  # says why there are none
    noted = noted_states(Store(root / STORE))
    under = root.relative_to(top.resolve()).as_posix()
    if any(not path.startswith(f"{under}/") for each in noted for path in each.files):
        under = ""
    for commit in commits:
        held = {path: each.blob for path, each in files_of(top, commit.id, under).items()}
        sets = _known(noted, held) if noted else {}
        yield {
            "revision": commit.id,
            "date": commit.date,
            "author": commit.author,
            "subject": commit.subject,
            "sets": {
                name: {
                    "lufs_min": each.lufs_min,
                    "lufs_max": each.lufs_max,
                    "dbtp": each.dbtp,
                    "seconds": each.seconds,
                }
                for name, each in sets.items()
            },
        }


def _root(folder: str) -> Path:
    found = find_root(folder)
    if found is not None:
        return Path(found)
    from albumbuild.manifest.album import album_root  # only here: it loads what reads manifests

    return album_root(Path(folder))  # says that there is none


def _known(noted: "Iterable[Noted]", held: dict[str, str]) -> "dict[str, SetFigures]":
    """What was noted of a tree; where several notes fit, the newest."""
    return next((each.sets for each in noted if each.fits(held)), {})


def _lines(rows: list[dict[str, Any]]) -> "Iterator[str]":
    width = max((len(name) for row in rows for name in row["sets"]), default=0)
    for row in rows:
        day, author, subject = row["date"][:10], row["author"], row["subject"]
        said = f"{row['revision'][:10]}  {day}  {author}  {subject}"
        yield "".join(each if each.isprintable() else "\ufffd" for each in said)
        for name, each in row["sets"].items():
            yield (
                f"    {name:{width}}  {_loudness(each):>20}  {_number(each['dbtp']):>5} dBTP  "
                f"{short_clock(each['seconds']):>6}"
            )
        if not row["sets"]:
            yield f"    {_NOTHING}"


def _loudness(each: dict[str, Any]) -> str:
    low, high = each["lufs_min"], each["lufs_max"]
    if low is None or round(low, 1) == round(high, 1):
        return f"{_number(low)} LUFS"
    return f"{_number(low)} … {_number(high)} LUFS"


def _number(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.1f}"


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of revisions")
    return int(text)
