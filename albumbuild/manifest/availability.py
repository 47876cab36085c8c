"""What a manifest may say, and this version, or this installation, cannot do."""

from collections.abc import Iterator

from albumbuild.formats.av import EXTRA, is_installed
from albumbuild.formats.coding import MP4_FORMATS
from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.chains import chains_of
from albumbuild.model.codec import codec_of
from albumbuild.model.deliverable import Deliverable, Streaming
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span


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
            yield Problem(
                slug="not-available-yet",
                at=places.key_of(*path, index),
                what=f"`{insert.name}` is not available yet",
                why="this version reads its settings, and cannot do it",
                fix="take this insert out, or print its effect into the stem",
            )


def _deliverable_problems(
    deliverable: Deliverable, path: Path, places: Places
) -> Iterator[Problem]:
    if not isinstance(deliverable, Streaming) or is_installed():
        return
    if deliverable.format in MP4_FORMATS:
        yield _without_codecs(f"format: {deliverable.format}", places.of(*path, "format"))
    asked = deliverable.codec_preview
    for index, name in enumerate(asked if isinstance(asked, tuple) else ()):
        if codec_of(name).format in MP4_FORMATS:
            yield _without_codecs(name, places.of(*path, "codec_preview", index))


def _without_codecs(what: str, at: Span | None) -> Problem:
    return Problem(
        slug="codec-not-installed",
        at=at,
        what=f"`{what}` cannot be encoded here",
        why="AAC and ALAC need PyAV, which is not installed",
        fix=f"pip install '{EXTRA}'",
    )
