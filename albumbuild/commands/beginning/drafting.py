"""Writing a new album: all of its files, or none, and never over one that exists."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from albumbuild.manifest.schema import schema_text
from albumbuild.model.problem import Problem, ProblemError

Draft = Mapping[str, str | Path | Callable[[Path], None]]
"""A file for each path from the album's root: its text, what it copies, or what writes it."""

SHOWN = 5

TEMPLATES = Path(__file__).parent / "album"
GITIGNORE = (TEMPLATES / "gitignore").read_text(encoding="utf-8")


def schemas() -> dict[str, str]:
    """The schemas that the first lines of the manifests point an editor to."""
    return {f"schemas/{name}.schema.json": schema_text(name) for name in ("album", "song")}


def write_draft(root: Path, draft: Draft) -> None:
    """Write every file under `root`; what was written is taken away again when one fails.

    Raises: ProblemError, before anything is written, when a file is there already.
    """
    there = [name for name in draft if (root / name).exists() or (root / name).is_symlink()]
    if there:
        raise ProblemError([_exists(root, there)])
    if root.exists() and not root.is_dir():
        raise ProblemError([_no_folder(root)])
    made: list[Path] = []
    try:
        for name, content in draft.items():
            _make_folder((root / name).parent, made)
            made.append(root / name)
            _write(root / name, content)
    except BaseException:
        _take_away(made)
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(new):
        each.mkdir()
        made.append(each)


def _write(path: Path, content: str | Path | Callable[[Path], None]) -> None:
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8", newline="\n")
    elif isinstance(content, Path):
        shutil.copyfile(content, path)
    else:
        content(path)


def _take_away(made: Iterable[Path]) -> None:
    for path in reversed(list(made)):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)


def _exists(root: Path, there: list[str]) -> Problem:
    """A file would be written over."""
    named = ", ".join(f"`{name}`" for name in there[:SHOWN])
    more = f" and {len(there) - SHOWN} more" if len(there) > SHOWN else ""
    return Problem(
        slug="file-exists",
        what=f"`{root}` holds {named}{more} already",
        why="`init` writes a new album and never over a file; nothing was written",
        fix="name a new folder, as in `albumbuild init my-album`",
    )


def _no_folder(root: Path) -> Problem:
    """The place for the album is a file."""
    return Problem(
        slug="not-a-folder",
        what=f"`{root}` is not a folder",
        why="an album is a folder with album.yaml in it; nothing was written",
        fix="name a new folder, as in `albumbuild init my-album`",
    )
