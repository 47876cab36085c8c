"""Lists of checksums, in the forms that programs and plants write."""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from albumbuild.formats.reading.files import read_small
from albumbuild.model.finding import Finding

_LINES = (
    re.compile(r"(?P<sum>[0-9A-Fa-f]{64}|[0-9A-Fa-f]{32})[ \t]+\*?(?P<name>.+)"),
    re.compile(r"MD5 ?\((?P<name>.+)\) ?= ?(?P<sum>[0-9A-Fa-f]{32})"),
    re.compile(r"(?P<name>[^=]+?) ?= ?(?P<sum>[0-9A-Fa-f]{8})"),
)
_HEADS = re.compile(r"\[.*\]|[;#].*|\s*")
_KINDS = {8: "CRC-32", 32: "MD5", 64: "SHA-256"}
_IS_LIST = re.compile(r"(?i).*(checksum|md5|crc32|sha256).*")
_COPY_BYTES = 1 << 20

Sums = dict[Path, Mapping[str, str]]
"""The sums of files that were read already, by their kind."""


def sum_lists(folder: Path) -> list[str]:
    """The names of the lists of checksums in a folder."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and _IS_LIST.fullmatch(path.name) is not None
    )


def check_sums(
    folder: Path, name: str, *, known: Sums, prefix: str = ""
) -> tuple[set[str], list[Finding]]:
    """The files that a list covers, and those that are not what it says.

    `prefix` goes before names in messages.
    """
    lister = prefix + name
    data, findings = read_small(folder / name, lister)
    covered: set[str] = set()
    offset = 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        text, place = line.decode("utf-8-sig", "replace").rstrip("\r\n"), offset
        offset += len(line)
        if _HEADS.fullmatch(text):
            continue
        entry = next(filter(None, (form.fullmatch(text.strip()) for form in _LINES)), None)
        told = partial(Finding, rule="sum-line", file=lister, line=number, offset=place)
        if entry is None:
            why = "a line is `sum *name`, `MD5 (name) = sum` or `name=sum`"
            findings.append(told(what=f"line {number} of `{lister}` is no checksum", why=why))
            continue
        if entry["name"] in covered:
            findings.append(told(what=f"`{lister}` lists `{entry['name']}` twice"))
        covered.add(entry["name"])
        sums = _sums_of(folder, entry["name"], entry["sum"], known)
        if isinstance(sums, str):
            findings.append(told(what=f"`{lister}` lists `{entry['name']}`", why=sums))
            continue
        findings += _compared(sums, entry, prefix=prefix, lister=lister, line=number)
    if not covered:
        what = f"`{lister}` lists no file"
        findings.append(Finding(rule="sum-line", file=lister, what=what))
    return covered, findings


def file_sums(path: Path) -> Mapping[str, str]:
    """The MD5 and the CRC-32 of a file, which is read once.

    Raises: OSError.
    """
    md5, crc = hashlib.md5(), 0
    with path.open("rb") as file:
        while piece := file.read(_COPY_BYTES):
            md5.update(piece)
            crc = zlib.crc32(piece, crc)
    return {"MD5": md5.hexdigest(), "CRC-32": f"{crc:08x}"}


def _compared(
    sums: Mapping[str, str], entry: re.Match[str], *, prefix: str, lister: str, line: int
) -> Iterator[Finding]:
    name, wanted = prefix + entry["name"], entry["sum"].lower()
    kind = _KINDS[len(wanted)]
    if sums[kind] != wanted:
        what = f"the {kind} of `{name}` is {sums[kind]}"
        why = f"line {line} of `{lister}` says {wanted}"
        yield Finding(rule="sum-wrong", file=name, what=what, why=why)


def _sums_of(folder: Path, name: str, wanted: str, known: Sums) -> Mapping[str, str] | str:
    """The sums of a file that is listed, or why there are none."""
    kind, path = _KINDS[len(wanted)], folder / name
    if not _is_inside(name):
        return "a list is of files of its own folder"
    sums = known.get(path) or {}
    try:
        if not _is_there(path):
            return "there is no such file"
        if kind == "SHA-256" and kind not in sums:
            with path.open("rb") as file:
                sums = {**sums, kind: hashlib.file_digest(file, "sha256").hexdigest()}
        elif kind not in sums:
            sums = {**sums, **file_sums(path)}
    except (OSError, ValueError) as error:
        return f"{getattr(error, 'strerror', None) or error}".lower()
    known[path] = sums
    return sums


def _is_inside(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and ".." not in parts and not Path(name).is_absolute() and "\0" not in name


def _is_there(path: Path) -> bool:
    """Whether a file is really called that: some disks take large letters for small ones."""
    return path.is_file() and path.name in {each.name for each in path.parent.iterdir()}
