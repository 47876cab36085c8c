"""A folder of a CD: its fileset, its sheets and its lists of checksums, each against the others."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from albumbuild.formats.reading.compare import Described, differences
from albumbuild.formats.reading.cue import read_cue
from albumbuild.formats.reading.ddp import is_fileset, read_fileset
from albumbuild.formats.reading.files import read_small
from albumbuild.formats.reading.reel import Reel
from albumbuild.formats.reading.sums import Sums, check_sums
from albumbuild.formats.reading.toc import read_toc
from albumbuild.formats.sums import SUM_FILES
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import Disc, sector_of

_POINT = re.compile(r"(?P<track>\d\d|AA) +(?P<index>\d\d) +(?P<time>\d{2}:\d\d:\d\d)\b.*")
_Found = tuple[Described | None, tuple[Finding, ...]]
_SHEETS = {".cue": read_cue, ".toc": read_toc}


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and what is wrong with it; `disc` is None where that cannot be told."""

    what: str
    disc: Disc | None = None
    reel: Reel = Reel()
    findings: tuple[Finding, ...] = ()


def read_disc(path: Path, known: Sums | None = None) -> Read | None:
    """What a fileset, a sheet or a folder of them holds; None for anything else.

    `known` takes the sums of files in that had to be read whole.
    """
    known = {} if known is None else known
    if path.is_file():
        reader = _SHEETS.get(path.suffix.lower())
        if reader is None:
            return None
        sheet = reader(path, name=path.name)
        return Read(
            what=f"{path.suffix[1:].lower()} sheet",
            disc=sheet.disc,
            reel=sheet.reel,
            findings=sheet.findings,
        )
    if is_fileset(path):
        fileset = read_fileset(path, known=known)
        return Read(
            what="DDP fileset", disc=fileset.disc, reel=fileset.reel, findings=fileset.findings
        )
    return _read_folder(path, known)


def _read_folder(folder: Path, known: Sums) -> Read | None:
    """Everything that describes a disc in a folder, and in the folders in it."""
    sets, sheets = _sets(folder, known), _sheets(folder)
    if not sets and not sheets:
        return None
    findings = [each for _, found in (*sets, *sheets) for each in found]
    described = [each for each, _ in (*sets, *sheets) if each is not None]
    heard: list[Reel] = []
    for other in described[1:]:  # what all say like the first, they say like one another
        same = other.reel.joined()
        findings += differences(described[0], other, sound=same not in heard)
        heard.append(same)
    if described:
        findings += _points_faults(folder, described[0])
    findings += listed_faults(folder, known)
    first = described[0] if described else None
    return Read(
        what="CD folder",
        disc=first.disc if first else None,
        reel=first.reel if first else Reel(),
        findings=tuple(findings),
    )


def listed_faults(folder: Path, known: Sums) -> Iterator[Finding]:
    """Files that are not what the folder's lists of checksums say."""
    for name in SUM_FILES.values():
        if (folder / name).is_file():
            _, findings = check_sums(folder, name, known=known)
            yield from findings


def _sets(folder: Path, known: Sums) -> list[_Found]:
    """The filesets in the folders of a folder."""
    found: list[_Found] = []
    for inner in _inner(folder):
        if not is_fileset(inner):
            continue
        fileset = read_fileset(inner, known=known, prefix=f"{inner.name}/")
        one = None
        if fileset.disc is not None:
            one = Described(
                name=inner.name,
                disc=fileset.disc,
                reel=fileset.reel,
                has_texts=bool(fileset.texts.blocks),
            )
        found.append((one, fileset.findings))
    return found


def _sheets(folder: Path) -> list[_Found]:
    """The cue sheets and TOC files of a folder, and of the folders in it that are no filesets."""
    found: list[_Found] = []
    for inner in (folder, *(each for each in _inner(folder) if not is_fileset(each))):
        prefix = "" if inner == folder else f"{inner.name}/"
        for path in sorted(inner.iterdir()):
            reader = _SHEETS.get(path.suffix.lower())
            if reader is None or not path.is_file():
                continue
            name = prefix + path.name
            sheet = reader(path, name=name)
            one = None
            if sheet.disc is not None:
                one = Described(
                    name=name, disc=sheet.disc, reel=sheet.reel, has_texts=sheet.has_texts
                )
            found.append((one, sheet.findings))
    return found


def _inner(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir())


def _points_faults(folder: Path, described: Described) -> Iterator[Finding]:
    """PQ sheets as text: whether each time in them is the disc's."""
    disc = described.disc
    wanted = {
        (f"{track.number:02}", index): sector
        for track in disc.tracks
        for index, sector in track.indexes()
    }
    wanted["AA", 1] = disc.sectors
    for path in sorted(folder.glob("*-pq.txt")):
        data, _ = read_small(path, path.name)
        found = {}
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            point = _POINT.fullmatch(line.strip())
            if point is None:
                continue
            place = point["track"], int(point["index"])
            with suppress(ValueError):
                found[place] = sector_of(point["time"])
            if wanted.get(place) != found.get(place, -1):
                what = f"track {place[0]} index {place[1]:02} is told as {point['time']}"
                why = f"`{described.name}` says otherwise"
                yield Finding(rule="differ-time", file=path.name, line=number, what=what, why=why)
        if found and found.keys() != wanted.keys():
            what = "the PQ sheet does not have every index"
            yield Finding(rule="differ-tracks", file=path.name, what=what)
