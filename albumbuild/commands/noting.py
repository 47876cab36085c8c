"""What `log` shows of a revision: noted at the end of every build that has the figures."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from albumbuild.engine.results import GOOD
from albumbuild.engine.revisions import SetFigures, note_state
from albumbuild.engine.seal import look
from albumbuild.engine.store import MissingBlob
from albumbuild.formats.history import WorkTree, blobs_of, top_of, work_tree_of
from albumbuild.model.problem import ProblemError
from albumbuild.steps.sequence import LAYOUT, read_layout

if TYPE_CHECKING:
    from albumbuild.commands.opening import Opened
    from albumbuild.engine.results import StepResult
    from albumbuild.engine.store import Store

MOST_BYTES = 256_000_000
"""More than that is not hashed for git: the figures are noted with the next commit."""


def note_work_tree(opened: "Opened", steps: "Mapping[str, StepResult]", store: "Store") -> None:
    """Note the figures of the album as it stands, where git looks after it."""
    sets = set_figures(opened, steps, store)
    if not sets:
        return
    try:
        top = top_of(opened.root)
    except ProblemError:
        return
    used = used_files(opened)
    files = _as_git_has_them(top, used)
    if files and not any(_saved_since(path, opened.since_ns) for path in used):
        note_state(store, files, sets)


def set_figures(
    opened: "Opened", steps: "Mapping[str, StepResult]", store: "Store"
) -> dict[str, SetFigures]:
    """The headline of every deliverable whose sequence is up to date."""
    found = {}
    for name in opened.planned.media:
        end = steps.get(f"sequence:{name}")
        if end is not None and end.status in GOOD:
            with suppress(MissingBlob):
                found[name] = _headline(store.blob(end.outputs[LAYOUT]))
    return found


def used_files(opened: "Opened") -> set[Path]:
    """The manifests and the files that an album hears."""
    heard = (path for step in opened.planned.plan for path in step.sources.values())
    return {*opened.manifest.files, *heard}


def _headline(layout: Path) -> SetFigures:
    sides = read_layout(layout).values()
    tracks = [each for side in sides for each in side.figures]
    loudness = [each.lufs for each in tracks if each.lufs is not None]
    peaks = [each.dbtp for each in tracks if each.dbtp is not None]
    return SetFigures(
        lufs_min=min(loudness, default=None),
        lufs_max=max(loudness, default=None),
        dbtp=max(peaks, default=None),
        seconds=round(sum(each.layout.frames / each.layout.rate_hz for each in sides), 3),
    )


def _as_git_has_them(top: Path, files: Iterable[Path]) -> dict[str, str]:
    """What git calls the content of files but for those that it ignores; none where it is much."""
    state = work_tree_of(top)
    top = top.resolve()
    paths = {
        path.relative_to(top).as_posix()
        for file in files
        for path in (file.absolute(), file.resolve())
        if path.is_relative_to(top)
    }
    found = {path: state.held[path].blob for path in paths if path in state.held}
    new = sorted(path for path in paths if _is_new(path, state))
    if sum((top / path).lstat().st_size for path in new) > MOST_BYTES:
        return {}
    blobs = blobs_of(top, new) if new else {}
    return {**found, **blobs} if len(blobs) == len(new) else {}


def _saved_since(path: Path, since_ns: int) -> bool:
    """Whether a file may hold something else than what was read of it."""
    found = look(path)
    return found is None or max(found[3], found[4]) >= since_ns


def _is_new(path: str, state: WorkTree) -> bool:
    return "\n" not in path and (path in state.changed or path in state.untracked)
