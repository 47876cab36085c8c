"""One side of a comparison: the album as a revision, or the work tree, has it."""

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from albumbuild.commands.noting import note_work_tree, set_figures, used_files
from albumbuild.commands.opening import Opened
from albumbuild.commands.previewing import with_previews
from albumbuild.engine.plan import Plan
from albumbuild.engine.revisions import note_state
from albumbuild.engine.sources import Ground
from albumbuild.formats.checkout import Checkout, check_out
from albumbuild.formats.git import asked
from albumbuild.formats.history import Commit, commit_of, files_of, work_tree_of
from albumbuild.formats.lfs import store_of_lfs
from albumbuild.manifest.album import NAME, load
from albumbuild.manifest.spelled import spelled
from albumbuild.model.problem import Problem, ProblemError, Source, Span
from albumbuild.planner.album import plan_album, with_step
from albumbuild.planner.relocating import relocated

if TYPE_CHECKING:
    from albumbuild.engine.results import StepResult
    from albumbuild.engine.store import Store
    from albumbuild.manifest.paths import Lend

WORK_TREE = "work tree"

_NEST = "1/2/3/4/5/6"
"""So deep lies a scratch tree that what is above it still is in the scratch folder."""


class Side:
    """An album that was read and planned; `links` tells where files of its folder really are.

    `name` is what the user calls it, `title` says more, and `notes` what is not certain.
    """

    def __init__(
        self,
        opened: Opened,
        *,
        name: str,
        title: str,
        commit: Commit | None = None,
        made: Checkout | None = None,
        links: Mapping[Path, Path] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.opened = opened
        self.name = name
        self.title = title
        self.commit = commit
        self.notes = notes
        self._made = made
        self._links = links or {}

    @property
    def identity(self) -> str:
        """The commit's id, or a word for the work tree."""
        return self.name if self.commit is None else self.commit.id

    def note(self, steps: "Mapping[str, StepResult]", store: "Store") -> None:
        """Note the figures that its steps have left, for `log`."""
        if self._made is None:
            note_work_tree(self.opened, steps, store)
            return
        held, top = self._made.held, self._made.top
        used = {path for each in used_files(self.opened) for path in (each, each.resolve())}
        paths = (path.relative_to(top).as_posix() for path in used if path.is_relative_to(top))
        files = {path: held[path].blob for path in paths if path in held}
        note_state(store, files, set_figures(self.opened, steps, store))

    def plan(self, extra: Iterable[str] = ()) -> Plan:
        """The plan, with a step for each strip of `extra` too."""
        planned = self.opened.planned
        for step in extra:
            planned = replace(planned, plan=with_step(planned, step))
        return relocated(planned.plan, self._links) if self._links else planned.plan

    def ground(self) -> Ground:
        """What the plan stands on."""
        planned = self.opened.planned
        here = {target: link for link, target in self._links.items()}
        looked = {self.real(path): each for path, each in planned.looked.items()}
        return Ground(looked=looked, fits=lambda path: planned.fits(here.get(path, path)))

    def real(self, path: Path) -> Path:
        """Where a file of the album stands in truth."""
        return self._links.get(path, path)


def work_tree_side(root: Path, top: Path) -> Side:
    """The album as it stands.

    Raises:
        ProblemError: its manifest is wrong.
    """
    opened = _opened(root)
    state = work_tree_of(top)
    used = {path.as_posix() for path in _used(opened, top)}
    under = _under(root, top)
    inside = {path for path in state.changed if not under or path.startswith(f"{under}/")}
    count = len(inside | (state.untracked & used))
    files = "1 file" if count == 1 else f"{count} files"
    title = f"{WORK_TREE} ({files} changed)" if count else WORK_TREE
    return Side(opened, name=WORK_TREE, title=title)


def revision_side(root: Path, top: Path, name: str, *, into: Path) -> Side:
    """The album as a revision has it, its files in the empty folder `into`.

    Raises:
        ProblemError: there is no such revision, or no album in it that can be read.
    """
    commit = commit_of(root, name)
    under = _under(root, top)
    manifest = f"{under}/{NAME}" if under else NAME
    if manifest not in files_of(top, commit.id, manifest):
        raise ProblemError([_no_album(name, under)])
    text = asked(top, "cat-file", "blob", f"{commit.id}:{manifest}").out
    whole = "" if "allow_paths" in text else under
    nest = into.resolve() / _NEST
    nest.mkdir(parents=True)
    made = check_out(top, commit.id, nest, under=whole)
    lending = _Lending(made, top, hull=into.resolve())
    within = (top.resolve(), store_of_lfs(top).resolve())
    try:
        opened = _opened(made.top / under, home=root, within=within, lend=lending.lend)
    except ProblemError as error:
        if made.lacking:
            raise ProblemError([_lacking(name, made.lacking)]) from error
        raise ProblemError(_of_revision(each, name) for each in error.problems) from error
    notes = (_lent(name, lending.lent),) if lending.lent else ()
    subject = "".join(each if each.isprintable() else "\ufffd" for each in commit.subject)
    title = f"{name} ({commit.short}, {subject})"
    links = made.links | lending.links
    return Side(opened, name=name, title=title, commit=commit, made=made, links=links, notes=notes)


class _Lending:
    """Brings files that a revision names and does not hold from where the work tree has them.

    What lies beside the repository comes to lie beside the scratch one, within the `hull`.
    """

    def __init__(self, made: Checkout, top: Path, *, hull: Path) -> None:
        self.links: dict[Path, Path] = {}
        self._made = made
        self._top = top.resolve()
        self._hull = hull

    @property
    def lent(self) -> list[str]:
        """What was brought, by paths from the top."""
        return [os.path.relpath(path, self._made.top) for path in self.links]

    def lend(self, wanted: Path) -> None:
        """Bring one file, where there is such a one in the same place; a link leads to it."""
        path = os.path.relpath(wanted, self._made.top)
        real = (self._top / path).resolve()
        if path in self._made.held or wanted.suffix in (".yaml", ".yml") or not real.is_file():
            return
        if wanted.parent.resolve().is_relative_to(self._hull):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            wanted.symlink_to(real)
            self.links[wanted] = real


def _opened(
    root: Path,
    *,
    home: Path | None = None,
    within: tuple[Path, ...] = (),
    lend: "Lend | None" = None,
) -> Opened:
    since_ns = time.time_ns()
    manifest = load(root, home=home, within=within, lend=lend)
    planned = plan_album(
        manifest.root, manifest.album, manifest.places, spell=lambda: spelled(manifest.album)
    )
    return with_previews(Opened(manifest, planned, since_ns)).opened


def _used(opened: Opened, top: Path) -> "Iterable[Path]":
    """The files that an album hears, by their paths from the top."""
    steps = (path for step in opened.planned.plan for path in step.sources.values())
    for path in {*opened.manifest.files, *steps}:
        with suppress(ValueError):
            yield path.relative_to(top)


def _under(root: Path, top: Path) -> str:
    """The album's folder, from the top of the repository."""
    path = root.resolve().relative_to(top.resolve()).as_posix()
    return "" if path == "." else path


def _of_revision(problem: Problem, name: str) -> Problem:
    """The same problem, its place as git would call it: `HEAD~1:songs/tide.yaml`."""
    if problem.at is None:
        return replace(problem, what=f"in `{name}`, {problem.what}")
    return replace(problem, at=of_revision(problem.at, name))


def of_revision(at: Span, name: str) -> Span:
    """A place in a file of a revision."""
    return replace(at, source=Source(f"{name}:{at.source.name}", at.source.lines))


def _no_album(name: str, under: str) -> Problem:
    """A revision from before the album, or of another place of it."""
    where = f"`{under}/{NAME}`" if under else f"`{NAME}`"
    return Problem(
        slug="no-album-then",
        what=f"there is no album in `{name}`",
        why=f"that revision has no {where}",
        fix="`albumbuild log` lists the revisions of the album",
    )


def _lacking(name: str, paths: tuple[str, ...]) -> Problem:
    """Sounds that Git LFS keeps elsewhere."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return Problem(
        slug="lfs-missing",
        what=f"`{paths[0]}`{more} of `{name}` was not fetched",
        why="Git LFS keeps the content elsewhere, and this machine has only pointers to it",
        fix="fetch it with `git lfs fetch --all`",
    )


def _lent(name: str, paths: list[str]) -> str:
    """What is said of files that a revision does not hold."""
    shown = ", ".join(f"`{path}`" for path in paths[:3])
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    are = "is" if len(paths) == 1 else "are"
    return (
        f"{shown}{more} {are} not in git at `{name}`: what stands in the work tree now was heard "
        "in place of it, and may differ from what it was"
    )
