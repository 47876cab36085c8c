"""`schema`: prints the JSON Schema of the manifests, for editors."""

import argparse

from albumbuild.commands import exits
from albumbuild.console import console_for
from albumbuild.manifest.schema import schema_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `schema`."""
    parser.add_argument("which", nargs="?", choices=("album", "song"), default="album")


def run(options: argparse.Namespace) -> int:
    """Print a schema; the exit code."""

    console_for(options).result(schema_text(options.which).rstrip("\n"))
    return exits.DONE
