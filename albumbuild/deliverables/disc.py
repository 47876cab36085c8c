"""The disc that a layout is: its tracks, what they say, and their flags."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec

from albumbuild.formats.ddp import MASTER_ID_LENGTH
from albumbuild.formats.latin import SpellingError, ascii_letters
from albumbuild.model.credits import AlbumCredits, TrackCredits
from albumbuild.model.deliverable import SongTexts, TextBlock
from albumbuild.model.programme import Layout, TrackSpan
from albumbuild.model.timeline import (
    SECTOR_FRAMES,
    Copy,
    Disc,
    DiscTrack,
    Translation,
    Words,
)

DEFAULT_LANGUAGE = "en"


class DiscWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a disc is beside its sound; songs go by what the layout calls them.

    `blocks` are CD-Text by language: that of the album's language covers its own words, the
    others are translations. `emphasised` are the songs whose sound has pre-emphasis.
    """

    name: str
    album: AlbumCredits
    tracks: Mapping[str, TrackCredits]
    blocks: Mapping[str, TextBlock] = {}
    copy: Copy = "prohibited"
    emphasised: tuple[str, ...] = ()


def disc_of(layout: Layout, said: DiscWords) -> Disc:
    """The disc that a layout is; the pause before track 1 belongs to it."""
    album = said.album
    language = album.language or DEFAULT_LANGUAGE
    own = said.blocks.get(language, TextBlock())
    return Disc(
        title=own.title or album.title,
        performer=own.artist or album.artist,
        message=own.message or album.message or "",
        upc=album.upc,
        catalog=album.catalog,
        genre=album.genre,
        language=language,
        translations=tuple(
            _translation(each, block, layout)
            for each, block in said.blocks.items()
            if each != language
        ),
        master_id=_master_id(album.catalog, album.artist, "-", album.title, said.name),
        sectors=layout.frames // SECTOR_FRAMES,
        tracks=tuple(_track(track, said, own) for track in layout.tracks),
    )


def _translation(language: str, block: TextBlock, layout: Layout) -> Translation:
    texts = (block.songs.get(track.song, SongTexts()) for track in layout.tracks)
    whole = Words(title=block.title, performer=block.artist, message=block.message)
    return Translation(language=language, disc=whole, tracks=tuple(map(_words, texts)))


def _words(texts: SongTexts) -> Words:
    return Words(
        title=texts.title,
        performer=texts.artist,
        songwriter=texts.lyricist,
        composer=texts.composer,
        arranger=texts.arranger,
        message=texts.message,
    )


def _track(track: TrackSpan, said: DiscWords, own: TextBlock) -> DiscTrack:
    words, texts = said.tracks[track.song], own.songs.get(track.song, SongTexts())
    pregap = 0 if track.number == 1 else track.pregap
    return DiscTrack(
        number=track.number,
        title=texts.title or words.title,
        performer=texts.artist or words.artist,
        songwriter=texts.lyricist or words.lyricist or "",
        composer=texts.composer or words.composer or "",
        arranger=texts.arranger or words.arranger or "",
        message=texts.message or words.message or "",
        isrc=words.isrc,
        copy=said.copy,
        pre_emphasis=track.song in said.emphasised,
        pregap_sector=None if pregap is None else pregap // SECTOR_FRAMES,
        start_sector=track.start // SECTOR_FRAMES,
        index_sectors=tuple(index // SECTOR_FRAMES for index in track.indexes),
    )


def _master_id(*parts: str | None) -> str:
    """What tells two masters apart, as far as ASCII can spell it and it has room."""
    spelled = []
    for part in filter(None, parts):
        with suppress(SpellingError):
            spelled.append(ascii_letters(part))
    return " ".join(spelled)[:MASTER_ID_LENGTH].rstrip()
