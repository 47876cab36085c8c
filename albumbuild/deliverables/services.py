"""What the services' normalisation does to an album, song by song: to know, not to obey."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from albumbuild.model.profile import Profile

DEFAULT_CEILING_DBTP = -1.0
WHOLE = "the album as one"
NEARLY_DB = 0.05
"""A smaller change is none."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """How a service plays: its loudness, and whether an album has one gain, and goes up.

    Sound is turned up only as far as its peaks stay under `ceiling_dbtp`.
    """

    target_lufs: float
    ceiling_dbtp: float
    album_as_one: bool
    turns_up: bool


def service_of(profile: Profile) -> Service:
    """How a service plays, by its profile.

    Raises: ValueError for a profile that asks for no loudness.
    """
    if profile.target_lufs is None:
        raise ValueError("this profile asks for no loudness")
    ceiling = DEFAULT_CEILING_DBTP if profile.ceiling_dbtp is None else profile.ceiling_dbtp
    return Service(
        target_lufs=profile.target_lufs,
        ceiling_dbtp=ceiling,
        album_as_one=profile.album_as_one,
        turns_up=profile.turns_up,
    )


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """A track, or the whole album: its loudness and its peak; None for silence."""

    title: str
    lufs: float | None
    dbtp: float | None


def gain_db(service: Service, sound: Sound) -> float:
    """What a service does to a sound, in dB; 0 for silence."""
    if sound.lufs is None:
        return 0.0
    gain = service.target_lufs - sound.lufs
    if gain <= 0.0:
        return gain
    if not service.turns_up:
        return 0.0
    room = service.ceiling_dbtp - sound.dbtp if sound.dbtp is not None else gain
    return min(gain, max(room, 0.0))


def services_text(services: Mapping[str, Service], album: Sound, tracks: Sequence[Sound]) -> str:
    """The page: for each service the gain of the album, where it has one, and of each track."""
    width = max(len(title) for title in (WHOLE, *(track.title for track in tracks)))
    lines = [
        f"What services do to the loudness of {album.title}",
        "",
        "In dB, when normalisation is on; a track's own gain counts where it is played alone or",
        "in a playlist. One good master serves them all: none of these asks for another.",
        "",
    ]
    for name, service in sorted(services.items()):
        lines += [*_service_lines(name, service, album, tracks, width), ""]
    return "\n".join(lines)


def _service_lines(
    name: str, service: Service, album: Sound, tracks: Sequence[Sound], width: int
) -> Iterator[str]:
    yield f"{name}: {service.target_lufs:g} LUFS"
    if service.album_as_one:
        yield f"  {WHOLE:{width}}  {_said(service, album)}"
    for track in tracks:
        yield f"  {track.title:{width}}  {_said(service, track)}"


def _said(service: Service, sound: Sound) -> str:
    """The gain, and what became of the loudness and the peak."""
    if sound.lufs is None:
        return "silent"
    gain = gain_db(service, sound)
    change = "as it is" if abs(gain) < NEARLY_DB else f"{gain:+.1f}"
    after = f"{sound.lufs + gain:.1f} LUFS"
    peak = "" if sound.dbtp is None else f", {sound.dbtp + gain:.1f} dBTP"
    short = sound.lufs + gain < service.target_lufs - NEARLY_DB and service.turns_up
    return f"{change:>8}  to {after}{peak}" + ("; its peaks allow no more" if short else "")
