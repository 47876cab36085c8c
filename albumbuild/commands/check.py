"""`check`: manifest, files, metadata and delivery rules, without rendering."""

import argparse

from albumbuild.commands import exits
from albumbuild.commands.opening import open_album
from albumbuild.console import console_for


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """`check` has no flags of its own."""


def run(options: argparse.Namespace) -> int:
    """Check the album; the exit code."""

    console = console_for(options)
    opened = open_album(options, console)
    album = opened.manifest.album
    songs = _counted(len(album.songs), "song")
    media = _counted(len(album.deliverables), "deliverable")
    console.result(f"{album.title}: {songs}, {media}, no errors")
    return exits.DONE


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
