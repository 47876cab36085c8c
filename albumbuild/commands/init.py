"""`init`: writes an album repository that builds at once."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `init`."""
    parser.add_argument("where", nargs="?", default=".", metavar="DIR", help="(default: here)")
    parser.add_argument(
        "--from", dest="source", metavar="FOLDER", help="guess songs and stems from its sound files"
    )


def run(options: argparse.Namespace) -> int:
    """Write the repository; the exit code."""
    from albumbuild.commands.beginning import begin

    return begin(options)
