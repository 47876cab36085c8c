"""`init`: writes an album repository that builds at once."""

import argparse
import os
import shlex
from pathlib import Path

from albumbuild.commands import exits
from albumbuild.commands.beginning.drafting import Draft, write_draft
from albumbuild.commands.beginning.first import first_album
from albumbuild.commands.beginning.folder import album_from
from albumbuild.console import console_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `init`."""
    parser.add_argument("where", nargs="?", default=".", metavar="DIR", help="(default: here)")
    parser.add_argument(
        "--from", dest="source", metavar="FOLDER", help="guess songs and stems from its sound files"
    )


def run(options: argparse.Namespace) -> int:
    """Write the repository; the exit code."""
    console = console_for(options)
    root = Path(options.folder) / options.where
    if options.source is None:
        draft: Draft = first_album()
    else:
        draft, warnings = album_from(Path(options.folder) / options.source, root)
        console.problems(warnings)
    write_draft(root, draft)
    songs = sum(name.startswith("songs/") for name in draft)
    size = sum((root / name).stat().st_size for name in draft) / 1e6
    console.result(
        f"wrote an album of {songs} song{'' if songs == 1 else 's'} "
        f"({len(draft)} files, {size:.1f} MB); album.yaml is where to begin"
    )
    place = os.path.normpath(root)
    there = "" if place == "." else f"-C {shlex.quote(place)} "
    console.result(f"build it: albumbuild {there}make")
    return exits.DONE
