"""What a manifest may say already, and this version cannot do yet."""

from collections.abc import Iterator

from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.deliverable import Deliverable, Streaming
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem
from albumbuild.model.song import Song

FORMATS = ("wav", "aiff", "flac", "mp3", "ogg", "opus")

WAITS = "this version reads its settings, and cannot do it"


def availability_problems(album: Album, places: Places) -> Iterator[Problem]:
    """Every part of the album that has to wait for another version."""
    for name, song in album.songs.items():
        for path, inserts in chains_of(song, ("songs", name)):
            yield from _insert_problems(inserts, path, places)
    yield from _insert_problems(album.master.inserts, ("master", "inserts"), places)
    for name, inserts in album.presets.items():
        yield from _insert_problems(inserts, ("presets", name), places)
    for name, deliverable in album.deliverables.items():
        yield from _deliverable_problems(deliverable, ("deliverables", name), places)
    for index, _ in enumerate(album.checks[:1]):
        fix = "take `checks:` out"
        yield _not_yet("`checks:`", places=places, path=("checks", index), fix=fix)


def chains_of(song: Song, path: Path) -> Iterator[tuple[Path, tuple[Processor, ...]]]:
    """Every chain of inserts in a song, and where it stands."""
    for group in ("stems", "buses", "returns"):
        for name, strip in getattr(song, group).items():
            yield (*path, group, name, "inserts"), strip.inserts
    yield (*path, "mix", "inserts"), song.mix.inserts
    yield (*path, "master", "inserts"), song.master.inserts


def _insert_problems(
    inserts: tuple[Processor, ...], path: Path, places: Places
) -> Iterator[Problem]:
    for index, insert in enumerate(inserts):
        reason = getattr(insert, "unavailable", lambda: None)()
        if not insert.available:
            fix = "take this insert out, or print its effect into the stem"
            yield _not_yet(
                f"`{insert.name}`", places=places, path=(*path, index), fix=fix, key=True
            )
        elif reason:
            at = places.of(*path, index)
            fix = "take that setting out"
            yield Problem(slug="not-available-yet", at=at, what=reason, why=WAITS, fix=fix)


def _deliverable_problems(
    deliverable: Deliverable, path: Path, places: Places
) -> Iterator[Problem]:
    if not deliverable.available:
        what = f"`type: {deliverable.type}`"
        fix = "take this deliverable out"
        yield _not_yet(what, places=places, path=(*path, "type"), fix=fix)
    if deliverable.dither == "shaped":
        fix = "write `dither: tpdf`"
        yield _not_yet("`dither: shaped`", places=places, path=(*path, "dither"), fix=fix)
    if isinstance(deliverable, Streaming) and deliverable.format not in FORMATS:
        known = ", ".join(f"`{each}`" for each in FORMATS)
        yield _not_yet(
            f"`format: {deliverable.format}`",
            places=places,
            path=(*path, "format"),
            fix=f"one of {known}",
        )
    yield from _insert_problems(deliverable.inserts, (*path, "inserts"), places)


def _not_yet(what: str, *, places: Places, path: Path, fix: str, key: bool = False) -> Problem:
    return Problem(
        slug="not-available-yet",
        at=places.key_of(*path) if key else places.of(*path),
        what=f"{what} is not available yet",
        why=WAITS,
        fix=fix,
    )
