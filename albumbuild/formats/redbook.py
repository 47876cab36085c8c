"""What an audio CD must keep to: rules of the Red Book, and what plants and players expect."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from albumbuild.formats.ddp import MASTER_ID_LENGTH
from albumbuild.formats.latin import SpellingError, ascii_letters
from albumbuild.formats.textrules import text_problems
from albumbuild.model.problem import Problem
from albumbuild.model.timeline import (
    PAUSE_SECTORS,
    SECTORS_PER_SECOND,
    Disc,
    DiscPart,
    DiscProblem,
    DiscTrack,
    msf_text,
)

MAX_TRACKS = 99
MAX_INDEX = 99
MIN_TRACK_SECTORS = 4 * SECTORS_PER_SECOND
SAFE_SECTORS = (74 * 60 + 30) * SECTORS_PER_SECOND
MAX_SECTORS = 80 * 60 * SECTORS_PER_SECOND - 1  # 79:59:74

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def disc_problems(
    disc: Disc, *, max_sectors: int = MAX_SECTORS, cd_text: bool = True
) -> list[DiscProblem]:
    """Everything that is wrong with the disc, errors and warnings, in the order of its tracks.

    `max_sectors` is the latest lead-out that the plant takes.
    """
    if not 1 <= len(disc.tracks) <= MAX_TRACKS:
        return [DiscProblem(problem=_track_count(len(disc.tracks)))]
    problems = [
        *_order_problems(disc),
        *_length_problems(disc),
        *_total_problems(disc, max_sectors),
        *_flag_problems(disc),
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


def _order_problems(disc: Disc) -> Iterator[DiscProblem]:
    first = disc.tracks[0]
    if first.pregap_sector != 0 or first.start_sector < PAUSE_SECTORS:
        yield DiscProblem(problem=_first_pause(first), track=1, part="start")
    pairs = zip_longest(disc.tracks, disc.tracks[1:])
    for expected, (track, following) in enumerate(pairs, start=1):
        if track.number != expected:
            yield DiscProblem(problem=_number(track, expected), track=expected)
        if track.indexes()[-1][0] > MAX_INDEX:
            yield DiscProblem(problem=_index_count(track), track=expected, part="index")
        end = following.first_sector if following else disc.sectors
        yield from _index_problems(track, expected, end=end)


def _index_problems(track: DiscTrack, number: int, *, end: int) -> Iterator[DiscProblem]:
    """Times only rise, and end before `end`, the sector of what follows the track."""
    earlier = -1
    for index, sector in track.indexes():
        problem = None
        if sector <= earlier:
            problem = _index_order(track, index, sector)
        elif index == 1 and sector >= end:
            problem = _no_length(track)
        elif index > 1 and sector >= end > track.start_sector:
            problem = _index_late(track, index, sector, end=end)
        if problem is not None:
            part: DiscPart = "index" if index > 1 else "start"
            yield DiscProblem(problem=problem, track=number, part=part, index=index)
        earlier = sector


def _length_problems(disc: Disc) -> Iterator[DiscProblem]:
    for number, (track, following) in enumerate(zip_longest(disc.tracks, disc.tracks[1:]), 1):
        length = (following.start_sector if following else disc.sectors) - track.start_sector
        sounding = (following.first_sector if following else disc.sectors) - track.start_sector
        problem = None
        if 0 < length < MIN_TRACK_SECTORS:
            problem = _short_track(track, length, severe=True)
        elif 0 < sounding < MIN_TRACK_SECTORS:
            problem = _short_track(track, sounding, severe=False)
        if problem is not None:
            yield DiscProblem(problem=problem, track=number)


def _total_problems(disc: Disc, max_sectors: int) -> Iterator[DiscProblem]:
    if disc.sectors > max_sectors:
        yield DiscProblem(problem=_too_long(disc.sectors, max_sectors))
    elif disc.sectors > SAFE_SECTORS:
        yield DiscProblem(problem=_long(disc.sectors))


def _flag_problems(disc: Disc) -> Iterator[DiscProblem]:
    """Pre-emphasis that begins or ends where there is no pause for it."""
    for number, (earlier, track) in enumerate(pairwise(disc.tracks), start=2):
        pause = track.start_sector - track.first_sector
        if track.pre_emphasis != earlier.pre_emphasis and pause < PAUSE_SECTORS:
            yield DiscProblem(problem=_quick_change(track, pause), track=number)


def _code_problems(disc: Disc) -> Iterator[DiscProblem]:
    digits, problem = disc.upc_13, None
    if digits and (len(digits) != 13 or not (digits.isascii() and digits.isdigit())):
        problem = _bad_upc(disc.upc or "", "it has 12 or 13 digits, and nothing else")
    elif digits and int(digits[12]) != upc_check_digit(digits):
        problem = _bad_upc(disc.upc or "", f"its check digit would be {upc_check_digit(digits)}")
    if problem is not None:
        yield DiscProblem(problem=problem, part="upc")
    codes = {number: track.isrc_code for number, track in enumerate(disc.tracks, 1) if track.isrc}
    for number, code in codes.items():
        if not is_isrc(code):
            track = disc.tracks[number - 1]
            yield DiscProblem(problem=_bad_isrc(track, code), track=number, part="isrc")
    for code, count in Counter(codes.values()).items():
        if count > 1:
            last = max(number for number, each in codes.items() if each == code)
            yield DiscProblem(problem=_repeated_isrc(code, count), track=last, part="isrc")
    yield from _id_problems(disc.master_id)


def _id_problems(master_id: str) -> Iterator[DiscProblem]:
    try:
        if len(ascii_letters(master_id)) > MASTER_ID_LENGTH or not master_id:
            why = f"it has 1 to {MASTER_ID_LENGTH} characters"
            yield DiscProblem(problem=_master_id(master_id, why))
    except SpellingError as error:
        why = f"`{error.characters}` cannot be spelled in ASCII"
        yield DiscProblem(problem=_master_id(master_id, why))


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
    """Times only rise."""
    return Problem(
        slug="cd-index-order",
        what=f"index {index:02} of {_named(track)} is out of order, {_after(track, sector)}",
        why="each index comes later than the one before",
        fix="move the index",
    )


def _index_late(track: DiscTrack, index: int, sector: int, *, end: int) -> Problem:
    """An index lies in its own track."""
    return Problem(
        slug="cd-index-order",
        what=f"index {index:02} of {_named(track)} is {_after(track, sector)}, and the track "
        f"lasts {_seconds(end - track.start_sector)}",
        why="an index comes before the track's end; it counts from the track's start",
        fix="move the index, or take it out",
    )


def _no_length(track: DiscTrack) -> Problem:
    """The next track begins where this one does, or before."""
    return Problem(
        slug="cd-index-order",
        what=f"{_named(track)} begins at {msf_text(track.start_sector)}, where it has ended",
        why="each track begins before the next one",
        fix="move its `mark`",
    )


def _after(track: DiscTrack, sector: int) -> str:
    return f"{_seconds(sector - track.start_sector)} after its start"


def _seconds(sectors: int) -> str:
    return f"{sectors / SECTORS_PER_SECOND:.2f} s"


def _short_track(track: DiscTrack, sectors: int, *, severe: bool) -> Problem:
    """Players cannot seek to a track shorter than four seconds."""
    what = f"{_named(track)} lasts {_seconds(sectors)}"
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


def _quick_change(track: DiscTrack, pause: int) -> Problem:
    """A player switches its filter in a pause."""
    return Problem(
        slug="cd-emphasis-change",
        what=f"pre-emphasis changes with {_named(track)} after a pause of {_seconds(pause)}",
        why="players switch their filter between tracks, and want two seconds for it",
        fix="set `gap_s: 2`",
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
