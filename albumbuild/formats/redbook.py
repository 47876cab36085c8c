"""What an audio CD must keep to: rules of the Red Book, and what plants and players expect."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from albumbuild.formats.cdtext import text_problems
from albumbuild.formats.ddp import MASTER_ID_LENGTH
from albumbuild.formats.latin import SpellingError, ascii_letters
from albumbuild.model.problem import Problem
from albumbuild.model.timeline import PAUSE_SECTORS, SECTORS_PER_SECOND, Disc, DiscTrack, msf_text

MAX_TRACKS = 99
MAX_INDEX = 99
MIN_TRACK_SECTORS = 4 * SECTORS_PER_SECOND
SAFE_SECTORS = (74 * 60 + 30) * SECTORS_PER_SECOND
MAX_SECTORS = 80 * 60 * SECTORS_PER_SECOND - 1  # 79:59:74

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def disc_problems(
    disc: Disc, *, max_sectors: int = MAX_SECTORS, cd_text: bool = True
) -> list[Problem]:
    """Everything that is wrong with the disc, errors and warnings, in the order of its tracks.

    `max_sectors` is the latest lead-out that the plant takes.
    """
    if not 1 <= len(disc.tracks) <= MAX_TRACKS:
        return [_track_count(len(disc.tracks))]
    problems = [
        *_order_problems(disc),
        *_length_problems(disc),
        *_total_problems(disc, max_sectors),
        *_code_problems(disc),
    ]
    return [*problems, *text_problems(disc)] if cd_text else problems


def is_isrc(code: str) -> bool:
    """Whether it is an ISRC, with or without hyphens.

    Source: ISO 3901, structure as on IFPI's page: prefix, registrant, year, designation.
    """
    return _ISRC.fullmatch(code.replace("-", "")) is not None


def upc_check_digit(digits: str) -> int:
    """The last digit of an EAN-13 whose first twelve are given.

    Source: GS1 General Specifications, 7.9.1.
    """
    total = sum(int(each) * (3 if at % 2 else 1) for at, each in enumerate(digits[:12]))
    return -total % 10


def _order_problems(disc: Disc) -> Iterator[Problem]:
    first = disc.tracks[0]
    if first.pregap_sector != 0 or first.start_sector < PAUSE_SECTORS:
        yield _first_pause(first)
    for expected, track in enumerate(disc.tracks, start=1):
        if track.number != expected:
            yield _number(track, expected)
        if track.indexes()[-1][0] > MAX_INDEX:
            yield _index_count(track)
    indexes = [(track, *index) for track in disc.tracks for index in track.indexes()]
    for (_, _, earlier), (track, index, sector) in pairwise(indexes):
        if sector <= earlier:
            yield _index_order(track, index, sector)
    if indexes[-1][2] >= disc.sectors:
        yield _index_order(*indexes[-1])


def _length_problems(disc: Disc) -> Iterator[Problem]:
    for track in disc.tracks:
        end = disc.end_sector(track.number) if track.number <= len(disc.tracks) else disc.sectors
        following = disc.tracks[track.number : track.number + 1]
        sounding = (following[0].first_sector if following else end) - track.start_sector
        if end - track.start_sector < MIN_TRACK_SECTORS:
            yield _short_track(track, end - track.start_sector, severe=True)
        elif sounding < MIN_TRACK_SECTORS:
            yield _short_track(track, sounding, severe=False)


def _total_problems(disc: Disc, max_sectors: int) -> Iterator[Problem]:
    if disc.sectors > max_sectors:
        yield _too_long(disc.sectors, max_sectors)
    elif disc.sectors > SAFE_SECTORS:
        yield _long(disc.sectors)


def _code_problems(disc: Disc) -> Iterator[Problem]:
    digits = disc.upc_13
    if digits and (len(digits) != 13 or not (digits.isascii() and digits.isdigit())):
        yield _bad_upc(disc.upc or "", "it has 12 or 13 digits, and nothing else")
    elif digits and int(digits[12]) != upc_check_digit(digits):
        yield _bad_upc(disc.upc or "", f"its check digit would be {upc_check_digit(digits)}")
    codes = [(track, track.isrc) for track in disc.tracks if track.isrc]
    for track, isrc in codes:
        if not is_isrc(isrc):
            yield _bad_isrc(track, isrc)
    for isrc, count in Counter(code.replace("-", "") for _, code in codes).items():
        if count > 1:
            yield _repeated_isrc(isrc, count)
    try:
        if len(ascii_letters(disc.master_id)) > MASTER_ID_LENGTH or not disc.master_id:
            yield _master_id(disc.master_id, f"it has 1 to {MASTER_ID_LENGTH} characters")
    except SpellingError as error:
        yield _master_id(disc.master_id, f"`{error.characters}` cannot be spelled in ASCII")


def _named(track: DiscTrack) -> str:
    return f"track {track.number} (`{track.title}`)"


def _track_count(count: int) -> Problem:
    """A CD numbers its tracks with two digits."""
    return Problem(
        slug="cd-track-count",
        what=f"a CD has 1 to {MAX_TRACKS} tracks, and this has {count}",
        fix="join songs into one track, or make two discs" if count else "name songs in `sequence`",
    )


def _number(track: DiscTrack, expected: int) -> Problem:
    """Track numbers have no gaps."""
    return Problem(
        slug="cd-track-number",
        what=f"{_named(track)} stands where track {expected} is due",
        why="tracks count from 1 without a gap",
    )


def _first_pause(track: DiscTrack) -> Problem:
    """The disc begins with two seconds that belong to track 1."""
    return Problem(
        slug="cd-first-pause",
        what=f"{_named(track)} starts at {msf_text(track.start_sector)}",
        why="index 00 of track 1 is at 00:00:00, and its start not before 00:02:00",
    )


def _index_count(track: DiscTrack) -> Problem:
    """An index has two digits."""
    return Problem(
        slug="cd-index-count",
        what=f"{_named(track)} has more than {MAX_INDEX} index points",
        fix="take some out",
    )


def _index_order(track: DiscTrack, index: int, sector: int) -> Problem:
    """Times only rise, and end before the lead-out."""
    return Problem(
        slug="cd-index-order",
        what=f"index {index:02} of {_named(track)} is out of order, at {msf_text(sector)}",
        why="each index comes later than the one before, and before the end of the disc",
        fix="move the index",
    )


def _short_track(track: DiscTrack, sectors: int, *, severe: bool) -> Problem:
    """Players cannot seek to a track shorter than four seconds."""
    seconds = sectors / SECTORS_PER_SECOND
    what = f"{_named(track)} lasts {seconds:.2f} s"
    return Problem(
        slug="cd-short-track" if severe else "cd-short-track-before-gap",
        what=what if severe else f"{what} without the gap after it",
        why="a track of a CD lasts 4 s or longer",
        fix="make it longer, or join it to its neighbour",
        severity="error" if severe else "warning",
    )


def _too_long(sectors: int, limit: int) -> Problem:
    """More than the disc holds."""
    return Problem(
        slug="cd-too-long",
        what=f"the disc lasts {msf_text(sectors)}",
        why=f"the lead-out is at {msf_text(limit)} at the latest",
        fix="leave a song out, or make two discs",
    )


def _long(sectors: int) -> Problem:
    """More than every plant takes without asking."""
    return Problem(
        slug="cd-long",
        what=f"the disc lasts {msf_text(sectors)}",
        why=f"some plants take no more than {msf_text(SAFE_SECTORS)} without a waiver",
        fix="ask the plant",
        severity="warning",
    )


def _bad_upc(code: str, why: str) -> Problem:
    """The release's code is not one."""
    return Problem(
        slug="cd-upc", what=f"`{code}` is no UPC or EAN", why=why, fix="check it with the label"
    )


def _bad_isrc(track: DiscTrack, code: str) -> Problem:
    """The recording's code is not one."""
    return Problem(
        slug="cd-isrc",
        what=f"`{code}` of {_named(track)} is no ISRC",
        why="an ISRC is two letters, three letters or digits, and seven digits",
        fix="check it with whoever gave the code, such as `GBAYE2600001`",
    )


def _repeated_isrc(code: str, count: int) -> Problem:
    """Allowed, and mostly a slip."""
    return Problem(
        slug="cd-isrc-repeated",
        what=f"the ISRC `{code}` is used {count} times",
        why="each recording has a code of its own",
        fix="check the codes",
        severity="warning",
    )


def _master_id(master_id: str, why: str) -> Problem:
    """The only thing that tells two masters apart."""
    return Problem(slug="cd-master-id", what=f"`{master_id}` cannot be the master's id", why=why)
