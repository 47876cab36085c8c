"""The layout of one disc, in sectors: neutral, so that every sheet only spells it."""

from typing import Literal, TypeAlias

import msgspec

from albumbuild.model.problem import Problem

SECTOR_FRAMES = 588
SECTOR_BYTES = 2352
SECTORS_PER_SECOND = 75
PAUSE_SECTORS = 2 * SECTORS_PER_SECOND  # what the image begins with, before any track

DiscPart: TypeAlias = Literal[
    "whole", "start", "index", "title", "performer", "songwriter", "composer", "arranger",
    "message", "isrc", "upc", "catalog", "genre",
]  # fmt: skip
Copy: TypeAlias = Literal["prohibited", "permitted", "once"]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What CD-Text says of a disc or a track in one language; empty is not said."""

    title: str = ""
    performer: str = ""
    songwriter: str = ""
    composer: str = ""
    arranger: str = ""
    message: str = ""


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a disc and its tracks in another language, an ISO 639-1 code."""

    language: str
    disc: Words
    tracks: tuple[Words, ...]


class DiscTrack(msgspec.Struct, frozen=True, kw_only=True):
    """One track; sectors count from the start of the image.

    `pregap_sector` is index 00 and None without a pregap, `start_sector` index 01,
    `index_sectors` index 02 and on.
    """

    number: int
    title: str
    performer: str = ""
    songwriter: str = ""
    composer: str = ""
    arranger: str = ""
    message: str = ""
    isrc: str | None = None
    copy: Copy = "prohibited"
    pre_emphasis: bool = False
    pregap_sector: int | None = None
    start_sector: int
    index_sectors: tuple[int, ...] = ()

    @property
    def isrc_code(self) -> str:
        """The ISRC as it stands on the disc, without hyphens; empty without one."""
        return (self.isrc or "").replace("-", "")

    @property
    def first_sector(self) -> int:
        """Where the track begins, its pregap included."""
        return self.start_sector if self.pregap_sector is None else self.pregap_sector

    @property
    def words(self) -> Words:
        """Its words in the disc's own language."""
        return Words(
            title=self.title,
            performer=self.performer,
            songwriter=self.songwriter,
            composer=self.composer,
            arranger=self.arranger,
            message=self.message,
        )

    def indexes(self) -> list[tuple[int, int]]:
        """Every index with its sector, in order."""
        found = [] if self.pregap_sector is None else [(0, self.pregap_sector)]
        return [*found, *enumerate((self.start_sector, *self.index_sectors), start=1)]


class Disc(msgspec.Struct, frozen=True, kw_only=True):
    """One audio CD. The image begins with the pause of track 1: its index 00 is at sector 0.

    `sectors` is the length of the image, and so the time of the lead-out. `master_id`
    is never on the disc: it tells two masters apart. `language` is an ISO 639-1 code.
    `translations` are further blocks of CD-Text.
    """

    title: str
    performer: str
    tracks: tuple[DiscTrack, ...]
    sectors: int
    master_id: str
    upc: str | None = None
    catalog: str | None = None
    genre: str | None = None
    message: str = ""
    language: str = "en"
    translations: tuple[Translation, ...] = ()

    @property
    def upc_13(self) -> str:
        """The UPC as 13 digits, a UPC-A with its leading 0; empty without one."""
        return (self.upc or "").zfill(13) if self.upc else ""

    @property
    def hidden_sectors(self) -> int:
        """How much of the pregap of track 1 lies after the pause: room for a hidden track."""
        return max(self.tracks[0].start_sector - PAUSE_SECTORS, 0)

    def end_sector(self, number: int) -> int:
        """Where the last sector of that track ends: the next track's index 01, or the lead-out.

        The pregap before a track plays as the end of the one before.
        """
        return self.tracks[number].start_sector if number < len(self.tracks) else self.sectors


class DiscProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem of a disc and what it is about: track 0 is the disc itself.

    `language` is that of the translation it is about, and empty for the disc's own words.
    """

    problem: Problem
    track: int = 0
    part: DiscPart = "whole"
    index: int = 0
    language: str = ""


def msf(sector: int) -> tuple[int, int, int]:
    """Minutes, seconds and sectors of that many sectors."""
    seconds, rest = divmod(sector, SECTORS_PER_SECOND)
    return *divmod(seconds, 60), rest


def msf_text(sector: int) -> str:
    """The time as `mm:ss:ff`; minutes may have three digits."""
    return "{:02}:{:02}:{:02}".format(*msf(sector))


def sector_of(time: str) -> int:
    """The sector of a time `mm:ss:ff`.

    Raises: ValueError for any other text.
    """
    minutes, seconds, rest = (int(part) for part in time.split(":"))
    if seconds >= 60 or rest >= SECTORS_PER_SECOND or min(minutes, seconds, rest) < 0:
        raise ValueError(f"`{time}` is no time in minutes, seconds and sectors")
    return (minutes * 60 + seconds) * SECTORS_PER_SECOND + rest
