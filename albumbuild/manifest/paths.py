"""Files that a manifest names: inside the album, present, and spelled as on disk."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from albumbuild.formats.images import ImageError, read_image
from albumbuild.manifest.wording import UNSEEN, not_one_line
from albumbuild.model.node import Scalar
from albumbuild.model.problem import Problem, ProblemError, Span, did_you_mean

MAY_BE_EMPTY = ("lyrics", "manifest")
PathParts = tuple[str | int, ...]
Lend = Callable[[Path], None]


class Locator:
    """Turns the paths of one album's manifests into paths from its root.

    Links may also lead to what lies `within` other folders. `lend` is told of a file that is
    not there, and may bring it.
    """

    def __init__(
        self,
        root: Path,
        allowed: Iterable[str] = (),
        *,
        within: Iterable[Path] = (),
        lend: Lend | None = None,
    ) -> None:
        self._root = root.resolve()
        self._allowed = [self._root, *((self._root / each).resolve() for each in allowed), *within]
        self._lend = lend
        self._names: dict[Path, frozenset[str]] = {}
        self.problems: list[Problem] = []

    def locate(self, node: Scalar, path: PathParts) -> str:
        """The file that `node` names, from the root; its problems are noted, not raised.

        A path starts from the folder of the manifest that it stands in. What lies outside
        of the album, in a folder that it allows, keeps an absolute path.
        """
        text = node.value if isinstance(node.value, str) else node.text
        if unseen := UNSEEN.search(text):
            raise ProblemError([not_one_line(node, path, unseen[0])])
        named = PurePosixPath(node.span.source.name).parent / text
        found = Path(os.path.normpath(self._root / named))
        if self._lend is not None and not os.path.lexists(found):
            self._lend(found)
            self._names.pop(found.parent, None)
        problem = self._refusal(text, node.span, found) or self._absence(text, node.span, found)
        if problem is None and path[-1] not in MAY_BE_EMPTY and found.stat().st_size == 0:
            problem = _empty(text, node.span)
        if problem is None and _is_cover(path):
            problem = _no_cover(text, node.span, found)
        if problem is not None:
            self.problems.append(problem)
        if found.is_relative_to(self._root):
            return found.relative_to(self._root).as_posix()
        return found.as_posix()

    def _refusal(self, text: str, at: Span, found: Path) -> Problem | None:
        real = Path(os.path.realpath(found))
        if any(real.is_relative_to(folder) for folder in self._allowed):
            return None
        through = found.is_relative_to(self._root)
        return Problem(
            slug="path-outside",
            at=at,
            what=f"`{text}` {'is a link that leaves' if through else 'lies outside of'} the album",
            why="an album that reaches outside of its folder cannot be built elsewhere",
            fix=f"copy it into the album, or add `allow_paths: [{real.parent}]` to album.yaml",
        )

    def _absence(self, text: str, at: Span, found: Path) -> Problem | None:
        what = why = ""
        names = self._listed(found.parent)
        if not os.path.exists(found):  # noqa: PTH110 - bears names that are too long
            what = f"there is no file `{text}`"
        elif found.is_dir():
            what, why = f"`{text}` is a folder", "a file is wanted"
        elif not found.is_file():
            what, why = f"`{text}` is not a file", "a pipe or a device cannot be read twice"
        elif not os.access(found, os.R_OK):
            what, why = f"`{text}` cannot be read", "its permissions forbid it"
        elif names and found.name not in names:
            what, why = f"there is no file `{text}`", "upper and lower case differ on disk"
        if not what:
            return None
        fix = _nearest(text, found, names)
        return Problem(slug="missing-file", at=at, what=what, why=why, fix=fix)

    def _listed(self, folder: Path) -> frozenset[str]:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(folder))  # noqa: PTH208 - names alone
            except OSError:
                self._names[folder] = frozenset()
        return self._names[folder]


def _nearest(text: str, found: Path, names: frozenset[str]) -> str:
    folder = found.parent
    if not folder.is_dir():
        return f"there is no folder `{PurePosixPath(text).parent}` either"
    files = [name for name in sorted(names) if (folder / name).is_file()]
    same = [name for name in files if name.casefold() == found.name.casefold()]
    fix = did_you_mean(found.name, same or files)
    if not fix.startswith("did"):
        return ""
    name = fix.split("`")[1]
    return f"did you mean `{PurePosixPath(text).with_name(name)}`?"


def _is_cover(path: PathParts) -> bool:
    """Whether a path of the manifest is where the album, or a deliverable, names its cover."""
    own = path[0] == "deliverables" and path[2:] in (("cover",), ("cover", "file"))
    return path == ("cover",) or own


def _no_cover(text: str, at: Span, found: Path) -> Problem | None:
    try:
        read_image(found.read_bytes())
    except ImageError as error:
        fix = "export it again as a JPEG or a PNG"
        what = f"`{text}` {error.what}"
        return Problem(slug="wrong-cover", at=at, what=what, why=error.why, fix=fix)
    return None


def _empty(text: str, at: Span) -> Problem:
    return Problem(
        slug="empty-file",
        at=at,
        what=f"`{text}` holds nothing",
        why="the file is 0 bytes long: an export or a copy was broken off",
        fix="export or copy it again",
    )
