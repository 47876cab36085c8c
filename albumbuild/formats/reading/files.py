"""Small files of a set, read whole: what is missing or far too long is told, not raised."""

from pathlib import Path

from albumbuild.model.finding import Finding

MOST_BYTES = 1 << 21
"""No description of a disc comes near it: 99 tracks of 100 indexes take 633 kB."""


def read_small(path: Path, name: str) -> tuple[bytes, list[Finding]]:
    """The bytes of a file that describes something; empty, and a finding, where there is none."""
    try:
        if path.is_dir():
            return b"", [missing(name, "it is a folder")]
        size = path.stat().st_size
        if size > MOST_BYTES:
            what = f"`{name}` has {size} bytes"
            why = f"a description of a disc has at most {MOST_BYTES}"
            return b"", [Finding(rule="file-size", file=name, what=what, why=why)]
        return path.read_bytes(), []
    except FileNotFoundError:
        return b"", [missing(name, "there is no such file")]
    except (OSError, ValueError) as error:
        return b"", [missing(name, str(getattr(error, "strerror", None) or error).lower())]


def missing(name: str, why: str) -> Finding:
    """A file that should be there, and cannot be had."""
    return Finding(rule="file-missing", file=name, what=f"`{name}` cannot be read", why=why)
