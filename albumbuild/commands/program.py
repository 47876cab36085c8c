"""The files of the program itself: another version of a device is no edit of the album's."""

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING

import albumbuild

if TYPE_CHECKING:
    from albumbuild.manifest.packages import Offer


def program_files(libraries: Iterable[str]) -> list[Path]:
    """The files of albumbuild, and one of each library that changes with its version."""
    own = _code(Path(albumbuild.__file__).parent)
    return [*own, *(each for name in sorted(libraries) for each in _metadata(name))]


def package_files(offers: "Iterable[Offer]") -> list[Path]:
    """The files of the packages that an album has devices from: their code and metadata."""
    found: dict[Path, None] = {}
    for offer in offers:
        found |= dict.fromkeys(_metadata(offer.distribution))
        module = sys.modules.get(offer.entry.module.partition(".")[0])
        folders = [Path(each) for each in getattr(module, "__path__", ())]
        alone = getattr(module, "__file__", None)
        code = (path for folder in folders for path in _code(folder))
        found |= dict.fromkeys(code if folders or alone is None else [Path(alone)])
    return list(found)


def package_folders() -> list[Path]:
    """The folders that packages are installed in: they change with what is installed."""
    folders = {Path(str(installed.locate_file(""))) for installed in distributions()}
    return sorted(folder for folder in folders if folder.is_dir())


def _code(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted(found)


def _metadata(library: str) -> Iterator[Path]:
    try:
        installed = distribution(library)
    except PackageNotFoundError:
        return
    for each in installed.files or ():
        if each.name in ("METADATA", "entry_points.txt"):
            yield Path(str(installed.locate_file(each)))
