"""The command line: finds the command that was typed, and turns what it meets into an exit code."""

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from albumbuild import __version__
from albumbuild.commands import exits

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": "write a commented album repository that builds at once",
    "make": "build what is out of date, and put the deliverables under build/",
    "plan": "show what make would do and why, touching nothing",
    "explain": "say why a step would run, or why not, and why it did last time",
    "graph": "show the dependency graph, stale steps marked",
    "render": "write the sound of one step, or a part of it, to a file",
    "check": "check manifest, files, metadata and delivery rules without rendering",
    "diff": "say what two revisions of the album differ in, and what of it is heard",
    "log": "list the revisions of the album with their figures, as far as they are known",
    "measure": "measure loudness, loudness range and peaks of sound files",
    "report": "bring the review page build/report/index.html up to date, with previews",
    "verify": "read back a DDP fileset, a cue, a toc or a deliverable, and say what is wrong",
    "watch": "make at every save",
    "cache": "look after the store: stats, gc, verify, clear, pin, unpin",
    "processors": "list the devices for inserts, or explain every setting of one",
    "schema": "print the JSON Schema of album.yaml or of a song",
}
"""Each is a module of `commands`, loaded only when it is typed."""


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run what was typed; the process's exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error("a COMMAND is missing: `albumbuild --help` lists them")
    try:
        command = importlib.import_module(f"albumbuild.commands.{options.command}")
        parser = argparse.ArgumentParser(
            prog=f"albumbuild {options.command}", description=f"{COMMANDS[options.command]}."
        )
        command.add_arguments(parser)
        parser.parse_args(options.arguments, namespace=options)
        code: int = command.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Exception as error:
        return _failed(error, options)
    return code


def _failed(error: Exception, options: argparse.Namespace) -> int:
    """What went wrong, told in the user's words, and its exit code."""
    from albumbuild.commands.failing import told  # only here: it loads the whole house

    return told(error, options)


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {does}" for name, does in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="albumbuild",
        usage="albumbuild [-C DIR] [--color auto|always|never] [-q|-v] COMMAND …",
        description="Builds albums: from stems to CD, vinyl and streaming sets.",
        epilog=f"commands:\n{commands}\n\n`albumbuild COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"albumbuild {__version__}")
    parser.add_argument("-C", metavar="DIR", dest="folder", default=".", help="work in DIR")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="default: auto"
    )
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("-q", "--quiet", action="store_true", help="results and errors alone")
    amount.add_argument("-v", "--verbose", action="store_true", help="more, and tracebacks")
    parser.add_argument(
        "command", choices=COMMANDS, metavar="COMMAND", nargs="?", help="one of those below"
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser
