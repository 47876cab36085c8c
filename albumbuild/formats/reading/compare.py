"""Two descriptions of one disc, and their sound: where they differ."""

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from albumbuild.formats.latin import SpellingError, transliterate
from albumbuild.formats.reading.reel import Reel
from albumbuild.formats.sound import SoundError
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import SECTOR_BYTES, Disc, DiscTrack, msf_text

_WORDS = ("title", "performer", "songwriter", "composer")


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """A disc as one file or folder describes it; `name` is what messages call that."""

    name: str
    disc: Disc
    reel: Reel
    has_texts: bool


def differences(one: Described, other: Described, *, sound: bool) -> Iterator[Finding]:
    """Whatever the two do not say alike; `sound` compares that as well."""
    mine, theirs = one.disc, other.disc

    def differ(rule: str, what: str, here: object, there: object) -> Finding:
        said = f"{what} is {here} in `{one.name}`, and {there} in `{other.name}`"
        return Finding(rule=f"differ-{rule}", file=other.name, what=said)

    if len(mine.tracks) != len(theirs.tracks):
        yield differ("tracks", "the number of tracks", len(mine.tracks), len(theirs.tracks))
        return
    if mine.sectors != theirs.sectors:
        yield differ("length", "the lead-out", msf_text(mine.sectors), msf_text(theirs.sectors))
    if mine.upc_13 != theirs.upc_13:
        yield differ("upc", "the UPC", mine.upc_13 or "none", theirs.upc_13 or "none")
    for track, same in zip(mine.tracks, theirs.tracks, strict=True):
        for rule, what, here, there in _track_differences(track, same):
            yield differ(rule, f"{what} of track {track.number}", here, there)
    if one.has_texts and other.has_texts:
        for what, here, there in _text_differences(mine, theirs):
            yield differ("text", what, f"`{here}`", f"`{there}`")
    if sound:
        yield from _sound_differences(one, other)


def _track_differences(
    track: DiscTrack, same: DiscTrack
) -> Iterator[tuple[str, str, object, object]]:
    mine, theirs = dict(track.indexes()), dict(same.indexes())
    for index in sorted({*mine, *theirs}):
        here, there = (
            "missing" if index not in each else msf_text(each[index]) for each in (mine, theirs)
        )
        if here != there:
            yield "time", f"index {index:02}", here, there
    if track.isrc_code != same.isrc_code:
        yield "isrc", "the ISRC", track.isrc_code or "none", same.isrc_code or "none"
    if track.pre_emphasis != same.pre_emphasis:
        yield "flags", "pre-emphasis", track.pre_emphasis, same.pre_emphasis
    permitted = track.copy == "permitted", same.copy == "permitted"
    if permitted[0] != permitted[1]:
        yield "flags", "permission to copy", *permitted


def _text_differences(mine: Disc, theirs: Disc) -> Iterator[tuple[str, str, str]]:
    """Texts that both have; sheets differ in what they can spell, and leave out what is empty."""
    pairs = [("the album's title", mine.title, theirs.title)]
    pairs.append(("the album's performer", mine.performer, theirs.performer))
    for track, same in zip(mine.tracks, theirs.tracks, strict=True):
        pairs += [
            (f"the {word} of track {track.number}", getattr(track, word), getattr(same, word))
            for word in _WORDS
        ]
    for what, here, there in pairs:
        if here and there and _plain(here) != _plain(there):
            yield what, here, there


def _plain(text: str) -> str:
    """The text as a cue sheet spells it."""
    with suppress(SpellingError):
        text, _ = transliterate(text)
    return " ".join(text.replace('"', "'").split())


def _sound_differences(one: Described, other: Described) -> Iterator[Finding]:
    """The first byte that is not the same, in the file of the first of them."""
    sectors = min(one.disc.sectors, other.disc.sectors)
    try:
        at = _first_difference(one.reel, other.reel, sectors)
    except (SoundError, OSError) as error:
        what = f"the sound of `{one.name}` and `{other.name}` cannot be compared"
        yield Finding(rule="differ-sound", file=other.name, what=what, why=str(error))
        return
    if at is None:
        return
    sector = at // SECTOR_BYTES
    mine, theirs = _file_at(one, at), _file_at(other, at)
    what = f"the sound of `{mine}` is not that of `{theirs}` from {msf_text(sector)} on"
    yield Finding(rule="differ-sound", file=mine, offset=at, what=what)


def _file_at(described: Described, byte: int) -> str:
    """The file that holds that byte of the sound."""
    passed = 0
    for piece in described.reel.pieces:
        passed += piece.frames * 4
        if byte < passed and piece.path is not None:
            return piece.name
    return described.name


def _first_difference(mine: Reel, theirs: Reel, sectors: int) -> int | None:
    """The first byte of two sounds that differs."""
    place = 0
    for here, there in zip(mine.sound(0, sectors), theirs.sound(0, sectors), strict=False):
        if here != there:
            pairs = zip(here, there, strict=False)
            return place + next(at for at, (a, b) in enumerate(pairs) if a != b)
        place += len(here)
    return None
