"""What a manifest may say, and this version, or this installation, cannot do."""

from collections.abc import Iterator

from albumbuild.formats.av import EXTRA, is_installed
from albumbuild.formats.coding import MP4_FORMATS
from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.chains import chains_of
from albumbuild.model.deliverable import Deliverable, Streaming
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span

WAITS = "this version reads its settings, and cannot do it"


def availability_problems(album: Album, places: Places) -> Iterator[Problem]:
    """Every part of the album that has to wait for another version."""
    kept = ((("presets", name), inserts) for name, inserts in album.presets.items())
    for path, inserts in (*chains_of(album), *kept):
        yield from _insert_problems(inserts, path, places)
    for name, deliverable in album.deliverables.items():
        yield from _deliverable_problems(deliverable, ("deliverables", name), places)


def _insert_problems(
    inserts: tuple[Processor, ...], path: Path, places: Places
) -> Iterator[Problem]:
    for index, insert in enumerate(inserts):
        if not insert.available:
            fix = "take this insert out, or print its effect into the stem"
            yield _not_yet(
                f"`{insert.name}`", places=places, path=(*path, index), fix=fix, key=True
            )


def _deliverable_problems(
    deliverable: Deliverable, path: Path, places: Places
) -> Iterator[Problem]:
    if not deliverable.available:
        what = f"`type: {deliverable.type}`"
        fix = "take this deliverable out"
        yield _not_yet(what, places=places, path=(*path, "type"), fix=fix)
    is_mp4 = isinstance(deliverable, Streaming) and deliverable.format in MP4_FORMATS
    if isinstance(deliverable, Streaming) and is_mp4 and not is_installed():
        yield _without_codecs(deliverable.format, places.of(*path, "format"))


def _without_codecs(format_: str, at: Span | None) -> Problem:
    return Problem(
        slug="codec-not-installed",
        at=at,
        what=f"`format: {format_}` cannot be encoded here",
        why="AAC and ALAC need PyAV, which is not installed",
        fix=f"pip install '{EXTRA}'",
    )


def _not_yet(what: str, *, places: Places, path: Path, fix: str, key: bool = False) -> Problem:
    return Problem(
        slug="not-available-yet",
        at=places.key_of(*path) if key else places.of(*path),
        what=f"{what} is not available yet",
        why=WAITS,
        fix=fix,
    )
