"""Deliverables: sides, versions, file names and formats that can be made."""

from collections.abc import Collection, Iterator, Mapping
from string import Formatter

from albumbuild.formats.coding import MP3_BITRATES_KBPS
from albumbuild.manifest.discs import cd_problems
from albumbuild.manifest.order import repeated_song, unknown_song
from albumbuild.manifest.plants import plants_of
from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.codec import LOSSY, codec_of
from albumbuild.model.deliverable import (
    NAME_FIELDS,
    TRACK_NAMES,
    Cd,
    Deliverable,
    Sided,
    Streaming,
)
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span, did_you_mean
from albumbuild.model.profile import Profile

RESERVED = ("report",)
TOP_RATE_HZ = {"mp3": 48_000, "opus": 48_000, "aac": 48_000}


def media_problems(
    album: Album, *, songs: Collection[str], profiles: Mapping[str, Profile], places: Places
) -> Iterator[Problem]:
    """Deliverables that cannot be made as they are described."""
    plants = plants_of(album)
    for name, deliverable in album.deliverables.items():
        path: Path = ("deliverables", name)
        if name in RESERVED:
            what = f"a deliverable cannot be called `{name}`"
            why = f"`build/{name}` is the folder of the review page"
            fix = "give it another name"
            at = places.key_of(*path)
            yield Problem(slug="reserved-name", at=at, what=what, why=why, fix=fix)
        yield from _version_problems(album, deliverable, path=path, places=places)
        if deliverable.names is not None:
            yield from _names_problems(deliverable.names, (*path, "names"), places)
        if isinstance(deliverable, Sided):
            yield from _side_problems(deliverable, path, songs=songs, places=places)
        if isinstance(deliverable, Cd):
            yield from cd_problems(
                deliverable, path, album=album, songs=songs, plants=plants, places=places
            )
        if isinstance(deliverable, Streaming):
            yield from _format_problems(deliverable, path, places)
            yield from _profile_problems(deliverable, path, profiles=profiles, places=places)


def _version_problems(
    album: Album, deliverable: Deliverable, *, path: Path, places: Places
) -> Iterator[Problem]:
    version = deliverable.version
    if version is None:
        return
    entries = album.sequence if deliverable.sequence is None else deliverable.sequence
    for name in dict.fromkeys(entry.song for entry in entries):
        song = album.songs.get(name)
        if song is not None and version not in song.versions:
            yield Problem(
                slug="unknown-version",
                at=places.of(*path, "version"),
                what=f"song `{name}` has no version `{version}`",
                fix=did_you_mean(version, song.versions)
                if song.versions
                else f"add `versions: {{{version}: …}}` to the song",
            )
            return


def _names_problems(names: str, path: Path, places: Places) -> Iterator[Problem]:
    sample = dict.fromkeys(NAME_FIELDS, "x") | {"number": 1}
    why, fix = "", ""
    try:
        fields = [field for _, field, _, _ in Formatter().parse(names) if field is not None]
        unknown = next((field for field in fields if field not in NAME_FIELDS), None)
        if unknown is not None:
            why, fix = f"there is no field `{{{unknown}}}`", did_you_mean(unknown, NAME_FIELDS)
        elif not fields:
            why, fix = "every file would have the same name", f"such as `{TRACK_NAMES}`"
        elif "/" in names or "\\" in names:
            why = "a name holds no folders"
            parts = [part for part in names.replace("\\", "/").split("/") if part.strip(" .")]
            fix = f"such as `{' - '.join(parts)}`"
        else:
            names.format(**sample)
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        why, fix = f"{error}".lower().rstrip("."), f"such as `{TRACK_NAMES}`"
    if why:
        what = f"`{names}` makes no file names"
        yield Problem(slug="wrong-names", at=places.of(*path), what=what, why=why, fix=fix)


def _side_problems(
    deliverable: Sided, path: Path, *, songs: Collection[str], places: Places
) -> Iterator[Problem]:
    if deliverable.sides == "auto":
        return
    if deliverable.reorder:
        yield _reorder_given(places.of(*path, "reorder"))
    seen: set[str] = set()
    for side, names in deliverable.sides.items():
        place = (*path, "sides", side)
        if not names:
            what = f"side {side} has no songs"
            fix = "name its songs, or take the side out"
            yield Problem(slug="empty-side", at=places.key_of(*place), what=what, fix=fix)
        for index, name in enumerate(names):
            if name not in songs:
                yield unknown_song(name, (*place, index), known=songs, places=places)
            elif name in seen:
                yield repeated_song(name, (*place, index), places)
            seen.add(name)
    if not deliverable.sides:
        what = f"`{path[-1]}` has no sides"
        fix = "such as `sides: {A: [one, two], B: [three]}`"
        yield Problem(slug="empty-side", at=places.key_of(*path, "sides"), what=what, fix=fix)


def _reorder_given(at: Span | None) -> Problem:
    """Sides whose order is given, and is to be changed too."""
    return Problem(
        slug="reorder-given-sides",
        at=at,
        what="`reorder: true`, and the songs of each side are named",
        why="songs change places only where the sides are planned",
        fix="write `sides: auto`, or take `reorder` out",
    )


def _format_problems(deliverable: Streaming, path: Path, places: Places) -> Iterator[Problem]:
    format_, rate_hz = deliverable.format, deliverable.rate_hz
    kbps, what, why, key, fix = deliverable.bitrate_kbps, "", "", "format", "take one of them out"
    if format_ not in LOSSY and (kbps is not None or deliverable.quality is not None):
        key = "bitrate_kbps" if kbps is not None else "quality"
        what, why = f"`{format_}` has no `{key}`", "it keeps every sample as it is"
        fix = f"take `{key}` out, or choose a lossy format such as `format: mp3`"
    elif format_ in LOSSY and deliverable.bit_depth is not None:
        key, what = "bit_depth", f"`{format_}` has no `bit_depth`"
        why = "a lossy file stores no samples, and so no bits of them"
        fix = "take `bit_depth` out, or choose a lossless format such as `format: flac`"
    elif kbps is not None and deliverable.quality is not None:
        key, what = "quality", "`bitrate_kbps` and `quality` are both given"
        why = "a bitrate is constant, a quality lets it vary"
    elif format_ == "mp3" and kbps is not None and kbps not in MP3_BITRATES_KBPS:
        near = min(MP3_BITRATES_KBPS, key=lambda each: abs(each - kbps))
        key, what = "bitrate_kbps", f"an mp3 cannot have {kbps} kbit/s"
        why = "an mp3 has one of a few bitrates"
        fix = f"the nearest that it can have: `bitrate_kbps: {near}`"
    elif rate_hz is not None and rate_hz > TOP_RATE_HZ.get(format_, rate_hz):
        key, what = "rate_hz", f"`{format_}` cannot have {rate_hz} Hz"
        why = f"{TOP_RATE_HZ[format_]} Hz is its highest rate"
        fix = "take `rate_hz` out, and the best rate is used"
    elif format_ in ("flac", "alac") and deliverable.bit_depth == 32:
        key, what = "bit_depth", f"`{format_}` cannot hold 32-bit float"
        why = "24 is its widest here"
        fix = "write `bit_depth: 24`, or `format: wav`"
    if what:
        yield Problem(slug="wrong-format", at=places.of(*path, key), what=what, why=why, fix=fix)
    yield from _codec_problems(deliverable, (*path, "codec_preview"), places)


def _codec_problems(deliverable: Streaming, path: Path, places: Places) -> Iterator[Problem]:
    asked = deliverable.codec_preview
    if deliverable.format in LOSSY and asked not in (None, "none"):
        yield Problem(
            slug="wrong-format",
            at=places.of(*path),
            what=f"`{deliverable.format}` has no `codec_preview`",
            why="a lossy file is measured as its listeners decode it",
            fix="take `codec_preview` out",
        )
    for index, name in enumerate(asked if isinstance(asked, tuple) else ()):
        codec = codec_of(name)
        if codec.format == "mp3" and codec.bitrate_kbps not in MP3_BITRATES_KBPS:
            near = min(MP3_BITRATES_KBPS, key=lambda each: abs(each - codec.bitrate_kbps))
            yield Problem(
                slug="wrong-format",
                at=places.of(*path, index),
                what=f"an mp3 cannot have {codec.bitrate_kbps} kbit/s",
                why="an mp3 has one of a few bitrates",
                fix=f"the nearest that it can have: `mp3-{near}`",
            )


def _profile_problems(
    deliverable: Streaming, path: Path, *, profiles: Mapping[str, Profile], places: Places
) -> Iterator[Problem]:
    if deliverable.profile is None:
        return
    profile = profiles.get(deliverable.profile)
    if profile is None:
        yield Problem(
            slug="unknown-profile",
            at=places.of(*path, "profile"),
            what=f"unknown profile `{deliverable.profile}`",
            fix=did_you_mean(deliverable.profile, profiles),
        )
        return
    rules = (("format", "formats"), ("bit_depth", "bit_depths"), ("rate_hz", "rates_hz"))
    for key, rule in rules:
        value, allowed = getattr(deliverable, key), getattr(profile, rule)
        if allowed and value is not None and value not in allowed:
            proof = profile.evidence.get(rule)
            sure = proof is None or proof.confidence == "read"
            yield Problem(
                slug="against-profile",
                severity="error" if sure else "warning",
                at=places.of(*path, key),
                what=f"`{key}: {value}` is not what `{deliverable.profile}` takes",
                why="it takes " + ", ".join(f"`{each}`" for each in allowed),
                fix=f"take `{key}` out, and the profile's first is used",
            )
