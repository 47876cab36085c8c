"""The names of files that are delivered, from templates, safe on every file system."""

import re
from collections.abc import Mapping, Sequence

from albumbuild.formats.coding import ending_of
from albumbuild.formats.latin import ascii_letters
from albumbuild.model.album import Album
from albumbuild.model.deliverable import TRACK_NAMES, Deliverable, Sided, Streaming
from albumbuild.model.profile import Profile
from albumbuild.model.programme import PROGRAMME, Slot

SIDE_NAMES = "{album} - side {side}"
LONGEST_NAME_BYTES = 200

_BETWEEN = re.compile(r"\s*[:/\\|]\s*")
_DEVICE = re.compile(r"^(con|prn|aux|nul|(com|lpt)[0-9¹²³])(?=[ .]*(\.|$))", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>"?*\x00-\x1f\x7f]')


def file_names(
    album: Album,
    settings: Deliverable,
    sides: Mapping[str, Sequence[Slot]],
    profile: Profile | None,
) -> dict[str, str]:
    """The files that are named by a template: those of songs, or of sides.

    Raises:
        SpellingError: the profile wants a name in ASCII that has no such spelling.
    """
    if isinstance(settings, Sided):
        return _side_names(album, settings, sides)
    if isinstance(settings, Streaming):
        return _track_names(album, settings, sides[PROGRAMME], profile)
    return {}


def _track_names(
    album: Album, settings: Streaming, slots: Sequence[Slot], profile: Profile | None
) -> dict[str, str]:
    """The file of each song."""
    ascii_only = profile is not None and profile.names == "ascii"
    template = settings.names or TRACK_NAMES
    names = {}
    for number, slot in enumerate(slots, start=1):
        fields = _fields(album, slot.song) | {
            "number": number,
            "version": settings.version or "",
            "side": "",
        }
        stem = file_stem(template.format(**fields), ascii_only=ascii_only)
        names[slot.song] = f"{stem}.{ending_of(settings.format)}"
    return names


def _side_names(
    album: Album, settings: Sided, sides: Mapping[str, Sequence[Slot]]
) -> dict[str, str]:
    """The file of each side."""
    template = settings.names or SIDE_NAMES
    return {
        side: file_stem(
            template.format(
                **_fields(album, slots[0].song),
                number=number,
                side=side,
                version=settings.version or "",
            ),
            ascii_only=False,
        )
        + ".wav"
        for number, (side, slots) in enumerate(sides.items(), start=1)
    }


def file_stem(text: str, *, ascii_only: bool) -> str:
    """A file name without its ending, less what some file system refuses."""
    if ascii_only:
        text = ascii_letters(text)
    text = _UNSAFE.sub("", _BETWEEN.sub("-", text)).strip(" .")
    while len(text.encode()) > LONGEST_NAME_BYTES:
        text = text[:-1].rstrip(" .")
    return _DEVICE.sub(r"\g<0>_", text) or "untitled"


def _fields(album: Album, song_id: str) -> dict[str, str]:
    song = album.songs[song_id]
    return {
        "title": song.title,
        "song": song_id,
        "artist": song.artist or album.artist,
        "album": album.title,
        "isrc": song.isrc or "",
    }
