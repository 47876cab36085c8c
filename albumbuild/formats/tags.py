"""Tags in sound files: written, read back and compared, whatever the container."""

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import mutagen
from mutagen import aiff, flac, id3, mp3, mp4, oggopus, oggvorbis

from albumbuild.formats.images import ImageError, read_image
from albumbuild.formats.mp4 import edit_of
from albumbuild.formats.tagtexts import (
    ADVISORY,
    COUNTS,
    GAINS,
    GAPLESS,
    TEXTS,
    ReplayGain,
    Spelling,
    Tags,
    long_language,
    short_language,
    tags_of,
    texts_of,
)
from albumbuild.formats.wavechunk import put_chunks, read_chunk

__all__ = ["ReplayGain", "Tags", "TagsError", "read_cover", "read_tags", "write_tags"]

_Picture: Any = flac.Picture  # mutagen has no types for what it makes
_Frames: Any = id3.ID3
_FreeForm: Any = mp4.MP4FreeForm
_Cover: Any = mp4.MP4Cover
_PADDING = 4096
_FRONT_COVER = 3
_WAVE_CHUNK = b"id3 "
_FREE = "----:"
_MEAN = "----:com.apple.iTunes:"
_EXPLICIT = 1
_ARRANGER = TEXTS["arranger"][0]
_GAPLESS_KEY = f"{_MEAN}iTunSMPB"


class TagsError(Exception):
    """A file's tags are not those that were written."""


def write_tags(
    path: Path,
    tags: Tags,
    cover: bytes | None = None,
    chunks: Mapping[bytes, bytes] | None = None,
) -> None:
    """Replace every tag of a file, and read them back; same input, same bytes.

    The file is a WAV, FLAC, MP3, Ogg Vorbis, Opus, AIFF or MP4. In a WAV, tags stand before
    the sound, with other `chunks`: there are services that refuse anything behind it.

    Raises:
        ValueError: the cover is neither JPEG nor PNG, or the file is none of these.
        TagsError: what is read back is not what was written.
    """
    picture = None if cover is None else _picture(cover)
    if _is_wave(path):
        put_chunks(path, {**(chunks or {}), _WAVE_CHUNK: _id3_bytes(tags, picture)})
        spelling: Spelling = "id3"
    else:
        spelling = _write(mutagen.File(path), path, tags, picture)
    _compare(path, tags_of(texts_of(tags, spelling)), cover)


def read_tags(path: Path) -> Tags:
    """The tags of the file; an empty record where there are none.

    Raises: ValueError for a file that is not read.
    """
    tags = _opened(path).tags
    if tags is None:
        return Tags()
    if isinstance(tags, id3.ID3):
        return tags_of(_id3_texts(tags))
    if isinstance(tags, mp4.MP4Tags):
        return tags_of(_mp4_texts(tags))
    return tags_of({key.upper(): values[0] for key, values in tags.as_dict().items()})


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
    if isinstance(tags, mp4.MP4Tags):
        return bytes(tags["covr"][0]) if "covr" in tags else None
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


def _compare(path: Path, wanted: Tags, cover: bytes | None) -> None:
    found = read_tags(path)
    names = wanted.__struct_fields__
    wrong = [f"`{each}`" for each in names if getattr(found, each) != getattr(wanted, each)]
    if read_cover(path) != cover:
        wrong.append("the cover")
    if wrong:
        said = ", ".join(wrong)
        raise TagsError(f"{said} in `{path.name}` cannot be read back as written")


def _write(file: Any, path: Path, tags: Tags, picture: Any) -> Spelling:
    """Write the tags into a file other than a WAV; how they are spelled there."""
    if isinstance(file, flac.FLAC):
        _write_flac(file, tags, picture)
        return "vorbis"
    if isinstance(file, oggvorbis.OggVorbis | oggopus.OggOpus):
        spelling: Spelling = "opus" if isinstance(file, oggopus.OggOpus) else "vorbis"
        _write_ogg(file, texts_of(tags, spelling), picture)
        return spelling
    if isinstance(file, mp3.MP3 | aiff.AIFF):
        _write_id3(file, tags, picture)
        return "id3"
    if isinstance(file, mp4.MP4):
        _write_mp4(file, path, tags, picture)
        return "mp4"
    raise ValueError(f"`{path.name}` is no file that can be tagged")


def _write_flac(file: Any, tags: Tags, picture: Any) -> None:
    if file.tags is None:
        file.add_tags()
    _fill(file.tags, texts_of(tags, "vorbis"))
    file.clear_pictures()
    if picture is not None:
        file.add_picture(picture)
    file.save(deleteid3=True, padding=_fixed(_PADDING))


def _write_ogg(file: Any, texts: dict[str, str], picture: Any) -> None:
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


def _write_mp4(file: Any, path: Path, tags: Tags, picture: Any) -> None:
    if file.tags is None:
        file.add_tags()
    atoms = file.tags
    atoms.clear()
    texts = texts_of(tags, "mp4")
    for key, _, atom in TEXTS.values():
        if key in texts:
            _put_mp4(atoms, atom, texts[key])
    for key in GAINS.values():
        if key in texts:
            _put_mp4(atoms, f"{_FREE}{key.lower()}", texts[key])
    for atom, one, all_ in (("trkn", tags.track, tags.tracks), ("disk", tags.disc, tags.discs)):
        if one or all_:
            atoms[atom] = [(one or 0, all_ or 0)]
    if tags.explicit:
        atoms["rtng"] = [_EXPLICIT]
    if tags.gapless:
        atoms["pgap"] = True
    edit = edit_of(path)
    if edit is not None and edit.delay:
        _put_mp4(atoms, f"{_FREE}iTunSMPB", edit.as_itunes())
    if picture is not None:
        kind = _Cover.FORMAT_PNG if picture.mime == "image/png" else _Cover.FORMAT_JPEG
        atoms["covr"] = [_Cover(picture.data, imageformat=kind)]
    file.save(padding=_fixed(_PADDING))


def _put_mp4(atoms: Any, atom: str, text: str) -> None:
    if atom.startswith(_FREE):
        atoms[f"{_MEAN}{atom.removeprefix(_FREE)}"] = [_FreeForm(text.encode())]
    else:
        atoms[atom] = [text]


def _id3_bytes(tags: Tags, picture: Any) -> bytes:
    """An ID3v2.4 tag of an even number of bytes, as a chunk must have."""
    frames, written = _Frames(), io.BytesIO()
    _fill_id3(frames, tags, picture)
    frames.save(written, v1=0, v2_version=4, padding=lambda room: room.padding % 2)
    return written.getvalue()


def _fill_id3(frames: Any, tags: Tags, picture: Any) -> None:
    frames.clear()
    language = long_language(tags.language or "", "und")
    for name, text in _id3_values(tags).items():
        frame, _, description = name.partition(":")
        settings: dict[str, Any] = {"encoding": id3.Encoding.UTF8, "text": text}
        if frame == "TXXX":
            settings["desc"] = description
        elif frame == "USLT":
            settings |= {"lang": language, "desc": ""}
        elif frame == "TIPL":
            settings = {"encoding": id3.Encoding.UTF8, "people": [["arranger", text]]}
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


def _id3_values(tags: Tags) -> dict[str, str]:
    """The texts by the names of their frames."""
    texts = texts_of(tags, "id3")
    values = {frame: texts.get(key, "") for key, frame, _ in TEXTS.values()}
    values["TRCK"] = _number_of(tags.track, tags.tracks)
    values["TPOS"] = _number_of(tags.disc, tags.discs)
    if "LANGUAGE" in texts:
        values["TLAN"] = long_language(texts["LANGUAGE"], texts["LANGUAGE"])
    more = (_ARRANGER, ADVISORY, *GAINS.values())  # few readers look into a `TIPL`
    values |= {f"TXXX:{key}": texts[key] for key in more if key in texts}
    return {name: text for name, text in values.items() if text}


def _number_of(number: int | None, total: int | None) -> str:
    if not number:
        return ""
    return f"{number}/{total}" if total else str(number)


def _fill(comments: Any, texts: Mapping[str, str]) -> None:
    comments.clear()
    for key, text in texts.items():
        comments[key] = text


def _fixed(padding: int) -> Callable[[Any], int]:
    return lambda _: padding


def _id3_texts(frames: Any) -> dict[str, str]:
    """ID3 frames under the names of Vorbis comments."""
    texts: dict[str, str] = {}
    for key, name, _ in TEXTS.values():
        found = frames.getall(name)
        if name == "TIPL":
            people = [person for frame in found for person in frame.people]
            names = [each for role, each in people if role == "arranger"]
            texts |= {key: names[0]} if names else {}
        elif found:
            texts[key] = found[0].text if name == "USLT" else str(found[0].text[0])
    for key, name, _, place in COUNTS.values():
        parts = str(frames[name].text[0]).split("/") if name in frames else []
        if len(parts) > place:
            texts[key] = parts[place]
    for key in (_ARRANGER, ADVISORY, *GAINS.values()):
        found = frames.getall(f"TXXX:{key}")
        if found and key not in texts:
            texts[key] = str(found[0].text[0])
    if "LANGUAGE" in texts:
        texts["LANGUAGE"] = short_language(texts["LANGUAGE"])
    return texts


def _mp4_texts(atoms: Any) -> dict[str, str]:
    """MP4 atoms under the names of Vorbis comments."""
    texts: dict[str, str] = {}
    for key, _, atom in TEXTS.values():
        if not atom.startswith(_FREE) and atoms.get(atom):
            texts[key] = str(atoms[atom][0])
    for key, values in atoms.items():
        if key.startswith(_MEAN) and key != _GAPLESS_KEY:
            texts[key.removeprefix(_MEAN).upper()] = bytes(values[0]).decode("utf-8", "replace")
    for key, _, atom, place in COUNTS.values():
        if atoms.get(atom) and atoms[atom][0][place]:
            texts[key] = str(atoms[atom][0][place])
    if atoms.get("rtng") and atoms["rtng"][0] == _EXPLICIT:
        texts[ADVISORY] = "1"
    if atoms.get("pgap"):
        texts[GAPLESS] = "1"
    return texts


def _picture(cover: bytes) -> Any:
    try:
        image = read_image(cover)
    except ImageError as error:
        raise ValueError(f"the cover {error.what}") from error
    picture = _Picture()
    picture.mime, picture.type, picture.data = f"image/{image.kind}", _FRONT_COVER, cover
    picture.width, picture.height = image.width, image.height
    return picture
