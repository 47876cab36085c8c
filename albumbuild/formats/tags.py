"""Tags in sound files: one record, spelled as each format spells it."""

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import mutagen
from mutagen import aiff, flac, id3, mp3, oggopus, oggvorbis

from albumbuild.formats.images import ImageError, read_image
from albumbuild.formats.wavechunk import put_chunk, read_chunk

REPLAYGAIN_LUFS = -18.0  # what ReplayGain 2.0 brings to 0 dB
R128_LUFS = -23.0  # what Opus files count from

_Picture: Any = flac.Picture  # mutagen has no types for what it makes
_Frames: Any = id3.ID3
_PADDING = 4096
_FRONT_COVER = 3
_WAVE_CHUNK = b"id3 "
_LANGUAGES = {
    "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est",
    "fi": "fin", "fr": "fra", "ga": "gle", "hu": "hun", "is": "isl", "it": "ita", "ja": "jpn",
    "ko": "kor", "la": "lat", "nb": "nob", "nl": "nld", "no": "nor", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "sv": "swe", "tr": "tur", "uk": "ukr", "zh": "zho",
}  # fmt: skip
_SPELLINGS = {  # field: in Vorbis comments, in ID3v2.4
    "title": ("TITLE", "TIT2"),
    "artist": ("ARTIST", "TPE1"),
    "album": ("ALBUM", "TALB"),
    "album_artist": ("ALBUMARTIST", "TPE2"),
    "date": ("DATE", "TDRC"),
    "genre": ("GENRE", "TCON"),
    "isrc": ("ISRC", "TSRC"),
    "upc": ("BARCODE", "TXXX:BARCODE"),
    "composer": ("COMPOSER", "TCOM"),
    "lyricist": ("LYRICIST", "TEXT"),
    "copyright": ("COPYRIGHT", "TCOP"),
    "label": ("LABEL", "TPUB"),
    "catalog": ("CATALOGNUMBER", "TXXX:CATALOGNUMBER"),
    "language": ("LANGUAGE", "TLAN"),
    "lyrics": ("LYRICS", "USLT"),
}
_COUNTS = {  # field: in Vorbis comments, in ID3v2.4 and the place around its slash
    "track": ("TRACKNUMBER", "TRCK", 0),
    "tracks": ("TRACKTOTAL", "TRCK", 1),
    "disc": ("DISCNUMBER", "TPOS", 0),
    "discs": ("DISCTOTAL", "TPOS", 1),
}
_GAINS = {
    "track_gain_db": "REPLAYGAIN_TRACK_GAIN",
    "track_peak": "REPLAYGAIN_TRACK_PEAK",
    "album_gain_db": "REPLAYGAIN_ALBUM_GAIN",
    "album_peak": "REPLAYGAIN_ALBUM_PEAK",
}
_R128 = {"track_gain_db": "R128_TRACK_GAIN", "album_gain_db": "R128_ALBUM_GAIN"}
_ADVISORY = "ITUNESADVISORY"


class ReplayGain(msgspec.Struct, frozen=True, kw_only=True):
    """ReplayGain 2.0: gains to -18 LUFS, and linear sample peaks."""

    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says about its track; None is not said."""

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
    copyright: str | None = None
    label: str | None = None
    catalog: str | None = None
    language: str | None = None
    lyrics: str | None = None
    explicit: bool = False
    replaygain: ReplayGain | None = None


def write_tags(path: Path, tags: Tags, cover: bytes | None = None) -> None:
    """Replace every tag of a WAV, FLAC, MP3, Ogg Vorbis, Opus or AIFF file; same input, same bytes.

    In a WAV they stand before the sound: there are services that refuse anything behind it.

    Raises: ValueError for a cover that is neither JPEG nor PNG, and for any other file.
    """
    tags = msgspec.structs.replace(tags, isrc=(tags.isrc or "").replace("-", "") or None)
    picture = None if cover is None else _picture(cover)
    if _is_wave(path):
        put_chunk(path, _WAVE_CHUNK, _id3_bytes(tags, picture))
        return
    file = mutagen.File(path)
    if isinstance(file, flac.FLAC):
        _write_flac(file, tags, picture)
    elif isinstance(file, oggvorbis.OggVorbis | oggopus.OggOpus):
        _write_ogg(file, tags, picture)
    elif isinstance(file, mp3.MP3 | aiff.AIFF):
        _write_id3(file, tags, picture)
    else:
        raise ValueError(f"`{path.name}` is no file that can be tagged")


def read_tags(path: Path) -> Tags:
    """The tags of the file; an empty record where there are none.

    Raises: ValueError for a file that is not read.
    """
    file = _opened(path)
    if file.tags is None:
        return Tags()
    if isinstance(file.tags, id3.ID3):
        return _from_texts(_id3_texts(file.tags))
    return _from_texts({key.upper(): values[0] for key, values in file.tags.as_dict().items()})


def read_cover(path: Path) -> bytes | None:
    """The first picture in the file; None where there is none.

    Raises: ValueError for a file that is not read.
    """
    file = _opened(path)
    if isinstance(file, flac.FLAC):
        return bytes(file.pictures[0].data) if file.pictures else None
    tags: Any = {} if file.tags is None else file.tags
    if isinstance(tags, id3.ID3):
        pictures = [tags[key] for key in tags if key.startswith("APIC")]
        return bytes(pictures[0].data) if pictures else None
    blocks = tags.get("METADATA_BLOCK_PICTURE")
    return bytes(_Picture(base64.b64decode(blocks[0])).data) if blocks else None


class _Wave(NamedTuple):
    """A WAV as mutagen would open it, which knows no RF64."""

    tags: Any


def _is_wave(path: Path) -> bool:
    return path.suffix.lower() == ".wav"


def _opened(path: Path) -> Any:
    try:
        if _is_wave(path):
            frames = read_chunk(path, _WAVE_CHUNK)
            return _Wave(None if frames is None else _Frames(io.BytesIO(frames)))
        file = mutagen.File(path)
    except mutagen.MutagenError as error:
        raise ValueError(f"`{path.name}` cannot be read: {error}") from error
    if file is None:
        raise ValueError(f"`{path.name}` is no file with tags")
    return file


def _write_flac(file: Any, tags: Tags, picture: Any) -> None:
    if file.tags is None:
        file.add_tags()
    _fill(file.tags, _vorbis_texts(tags))
    file.clear_pictures()
    if picture is not None:
        file.add_picture(picture)
    file.save(deleteid3=True, padding=_fixed(_PADDING))


def _write_ogg(file: Any, tags: Tags, picture: Any) -> None:
    texts = _vorbis_texts(tags)
    if isinstance(file, oggopus.OggOpus):
        texts = {key: text for key, text in texts.items() if key not in _GAINS.values()}
        texts |= _r128_texts(tags.replaygain or ReplayGain())
    if picture is not None:
        texts["METADATA_BLOCK_PICTURE"] = base64.b64encode(picture.write()).decode("ascii")
    _fill(file.tags, texts)
    file.save(padding=_fixed(0))


def _write_id3(file: Any, tags: Tags, picture: Any) -> None:
    if file.tags is None:
        file.add_tags()
    _fill_id3(file.tags, tags, picture)
    settings = {"v1": 0} if isinstance(file, mp3.MP3) else {}
    file.save(v2_version=4, padding=_fixed(_PADDING), **settings)


def _id3_bytes(tags: Tags, picture: Any) -> bytes:
    """An ID3v2.4 tag of an even number of bytes, as a chunk must have."""
    frames, written = _Frames(), io.BytesIO()
    _fill_id3(frames, tags, picture)
    frames.save(written, v1=0, v2_version=4, padding=lambda room: room.padding % 2)
    return written.getvalue()


def _fill_id3(frames: Any, tags: Tags, picture: Any) -> None:
    frames.clear()
    language = _LANGUAGES.get((tags.language or "").lower()[:2], "und")
    for name, text in _id3_values(tags).items():
        frame, _, description = name.partition(":")
        settings = {"encoding": id3.Encoding.UTF8, "text": text}
        if frame == "TXXX":
            settings["desc"] = description
        elif frame == "USLT":
            settings |= {"lang": language, "desc": ""}
        frames.add(id3.Frames[frame](**settings))
    if picture is not None:
        frames.add(
            id3.Frames["APIC"](
                encoding=id3.Encoding.LATIN1,
                mime=picture.mime,
                type=_FRONT_COVER,
                desc="",
                data=picture.data,
            )
        )


def _fill(comments: Any, texts: Mapping[str, str]) -> None:
    comments.clear()
    for key, text in texts.items():
        comments[key] = text


def _fixed(padding: int) -> Callable[[Any], int]:
    return lambda _: padding


def _vorbis_texts(tags: Tags) -> dict[str, str]:
    texts = {key: getattr(tags, field) for field, (key, _) in _SPELLINGS.items()}
    texts |= {key: getattr(tags, field) for field, (key, _, _) in _COUNTS.items()}
    return {key: str(value) for key, value in texts.items() if value} | _more_texts(tags)


def _id3_values(tags: Tags) -> dict[str, str]:
    texts = {frame: getattr(tags, field) for field, (_, frame) in _SPELLINGS.items()}
    texts["TRCK"] = _number_of(tags.track, tags.tracks)
    texts["TPOS"] = _number_of(tags.disc, tags.discs)
    if tags.language:
        texts["TLAN"] = _LANGUAGES.get(tags.language.lower()[:2], tags.language)
    texts |= {f"TXXX:{key}": text for key, text in _more_texts(tags).items()}
    return {name: str(value) for name, value in texts.items() if value}


def _number_of(number: int | None, total: int | None) -> str:
    if number is None:
        return ""
    return f"{number}/{total}" if total else str(number)


def _more_texts(tags: Tags) -> dict[str, str]:
    texts = {_ADVISORY: "1"} if tags.explicit else {}
    gains = tags.replaygain or ReplayGain()
    for field, key in _GAINS.items():
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


def _id3_texts(frames: Any) -> dict[str, str]:
    """ID3 frames under the names of Vorbis comments."""
    texts = {}
    for key, name in _SPELLINGS.values():
        found = frames.getall(name)
        if found:
            texts[key] = found[0].text if name == "USLT" else str(found[0].text[0])
    for key, name, place in _COUNTS.values():
        parts = str(frames[name].text[0]).split("/") if name in frames else []
        if len(parts) > place:
            texts[key] = parts[place]
    for key in (_ADVISORY, *_GAINS.values()):
        found = frames.getall(f"TXXX:{key}")
        if found:
            texts[key] = str(found[0].text[0])
    short = {long: language for language, long in _LANGUAGES.items()}
    if "LANGUAGE" in texts:
        texts["LANGUAGE"] = short.get(texts["LANGUAGE"], texts["LANGUAGE"])
    return texts


def _from_texts(texts: Mapping[str, str]) -> Tags:
    values: dict[str, Any] = {field: texts.get(key) for field, (key, _) in _SPELLINGS.items()}
    for field, (key, _, _) in _COUNTS.items():
        digits = texts.get(key, "").split("/")[0].strip()
        values[field] = int(digits) if digits.isascii() and digits.isdigit() else None
    gains = {field: _number(texts.get(key, "")) for field, key in _GAINS.items()}
    for field, key in _R128.items():
        steps = _number(texts.get(key, ""))
        if steps is not None:
            gains[field] = steps / 256 + REPLAYGAIN_LUFS - R128_LUFS
    values["explicit"] = texts.get(_ADVISORY) == "1"
    values["replaygain"] = None if set(gains.values()) == {None} else ReplayGain(**gains)
    return Tags(**values)


def _number(text: str) -> float | None:
    try:
        return float(text.removesuffix("dB"))
    except ValueError:
        return None


def _picture(cover: bytes) -> Any:
    try:
        image = read_image(cover)
    except ImageError as error:
        raise ValueError(f"the cover {error.what}") from error
    picture = _Picture()
    picture.mime, picture.type, picture.data = f"image/{image.kind}", _FRONT_COVER, cover
    picture.width, picture.height = image.width, image.height
    return picture
