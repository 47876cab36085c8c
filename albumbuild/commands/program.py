"""The files of the program itself: another version of a device is no edit of the album's."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import albumbuild


def program_files(libraries: Iterable[str]) -> list[Path]:
    """The files of albumbuild, and one of each library that changes with its version."""
    own = Path(albumbuild.__file__).parent
    found = [path for path in own.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return [*sorted(found), *(each for name in sorted(libraries) for each in _metadata(name))]


def _metadata(library: str) -> list[Path]:
    try:
        installed = distribution(library)
    except PackageNotFoundError:
        return []
    files = (each for each in installed.files or () if each.name == "METADATA")
    return [Path(str(installed.locate_file(each))) for each in files]
