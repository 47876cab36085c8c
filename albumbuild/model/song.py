"""A song: stems on strips, buses, returns, the mix, and other mixes of it."""

from typing import Annotated, Literal

import msgspec

from albumbuild.model.device import Processor
from albumbuild.model.level import Level, Pan
from albumbuild.model.mastering import SongMaster
from albumbuild.model.time import START, Fade, Point, Position, Trim, either
from albumbuild.model.units import File, Number, Seconds, Text

DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
ROOT = "mix"
"""The bus that everything ends in."""

Inserts = Annotated[tuple[Processor, ...], Text("devices, in order, before the fader")]
FadeInSeconds = Annotated[float, Seconds(0, 600, "a linear fade at the start")]
FadeOutSeconds = Annotated[float, Seconds(0, 600, "a linear fade at the end")]
FadeIn = Annotated[Fade, Text("a fade at the start")]
FadeOut = Annotated[Fade, Text("a fade at the end")]
Curves = Annotated[
    dict[str, tuple[Point, ...]],
    msgspec.Meta(
        description="curves over time: `gain_db`, `pan`, `sends.NAME`, or `ID.field` of an insert",
        extra={"spelling": "automation"},
    ),
]


class Send(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a strip goes to a return."""

    shorthand = "level_db"

    level_db: Annotated[float, Level(-120, 40, "level of the send")]
    pre: Annotated[bool, Text("before the fader and the pan")] = False


class Fader(msgspec.Struct, frozen=True, kw_only=True):
    """What a strip, a bus, a return and the mix have in common."""

    gain_db: Annotated[float, Level(-120, 40, "the fader")] = 0.0
    inserts: Inserts = ()
    automation: Curves = {}


class Strip(Fader, frozen=True, kw_only=True):
    """A fader with a place in the stereo field and ways out."""

    pan: Annotated[float, Pan("place in the stereo field")] = 0.0
    sends: Annotated[dict[str, Send], Text("how much goes to each return")] = {}
    bus: Annotated[str, Text("where it goes; `mix` is the root")] = ROOT


class Stem(Strip, frozen=True, kw_only=True):
    """A file on the song's time line, and its strip."""

    shorthand = "file"

    file: Annotated[str, File("the sound file")] | None = None
    files: (
        Annotated[
            tuple[Annotated[str, File("a mono file")], ...],
            Text("two mono files, left and right, as one stereo stem"),
        ]
        | None
    ) = None
    start: Annotated[Position, Text("where on the song's time line it begins")] = START
    trim: Annotated[Trim, Text("the part of the file that is used")] | None = None
    fade_in_s: FadeInSeconds | None = None
    fade_out_s: FadeOutSeconds | None = None
    fade_in: FadeIn | None = None
    fade_out: FadeOut | None = None
    polarity: Annotated[Literal["normal", "invert"], Text("turn the wave upside down")] = "normal"

    @property
    def paths(self) -> tuple[str, ...]:
        """The file, or the left one and the right one."""
        return self.files or ((self.file,) if self.file is not None else ())

    @property
    def opening(self) -> Fade | None:
        """The fade at the start, however it was written."""
        return either(self.fade_in, self.fade_in_s)

    @property
    def closing(self) -> Fade | None:
        """The fade at the end, however it was written."""
        return either(self.fade_out, self.fade_out_s)


class Bus(Strip, frozen=True, kw_only=True):
    """Strips that share a fader and a chain."""

    keep: Annotated[
        Literal["auto", "always", "never"], Text("whether its sound is stored between builds")
    ] = "auto"


class Return(Strip, frozen=True, kw_only=True):
    """Where sends meet: an effect and its fader."""


class MixSettings(Fader, frozen=True, kw_only=True):
    """The sum of a song, and where it is cut."""

    start: Annotated[Position, Text("where the song is cut; default: the first stem's start")] | (
        None
    ) = None
    end: Annotated[Position, Text("where it ends; default: when the last tail has died away")] | (
        None
    ) = None
    fade_in_s: FadeInSeconds | None = None
    fade_out_s: FadeOutSeconds | None = None
    fade_in: FadeIn | None = None
    fade_out: FadeOut | None = None

    @property
    def opening(self) -> Fade | None:
        """The fade at the start, however it was written."""
        return either(self.fade_in, self.fade_in_s)

    @property
    def closing(self) -> Fade | None:
        """The fade at the end, however it was written."""
        return either(self.fade_out, self.fade_out_s)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Another mix of the same song."""

    mute: Annotated[tuple[str, ...], Text("stems or buses that are not heard")] = ()
    only: Annotated[tuple[str, ...], Text("the only stems or buses that are heard")] = ()


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """One song: what it is, and how its mix and its master are made."""

    title: Annotated[str, Text("title; default: its name in the manifest")] = ""
    artist: Annotated[str, Text("default: the album's")] | None = None
    isrc: Annotated[str, Text("the recording's code, such as GBAYE2600001")] | None = None
    tempo: Annotated[float, Number(10, 400, "quarter notes a minute")] | None = None
    composer: Annotated[str, Text("who wrote the music")] | None = None
    lyricist: Annotated[str, Text("who wrote the words")] | None = None
    arranger: Annotated[str, Text("who arranged it")] | None = None
    message: Annotated[str, Text("a word to the listener, in CD-Text")] | None = None
    language: Annotated[str, Text("of the words, such as `en`")] | None = None
    explicit: Annotated[bool, Text("whether the words want a warning")] = False
    lyrics: Annotated[str, File("a text file with the words")] | None = None
    genre: Annotated[str, Text("default: the album's")] | None = None
    date: (
        Annotated[str, Text("as 2026-11-20 or 2026; default: the album's", pattern=DATE)] | None
    ) = None
    copyright: Annotated[str, Text("default: the album's")] | None = None

    stems: Annotated[dict[str, Stem], Text("the files that go in, each on a strip")]
    buses: Annotated[dict[str, Bus], Text("groups of strips; they nest")] = {}
    returns: Annotated[dict[str, Return], Text("effects that strips send to")] = {}
    mix: Annotated[MixSettings, Text("the sum")] = MixSettings()
    master: Annotated[SongMaster, Text("this song's own mastering")] = SongMaster()
    versions: Annotated[dict[str, Version], Text("other mixes of the song")] = {}
