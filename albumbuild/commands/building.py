"""Running a build for a command: interrupts, events, the record of deliverables, the seal."""

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from albumbuild.commands.opening import PROGRAM, STARTED_NS, STORE
from albumbuild.commands.program import package_files, package_folders, program_files
from albumbuild.deliverables.record import PROVENANCE_DRAFT, record_files
from albumbuild.engine.build import Terms, build
from albumbuild.engine.events import JsonLines
from albumbuild.engine.files import Disk
from albumbuild.engine.seal import look
from albumbuild.engine.sealing import write_seal
from albumbuild.engine.sources import Ground
from albumbuild.engine.store import Store
from albumbuild.formats.git import marks_of, revision_of
from albumbuild.model.delivery import DRAFT
from albumbuild.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from albumbuild.commands.interrupt import Interrupt
    from albumbuild.commands.opening import Opened
    from albumbuild.console import Console
    from albumbuild.engine.deliveries import Generate
    from albumbuild.engine.events import Emit
    from albumbuild.engine.lock import Busy
    from albumbuild.engine.plan import Plan, Step
    from albumbuild.engine.results import Result
    from albumbuild.engine.seal import Look

BUILD = "build"


def store_of(root: Path, interrupt: "Interrupt | None" = None) -> Store:
    """The store of an album; `interrupt` ends what takes long in it."""
    return Store(root / STORE, disk=Disk(interrupt.stopped if interrupt else None))


def run_build(
    opened: "Opened",
    targets: "Sequence[str]",
    *,
    terms: Terms,
    console: "Console",
    interrupt: "Interrupt",
    busy: "Callable[[Busy], None]",
    plan: "Plan | None" = None,
    readers: "Iterable[Emit]" = (),
) -> "Result":
    """Bring targets up to date, showing it on the console and to the `readers`.

    `interrupt`, which the caller has entered, stops it at the next block.
    """
    store = store_of(opened.root, interrupt)
    with closing(console.view(opened.planned.sound_s)) as view:
        return build(
            plan or opened.planned.plan,
            targets_of(opened.root, targets),
            store=store,
            terms=terms,
            emit=[view, *readers],
            generate=None if terms.build_dir is None else _recorder(opened, store),
            cancelled=interrupt.stopped,
            busy=busy,
            ground=Ground(looked=opened.planned.looked, fits=opened.planned.fits),
        )


@contextmanager
def events_to(path: str | None) -> "Iterator[list[Emit]]":
    """The readers of events that a command was asked for: a file of JSON lines, or none."""
    if path is None:
        yield []
        return
    with closing(JsonLines(Path(path))) as lines:
        yield [lines]


def seal_build(opened: "Opened", targets: "Sequence[str]", result: "Result") -> None:
    """Note what a good build looked at, so that the next one can tell at a glance."""
    looked = looked_at(opened, result)
    if looked is None:
        return
    if opened.manifest.packages:  # another package may come to offer the same device
        folders = {folder: look(folder) for folder in package_folders()}
        if any(max(now[3], now[4]) >= opened.since_ns for now in folders.values() if now):
            return
        looked |= folders
    write_seal(
        opened.root,
        store=store_of(opened.root),
        targets=targets,
        version=PROGRAM,
        album=opened.manifest.album.title,
        steps=result.steps,
        looked=looked,
    )


def looked_at(opened: "Opened", result: "Result") -> "dict[Path, Look | None] | None":
    """What the file system said of all that a build heard, before it was read.

    None when a manifest, or the program, was saved after it was read.
    """
    looked = opened.planned.looked | dict(result.looked)
    libraries = {name for step in opened.planned.plan for name in step.action.libraries}
    program = (*program_files(libraries), *package_files(opened.manifest.packages))
    read = dict.fromkeys((*opened.manifest.files, *marks_of(opened.root)), opened.since_ns)
    for path, since_ns in (*read.items(), *((path, STARTED_NS) for path in program)):
        found = look(path)
        if found is not None and max(found[3], found[4]) >= since_ns:
            return None
        looked[path] = found
    layout = store_of(opened.root).version_path
    return looked | {layout: look(layout)}


def problem_of(opened: "Opened", step_id: str, problem: Problem) -> Problem:
    """What failed a step, at the line of the manifest that names the material."""
    kind, _, subject = step_id.partition(":")
    song, _, stem = subject.partition("/")
    if problem.at is not None or kind != "ingest":
        return problem
    at = opened.manifest.places.of("songs", song, "stems", stem, "file")
    return msgspec.structs.replace(problem, at=at)


def targets_of(root: Path, targets: "Sequence[str]") -> list[str]:
    """Targets as the plan knows them: a path under `build/` is its deliverable, `build` is all."""
    named = [_target_of(root, target) for target in targets]
    return [] if None in named else [target for target in named if target is not None]


def _target_of(root: Path, target: str) -> str | None:
    path, build = Path(target), root / BUILD
    ways = [(root / path, build)]
    if path.exists():  # seen from here; `build` may be a link
        ways = [(path.absolute(), build), (path.resolve(), build.resolve())]
    for inside, folder in ways:
        if inside.is_relative_to(folder) and ".." not in inside.parts:
            parts = inside.relative_to(folder).parts
            return parts[0] if parts else None
    return target


def _recorder(opened: "Opened", store: Store) -> "Generate":
    """Makes `deliverable.json` and the checksums of a placed folder."""
    manifest = opened.manifest
    used = [*manifest.files]
    for step in opened.planned.plan:
        used += step.sources.values()
    revision = revision_of(opened.root, used)

    def generate(_step: "Step", outputs: "Mapping[str, str]") -> "Mapping[str, bytes]":
        if DRAFT not in outputs:
            return {}
        drafts = (
            store.blob(outputs[name]) for name in (DRAFT, PROVENANCE_DRAFT) if name in outputs
        )
        return record_files(*(path.read_bytes() for path in drafts), revision=revision)

    return generate
