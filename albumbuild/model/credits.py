"""What is written about an album and its tracks: one source for tags, sheets and CD-Text."""

import msgspec


class AlbumCredits(msgspec.Struct, frozen=True, kw_only=True):
    """What every file of a deliverable says about the album."""

    title: str
    artist: str
    date: str | None = None
    label: str | None = None
    catalog: str | None = None
    upc: str | None = None
    genre: str | None = None
    copyright: str | None = None
    language: str | None = None
    message: str | None = None


class TrackCredits(msgspec.Struct, frozen=True, kw_only=True):
    """What is said about one song; `song` is its name in the manifest."""

    song: str
    title: str
    artist: str
    isrc: str | None = None
    composer: str | None = None
    lyricist: str | None = None
    arranger: str | None = None
    message: str | None = None
    genre: str | None = None
    date: str | None = None
    copyright: str | None = None
    language: str | None = None
    explicit: bool = False
