"""Deliverables without masters of their own: mixes, stems, and the archive."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from albumbuild.deliverables.archive import MATERIAL, DeliverArchive, MadeWith, manifest_lines
from albumbuild.deliverables.mixes import DeliverMixes
from albumbuild.deliverables.stems import DeliverStems
from albumbuild.engine.fingerprint import ABSENT, library_version
from albumbuild.engine.plan import Need, Step
from albumbuild.model.album import Album
from albumbuild.model.chains import devices_of
from albumbuild.model.deliverable import Archive, Mixes, Stems, Streaming
from albumbuild.model.desk import MIX
from albumbuild.planner.credits import album_credits, track_credits
from albumbuild.planner.medium import Medium
from albumbuild.planner.songs import stems_step, subject
from albumbuild.steps.ends import members
from albumbuild.steps.stems import Stems as TakeStems
from albumbuild.steps.stems import channel_output
from albumbuild.steps.stream import AUDIO

Spell: TypeAlias = Callable[[], Mapping[str, Any]]
"""Gives the album as one manifest would say all of it."""

PROGRAM = "albumbuild"
FLOAT_BITS = 32
"""What stems have unless less is asked for: nothing is cut off at full scale."""


def unmastered_steps(medium: Medium, made_by: Iterable[Step], spell: Spell) -> Iterator[Step]:
    """Every step of such a deliverable; `made_by` are those that the album's songs are made by."""
    settings = medium.settings
    if isinstance(settings, Mixes):
        yield _mixes_step(medium)
    elif isinstance(settings, Stems):
        yield from _stems_steps(medium, settings)
    else:
        assert isinstance(settings, Archive)
        yield _archive_step(medium, made_by, spell)


def _subjects(medium: Medium) -> list[str]:
    """Its songs, each followed by its versions."""
    return [
        subject(song_id, version)
        for song_id in dict.fromkeys(medium.order)
        for version in (None, *sorted(medium.songs[song_id].song.versions))
    ]


def _said(medium: Medium) -> dict[str, Any]:
    return {
        "name": medium.name,
        "album": album_credits(medium.album),
        "tracks": {song: track_credits(medium.album, song) for song in medium.keys},
    }


def _mixes_step(medium: Medium) -> Step:
    subjects = _subjects(medium)
    return Step(
        id=f"deliver:{medium.name}",
        action=DeliverMixes(**_said(medium), order=tuple(subjects), rate_hz=medium.rate_in_hz),
        needs={f"mix/{each}": Need(f"mix:{each}", AUDIO) for each in subjects},
        place=medium.name,
    )


def _stems_steps(medium: Medium, settings: Stems) -> Iterator[Step]:
    """A step a song, and the one that writes their files."""
    channels: dict[str, tuple[str, ...]] = {}
    direct: dict[str, tuple[str, ...]] = {}
    needs: dict[str, Need] = {}
    for song in medium.keys:
        step = stems_step(medium.songs[song], medium.version_of(song), medium.root)
        yield step
        assert isinstance(step.action, TakeStems)
        name = step.id.removeprefix(f"{TakeStems.kind}:")
        channels[name] = step.action.channels
        direct[name] = tuple(members(step.action.desk, MIX))
        needs |= {f"{name}/{each}": Need(step.id, channel_output(each)) for each in channels[name]}
    yield Step(
        id=f"deliver:{medium.name}",
        action=DeliverStems(
            **_said(medium),
            order=tuple(channels),
            channels=channels,
            direct=direct,
            rate_hz=medium.rate_in_hz,
            bits=settings.bit_depth or FLOAT_BITS,
            dither=settings.dither,
        ),
        needs=needs,
        place=medium.name,
    )


def _archive_step(medium: Medium, made_by: Iterable[Step], spell: Spell) -> Step:
    subjects = _subjects(medium)
    return Step(
        id=f"deliver:{medium.name}",
        action=DeliverArchive(
            **_said(medium),
            order=tuple(subjects),
            rate_hz=medium.rate_in_hz,
            manifest=manifest_lines(spell()),
            made_with=_made_with(medium.album, made_by),
        ),
        needs={f"premaster/{each}": Need(f"premaster:{each}", AUDIO) for each in subjects},
        sources={
            f"{MATERIAL}{name}": medium.root / name for name in sorted(set(_material(medium.album)))
        },
        place=medium.name,
    )


def _made_with(album: Album, steps: Iterable[Step]) -> MadeWith:
    """The versions of what stands between the user's files and the premasters."""
    kinds = {type(step.action) for step in steps}
    libraries = {name: library_version(name) for kind in kinds for name in kind.libraries}
    devices = {device.name: device for _, device in devices_of(album) if not device.bypass}
    return MadeWith(
        program={PROGRAM: library_version(PROGRAM)},
        libraries={name: version for name, version in libraries.items() if version != ABSENT},
        steps={kind.kind: kind.version for kind in kinds},
        devices={
            name: f"{device.version} of {device.package}" if device.package else str(device.version)
            for name, device in devices.items()
        },
    )


def _material(album: Album) -> Iterator[str]:
    """The user's files that the album is made of, its manifests aside."""
    if album.cover:
        yield album.cover
    for song in album.songs.values():
        if song.lyrics:
            yield song.lyrics
        for stem in song.stems.values():
            yield from stem.paths
    for deliverable in album.deliverables.values():
        if isinstance(deliverable, Streaming) and deliverable.cover.file:
            yield deliverable.cover.file
    for _, device in devices_of(album):
        yield from device.files().values()
