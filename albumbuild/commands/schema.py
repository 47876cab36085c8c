"""`schema`: prints the JSON Schema of the manifests, for editors."""

import argparse

from albumbuild.commands import exits
from albumbuild.console import console_for
from albumbuild.manifest.packages import Devices
from albumbuild.manifest.schema import schema_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `schema`."""
    parser.add_argument("which", nargs="?", choices=("album", "song"), default="album")


def run(options: argparse.Namespace) -> int:
    """Print a schema with the devices of installed packages; the exit code.

    Those that are broken are left out, and told as warnings.
    """
    console = console_for(options)
    devices, broken = Devices().sound()
    console.problems(broken)
    console.result(schema_text(options.which, devices).rstrip("\n"))
    return exits.DONE
