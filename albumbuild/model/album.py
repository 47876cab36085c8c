"""The album: what it is, its songs, its order, and what is made of it."""

from typing import Annotated

import msgspec

from albumbuild.model.check import Check
from albumbuild.model.deliverable import Deliverable
from albumbuild.model.device import Processor
from albumbuild.model.mastering import AlbumMaster
from albumbuild.model.plant import Plant
from albumbuild.model.profile import Profile
from albumbuild.model.sequence import Entry
from albumbuild.model.song import DATE, Song
from albumbuild.model.units import Digits, File, Number, Text

FORMAT_VERSION = 1


class Album(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that `album.yaml` says."""

    albumbuild: Annotated[int, Number(1, 1, "version of this format")] = FORMAT_VERSION
    title: Annotated[str, Text("the album's title")]
    artist: Annotated[str, Text("who made it")]
    date: Annotated[str, Text("date of release, as 2026-11-20 or 2026", pattern=DATE)] | None = None
    label: Annotated[str, Text("who publishes it")] | None = None
    catalog: Annotated[str, Text("catalogue number, as printed on the sleeve")] | None = None
    upc: Annotated[str, Digits("EAN-13 or UPC-A, in quotes")] | None = None
    genre: Annotated[str, Text("genre of every song that names none")] | None = None
    copyright: Annotated[str, Text("year and holder")] | None = None
    message: Annotated[str, Text("a word to the listener, in CD-Text")] | None = None
    language: Annotated[str, Text("of the words, such as `en`")] | None = None
    cover: Annotated[str, File("the cover image")] | None = None
    rate_hz: (
        Annotated[int, Number(8_000, 192_000, "working rate; default: the highest of the stems")]
        | None
    ) = None

    songs: Annotated[dict[str, Song], Text("the songs, in place or in a file of their own")]
    master: Annotated[AlbumMaster, Text("what every song passes")] = AlbumMaster()
    sequence: Annotated[tuple[Entry, ...], Text("the order; default: as the songs stand")] = ()
    deliverables: Annotated[dict[str, Deliverable], Text("what `make` makes")] = {}
    checks: Annotated[
        tuple[
            Annotated[Check, msgspec.Meta(extra={"spelling": "check"})],
            ...,
        ],
        Text("what must hold for the build to succeed"),
    ] = ()
    presets: Annotated[
        dict[str, Annotated[tuple[Processor, ...], Text("devices, in order")]],
        Text("lists of inserts with a name, in place or in a file of their own"),
    ] = {}
    profiles: Annotated[dict[str, Profile], Text("rules of your own")] = {}
    plants: Annotated[
        dict[str, Plant], Text("ways of writing DDP filesets, for `ddp_profile` of a CD")
    ] = {}
    allow_paths: Annotated[tuple[str, ...], Text("folders outside that may be read")] = ()
