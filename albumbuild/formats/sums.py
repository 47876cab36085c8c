"""Files of checksums, as `sha256sum -c` and `md5sum -c` read them."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

Sum: TypeAlias = Literal["sha256", "md5"]

SUM_FILES: dict[Sum, str] = {"sha256": "SHA256SUMS", "md5": "MD5SUMS"}


def sums_text(digests: Mapping[str, str]) -> str:
    """A line `hex  name` for each file, names sorted."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def write_sums(folder: Path, names: Iterable[str], *, kind: Sum, known: Mapping[str, str]) -> Path:
    """Write `SHA256SUMS` or `MD5SUMS` for files of the folder, named by posix paths in it.

    `known` are sums that need not be found again.
    """
    path = folder / SUM_FILES[kind]
    digests = {name: known.get(name) or file_sum(folder / name, kind) for name in names}
    path.write_text(sums_text(digests), encoding="utf-8", newline="\n")
    return path


def file_sum(path: Path, kind: Sum) -> str:
    """The digest of the file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
