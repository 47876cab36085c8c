"""What tags say, as texts: one record, spelled as each container spells it."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

Spelling: TypeAlias = Literal["vorbis", "opus", "id3", "mp4"]

REPLAYGAIN_LUFS = -18.0  # what ReplayGain 2.0 brings to 0 dB
R128_LUFS = -23.0  # what Opus files count from

_LANGUAGES = {
    "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est",
    "fi": "fin", "fr": "fra", "ga": "gle", "hu": "hun", "is": "isl", "it": "ita", "ja": "jpn",
    "ko": "kor", "la": "lat", "nb": "nob", "nl": "nld", "no": "nor", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "sv": "swe", "tr": "tur", "uk": "ukr", "zh": "zho",
}  # fmt: skip
TEXTS = {  # field: in Vorbis comments, in ID3v2.4, in MP4
    "title": ("TITLE", "TIT2", "\xa9nam"),
    "artist": ("ARTIST", "TPE1", "\xa9ART"),
    "album": ("ALBUM", "TALB", "\xa9alb"),
    "album_artist": ("ALBUMARTIST", "TPE2", "aART"),
    "date": ("DATE", "TDRC", "\xa9day"),
    "genre": ("GENRE", "TCON", "\xa9gen"),
    "isrc": ("ISRC", "TSRC", "----:ISRC"),
    "upc": ("BARCODE", "TXXX:BARCODE", "----:BARCODE"),
    "composer": ("COMPOSER", "TCOM", "\xa9wrt"),
    "lyricist": ("LYRICIST", "TEXT", "----:LYRICIST"),
    "arranger": ("ARRANGER", "TIPL", "----:ARRANGER"),
    "copyright": ("COPYRIGHT", "TCOP", "cprt"),
    "label": ("LABEL", "TPUB", "----:LABEL"),
    "catalog": ("CATALOGNUMBER", "TXXX:CATALOGNUMBER", "----:CATALOGNUMBER"),
    "language": ("LANGUAGE", "TLAN", "----:LANGUAGE"),
    "lyrics": ("LYRICS", "USLT", "\xa9lyr"),
}
COUNTS = {  # field: in Vorbis comments, in ID3v2.4, in MP4, and its place in the last two
    "track": ("TRACKNUMBER", "TRCK", "trkn", 0),
    "tracks": ("TRACKTOTAL", "TRCK", "trkn", 1),
    "disc": ("DISCNUMBER", "TPOS", "disk", 0),
    "discs": ("DISCTOTAL", "TPOS", "disk", 1),
}
_TOTALS = (("TRACKNUMBER", "TRACKTOTAL"), ("DISCNUMBER", "DISCTOTAL"))
GAINS = {
    "track_gain_db": "REPLAYGAIN_TRACK_GAIN",
    "track_peak": "REPLAYGAIN_TRACK_PEAK",
    "album_gain_db": "REPLAYGAIN_ALBUM_GAIN",
    "album_peak": "REPLAYGAIN_ALBUM_PEAK",
}
_R128 = {"track_gain_db": "R128_TRACK_GAIN", "album_gain_db": "R128_ALBUM_GAIN"}
ADVISORY = "ITUNESADVISORY"
GAPLESS = "ITUNESGAPLESS"


class ReplayGain(msgspec.Struct, frozen=True, kw_only=True):
    """ReplayGain 2.0: gains to -18 LUFS, and linear sample peaks."""

    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says about its track; None is not said.

    `gapless` says that the next track follows without a pause; only MP4 has a place for it.
    """

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    album_artist: str | None = None
    track: int | None = None
    tracks: int | None = None
    disc: int | None = None
    discs: int | None = None
    date: str | None = None
    genre: str | None = None
    isrc: str | None = None
    upc: str | None = None
    composer: str | None = None
    lyricist: str | None = None
    arranger: str | None = None
    copyright: str | None = None
    label: str | None = None
    catalog: str | None = None
    language: str | None = None
    lyrics: str | None = None
    explicit: bool = False
    gapless: bool = False
    replaygain: ReplayGain | None = None


def texts_of(tags: Tags, spelling: Spelling) -> dict[str, str]:
    """The tags by their names in Vorbis comments, with what that container keeps of them."""
    named = {key: getattr(tags, field) for field, (key, *_) in (TEXTS | COUNTS).items()}
    texts = {key: str(value) for key, value in named.items() if value}
    if "ISRC" in texts:
        texts["ISRC"] = texts["ISRC"].replace("-", "")
    if spelling == "id3" and "LANGUAGE" in texts:
        texts["LANGUAGE"] = short_language(long_language(texts["LANGUAGE"], texts["LANGUAGE"]))
    if spelling == "id3":  # a total stands behind its number there
        lone = [total for one, total in _TOTALS if one not in texts]
        texts = {key: text for key, text in texts.items() if key not in lone}
    if tags.explicit:
        texts[ADVISORY] = "1"
    if tags.gapless and spelling == "mp4":
        texts[GAPLESS] = "1"
    gains = tags.replaygain or ReplayGain()
    return texts | (_r128_texts(gains) if spelling == "opus" else _gain_texts(gains))


def tags_of(texts: Mapping[str, str]) -> Tags:
    """The record of texts that are named as in Vorbis comments."""
    values: dict[str, Any] = {field: texts.get(key) for field, (key, *_) in TEXTS.items()}
    for field, (key, *_) in COUNTS.items():
        digits = texts.get(key, "").split("/")[0].strip()
        values[field] = int(digits) if digits.isascii() and digits.isdigit() else None
    gains = {field: _number(texts.get(key, "")) for field, key in GAINS.items()}
    for field, key in _R128.items():
        steps = _number(texts.get(key, ""))
        if steps is not None:
            gains[field] = steps / 256 + REPLAYGAIN_LUFS - R128_LUFS
    values["explicit"] = texts.get(ADVISORY) == "1"
    values["gapless"] = texts.get(GAPLESS) == "1"
    values["replaygain"] = None if set(gains.values()) == {None} else ReplayGain(**gains)
    return Tags(**values)


def long_language(language: str, default: str) -> str:
    """A language by its three letters, as ID3 has it; `default` for one not known here."""
    return _LANGUAGES.get(language.lower()[:2], default)


def short_language(language: str) -> str:
    """A language by its two letters, where it is known here."""
    return next((short for short, long in _LANGUAGES.items() if long == language), language)


def _gain_texts(gains: ReplayGain) -> dict[str, str]:
    texts = {}
    for field, key in GAINS.items():
        value = getattr(gains, field)
        if value is not None:
            texts[key] = f"{value:.2f} dB" if field.endswith("_db") else f"{value:.6f}"
    return texts


def _r128_texts(gains: ReplayGain) -> dict[str, str]:
    """Gains as 1/256 dB from -23 LUFS.

    Source: RFC 7845, 5.2.1.
    """
    texts = {}
    for field, key in _R128.items():
        value = getattr(gains, field)
        if value is not None:
            steps = round((value + R128_LUFS - REPLAYGAIN_LUFS) * 256)
            texts[key] = str(min(max(steps, -32768), 32767))
    return texts


def _number(text: str) -> float | None:
    try:
        return float(text.removesuffix("dB"))
    except ValueError:
        return None
