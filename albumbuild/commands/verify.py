"""`verify`: reads back a DDP fileset, a cue sheet, a TOC, a deliverable or all of build/."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albumbuild.commands import exits
from albumbuild.commands.verdict import finding_text, tracks_text
from albumbuild.console import Console, console_for
from albumbuild.model.problem import Problem

if TYPE_CHECKING:
    from albumbuild.formats.reading.folder import Read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `verify`."""
    parser.add_argument("path", metavar="PATH", help="a folder or a file")
    parser.add_argument("--json", action="store_true", help="what was read, as JSON")
    parser.add_argument("--extract", metavar="DIR", help="write the tracks of the disc into DIR")
    parser.add_argument(
        "--format", choices=("flac", "wav"), default="flac", help="of those tracks; default: flac"
    )


def run(options: argparse.Namespace) -> int:
    """Read everything at the path and say what is wrong; the exit code."""
    from albumbuild.deliverables.verifying import verify  # only here: it loads the whole house

    console = console_for(options)
    path = Path(options.folder) / options.path
    if not path.exists():
        console.problems([_nothing(options.path)])
        return exits.WRONG
    found = verify(path.resolve())
    if not found:
        console.problems([_unknown(options.path)])
        return exits.WRONG
    if options.json:
        whole = [_json(name, read) for name, read in found]
        console.result(json.dumps(whole, indent=2, ensure_ascii=False))
    else:
        for name, read in found:
            _tell(name, read, console)
    wrong = any(each.severity == "error" for _, read in found for each in read.findings)
    if options.extract is not None:
        return _extracted(found, options, console, wrong=wrong)
    return exits.RULE_BROKEN if wrong else exits.DONE


def _tell(name: str, read: "Read", console: Console) -> None:
    console.result(f"{name}: {read.what}")
    if read.disc is not None:
        console.result(tracks_text(read.disc))
    for finding in read.findings:
        console.result(finding_text(finding))
    errors = sum(each.severity == "error" for each in read.findings)
    warnings = len(read.findings) - errors
    said = f"{errors} wrong" if errors else "nothing is wrong"
    console.result(f"  {said}" + (f", {warnings} to know" if warnings else ""))


def _extracted(
    found: "list[tuple[str, Read]]", options: argparse.Namespace, console: Console, *, wrong: bool
) -> int:
    from albumbuild.deliverables.extracting import extract

    discs = [(read.disc, read.reel) for _, read in found if read.disc is not None]
    if len(discs) != 1:
        console.problems([_not_one_disc(len(discs))])
        return exits.WRONG
    disc, reel = discs[0]
    into = Path(options.folder) / options.extract
    for file in extract(disc, reel, into, format_=options.format):
        console.note(str(file))
    return exits.RULE_BROKEN if wrong else exits.DONE


def _json(name: str, read: "Read") -> dict[str, Any]:
    disc = read.disc
    tracks = [
        {
            "number": track.number,
            "title": track.title,
            "performer": track.performer,
            "isrc": track.isrc_code or None,
            "copy": track.copy,
            "pre_emphasis": track.pre_emphasis,
            "pregap_sector": track.pregap_sector,
            "start_sector": track.start_sector,
            "index_sectors": list(track.index_sectors),
        }
        for track in (disc.tracks if disc else ())
    ]
    return {
        "name": name,
        "what": read.what,
        "title": disc.title if disc else None,
        "performer": disc.performer if disc else None,
        "upc": (disc.upc_13 or None) if disc else None,
        "sectors": disc.sectors if disc else None,
        "tracks": tracks,
        "findings": [
            {
                "severity": each.severity,
                "rule": each.rule,
                "file": each.file,
                "offset": each.offset,
                "line": each.line,
                "what": each.what,
                "why": each.why,
            }
            for each in read.findings
        ],
    }


def _nothing(path: str) -> Problem:
    """A path with nothing at its end."""
    return Problem(slug="nothing-there", what=f"there is no `{path}`", fix="give the path of a set")


def _unknown(path: str) -> Problem:
    """Nothing that could be read back."""
    return Problem(
        slug="nothing-to-verify",
        what=f"`{path}` is nothing that can be read back",
        why="that is a DDP fileset, a cue sheet, a TOC file, a deliverable, a sound file or build/",
        fix="give the folder with `DDPID`, or the sheet itself",
    )


def _not_one_disc(count: int) -> Problem:
    """Tracks of which disc."""
    return Problem(
        slug="not-one-disc",
        what=f"there are {count} discs to take tracks from"
        if count
        else "there is no disc to read",
        fix="give the path of one disc",
    )
