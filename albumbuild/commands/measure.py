"""`measure`: loudness, range, peaks, spectrum and faults of sound files."""

import argparse
import json
from pathlib import Path
from typing import Any

from albumbuild.commands import exits
from albumbuild.commands.measuring import text
from albumbuild.console import Console, console_for
from albumbuild.formats.sound import SoundError
from albumbuild.model.problem import Problem
from albumbuild.steps.measuring import Measuring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `measure`."""
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="figures as a JSON array")
    parser.add_argument("--spectrum", action="store_true", help="thirds of an octave, too")
    parser.add_argument("--faults", action="store_true", help="look for what went wrong, too")


def run(options: argparse.Namespace) -> int:
    """Measure every file that can be read; the exit code."""
    console = console_for(options)
    wanted = Measuring(spectrum=options.spectrum, faults=options.faults)
    found = [_measured(options.folder, name, wanted, console) for name in options.files]
    good = [each for each in found if each is not None]
    if options.json:
        console.result(json.dumps(good, indent=2, ensure_ascii=False))
    else:
        for figures in good:
            console.result(text(figures))
    return exits.DONE if len(good) == len(found) else exits.FAILED


def _measured(folder: str, name: str, wanted: Measuring, console: Console) -> dict[str, Any] | None:
    """The figures of one file; None, and a word to the user, when it cannot be measured."""
    try:
        return {"file": name, **wanted.of(Path(folder) / name)}
    except SoundError as error:
        console.problems([_unmeasured(name, error)])
        return None


def _unmeasured(name: str, error: SoundError) -> Problem:
    """A file that cannot be read, or whose sound is not to be measured."""
    return Problem(
        slug="unreadable-sound", what=f"`{name}` {error.what}", why=error.why, fix=error.fix
    )
