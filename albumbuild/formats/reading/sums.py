"""Lists of checksums, in the forms that programs and plants write."""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from albumbuild.formats.reading.files import missing, read_small
from albumbuild.model.finding import Finding

_LINES = (
    re.compile(r"(?P<sum>[0-9A-Fa-f]{64}|[0-9A-Fa-f]{32})[ \t]+\*?(?P<name>.+)"),
    re.compile(r"(?:MD5|SHA256) ?\((?P<name>.+)\) ?= ?(?P<sum>[0-9A-Fa-f]{32,64})"),
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
    data, findings = read_small(folder / name, prefix + name)
    covered: set[str] = set()
    for number, line in enumerate(_text(data).splitlines(), start=1):
        if _HEADS.fullmatch(line):
            continue
        entry = next(filter(None, (form.fullmatch(line.strip()) for form in _LINES)), None)
        if entry is None:
            what = f"line {number} of `{prefix}{name}` is no checksum"
            why = "a line is `sum *name`, `MD5 (name) = sum` or `name=sum`"
            findings.append(
                Finding(rule="sum-line", file=prefix + name, line=number, what=what, why=why)
            )
            continue
        covered.add(entry["name"])
        findings += _compared(
            folder, entry["name"], entry["sum"], known=known, lister=f"{prefix}{name}", line=number,
            prefix=prefix,
        )  # fmt: skip
    if data and not covered:
        what = f"`{prefix}{name}` lists no file"
        findings.append(Finding(rule="sum-line", file=prefix + name, what=what))
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


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace")


def _compared(
    folder: Path,
    name: str,
    wanted: str,
    *,
    known: Sums,
    lister: str,
    line: int,
    prefix: str,
) -> Iterator[Finding]:
    kind = _KINDS[len(wanted)]
    if not _is_inside(name):
        what = f"`{lister}` lists `{name}`"
        yield Finding(
            rule="sum-line",
            file=lister,
            line=line,
            what=what,
            why="it lists files of its own folder",
        )
        return
    try:
        path = folder / name
        sums = known.get(path) or {}
        if kind not in sums:
            sums = {**sums, **_sums_of(path, kind)}
            known[path] = sums
    except (OSError, ValueError) as error:
        why = f"`{lister}` lists it: {getattr(error, 'strerror', None) or error}".lower()
        yield missing(prefix + name, why)
        return
    if sums[kind] != wanted.lower():
        what = f"the {kind} of `{prefix}{name}` is {sums[kind]}"
        why = f"line {line} of `{lister}` says {wanted.lower()}"
        yield Finding(rule="sum-wrong", file=prefix + name, what=what, why=why)


def _is_inside(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and ".." not in parts and not Path(name).is_absolute() and "\0" not in name


def _sums_of(path: Path, kind: str) -> Mapping[str, str]:
    if kind != "SHA-256":
        return file_sums(path)
    with path.open("rb") as file:
        return {kind: hashlib.file_digest(file, "sha256").hexdigest()}
