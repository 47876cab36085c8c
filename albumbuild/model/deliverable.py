"""What leaves the house: the settings of each medium."""

from typing import Annotated, ClassVar, Literal

import msgspec

from albumbuild.model.codec import CodecName
from albumbuild.model.device import Processor
from albumbuild.model.mastering import Loudness
from albumbuild.model.plant import TIME
from albumbuild.model.sequence import Entry
from albumbuild.model.units import File, Number, Text

Format = Literal["wav", "aiff", "flac", "mp3", "ogg", "opus", "aac", "alac"]
Disc = Literal["12in-33", "12in-45", "10in-33", "10in-45", "7in-33", "7in-45"]
Tape = Literal["C46", "C60", "C90"]
Sides = Annotated[
    Literal["auto"] | dict[str, Annotated[tuple[str, ...], Text("songs of the side, in order")]],
    Text("which songs are on which side; auto: as even as they can be"),
]
NAME_FIELDS = ("number", "title", "song", "artist", "album", "side", "isrc", "version")
TRACK_NAMES = "{number:02} - {title}"


class Deliverable(msgspec.Struct, frozen=True, kw_only=True):
    """What every medium can be told; unset means the album's or the medium's own."""

    type: ClassVar[str]
    mastered: ClassVar[bool] = True  # False: no masters of its own, and no programme

    loudness: Annotated[Loudness, Text("covers the album's, field by field")] | None = None
    inserts: Annotated[
        tuple[Processor, ...], Text("devices after the master, before the final limiter")
    ] = ()
    sequence: Annotated[tuple[Entry, ...], Text("its own order, gaps and crossfades")] | None = None
    rate_hz: (
        Annotated[int, Number(8_000, 192_000, "frames a second; default: the medium's")] | None
    ) = None
    bit_depth: Annotated[Literal[16, 24, 32], Text("bits a sample; 32 is float")] | None = None
    dither: Annotated[Literal["none", "tpdf", "shaped"], Text("noise under the last bit")] = "tpdf"
    version: Annotated[str, Text("which mix; default: the main one")] | None = None
    names: Annotated[str, Text("file names without their ending, from fields in braces")] | (
        None
    ) = None


class SongTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What CD-Text says of a song in one language; unset is as in the album's own."""

    title: Annotated[str, Text("title")] = ""
    artist: Annotated[str, Text("who plays")] = ""
    lyricist: Annotated[str, Text("who wrote the words")] = ""
    composer: Annotated[str, Text("who wrote the music")] = ""
    arranger: Annotated[str, Text("who arranged it")] = ""
    message: Annotated[str, Text("a word to the listener")] = ""


class TextBlock(msgspec.Struct, frozen=True, kw_only=True):
    """CD-Text in one language; unset is as in the album's own."""

    title: Annotated[str, Text("the album's title")] = ""
    artist: Annotated[str, Text("who made it")] = ""
    message: Annotated[str, Text("a word to the listener")] = ""
    songs: Annotated[dict[str, SongTexts], Text("by the song's name in the manifest")] = {}


class CdTexts(msgspec.Struct, frozen=True, kw_only=True):
    """Titles and names in the lead-in of a CD, in one language or several."""

    shorthand = "write"

    write: Annotated[bool, Text("whether the CD has any")] = True
    blocks: Annotated[
        dict[str, TextBlock],
        Text("by language, such as `de`; the album's language first, and the others as they stand"),
    ] = {}


class Cd(Deliverable, frozen=True, kw_only=True):
    """A compact disc master: DDP fileset, cue, toc and PQ sheet."""

    type = "cd"

    cd_text: Annotated[CdTexts, Text("titles and names in the lead-in")] = CdTexts()
    copy: Annotated[
        Literal["prohibited", "permitted", "once"], Text("digital copies, by the disc's flags")
    ] = "prohibited"
    ddp_profile: Annotated[str, Text("how the plant wants the DDP fileset")] = "default"
    max_leadout: (
        Annotated[str, Text("the latest lead-out the plant takes, as 79:57:74", pattern=TIME)]
        | None
    ) = None
    duplicator: Annotated[
        bool, Text("a second cue and wav without the pause, for CD-R duplicators")
    ] = False


class Sided(Deliverable, frozen=True, kw_only=True):
    """A medium of sides, which are given or planned."""

    sides: Sides
    reorder: Annotated[
        bool, Text("with `sides: auto`: songs may change places, loud ones first, calm ones last")
    ] = False

    @property
    def side_count(self) -> int:
        """How many sides there are where they are planned."""
        return 2


class Vinyl(Sided, frozen=True, kw_only=True):
    """A file a side for the cutter, with its timing sheet."""

    type = "vinyl"

    disc: Annotated[Disc, Text("diameter and speed")] = "12in-33"
    discs: Annotated[int, Number(1, 4, "with `sides: auto`: records, of two sides each")] = 1

    @property
    def side_count(self) -> int:
        """Two a record."""
        return 2 * self.discs


class CoverArt(msgspec.Struct, frozen=True, kw_only=True):
    """A cover, and what becomes of it; unset means what the profile asks for, or as it is."""

    shorthand = "file"

    file: Annotated[str, File("default: the album's")] | None = None
    size_px: Annotated[int, Number(100, 20_000, "its longer side at most")] | None = None
    fit: Annotated[
        Literal["keep", "crop", "pad"],
        Text("how it becomes a square: not at all, by its middle, or whole on white"),
    ] = "keep"
    format: Annotated[Literal["jpeg", "png"], Text("file format")] | None = None


class Streaming(Deliverable, frozen=True, kw_only=True):
    """A file a track, with tags and cover."""

    type = "streaming"

    profile: Annotated[str, Text("the rules of a service, plant or distributor")] | None = None
    format: Annotated[Format, Text("file format; default: the profile's first, else flac")] = "flac"
    cut: Annotated[
        Literal["gapless", "standalone"], Text("tracks laid end to end, or each on its own")
    ] = "gapless"
    bitrate_kbps: Annotated[int, Number(8, 512, "of mp3, ogg, opus and aac")] | None = None
    quality: Annotated[float, Number(0, 10, "of a variable bitrate; 10 is best")] | None = None
    codec_preview: Annotated[
        Literal["all", "none"] | tuple[CodecName, ...] | None,
        Text("what each track is heard through; default: what the profile's service plays"),
    ] = None
    codec_headroom: Annotated[
        Literal["none", "auto"],
        Text("auto: a ceiling so low that peaks stay under `ceiling_dbtp` once decoded"),
    ] = "none"
    cover: Annotated[CoverArt, Text("the picture, in a form of its own")] = CoverArt()


class Cassette(Sided, frozen=True, kw_only=True):
    """A file a side for the duplicator, with its timing sheet."""

    type = "cassette"

    tape: Annotated[Tape, Text("minutes of both sides together")] = "C60"


class Mixes(Deliverable, frozen=True, kw_only=True):
    """Each song's mix, and its versions, as 32-bit float."""

    type = "mixes"
    mastered = False


class Stems(Deliverable, frozen=True, kw_only=True):
    """Each stem, bus and return of each song after its strip, aligned and full length."""

    type = "stems"
    mastered = False


class Archive(Deliverable, frozen=True, kw_only=True):
    """Float masters, the resolved manifest, checksums and provenance."""

    type = "archive"
    mastered = False
