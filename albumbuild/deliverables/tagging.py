"""What a streaming file says about its track, from the words and figures of the album."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from albumbuild.engine.action import StepError
from albumbuild.formats import wordlist
from albumbuild.formats.bext import CHUNK, Bext
from albumbuild.formats.tags import ReplayGain, Tags, TagsError, write_tags
from albumbuild.formats.tagtexts import REPLAYGAIN_LUFS
from albumbuild.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    import numpy.typing as npt

    from albumbuild.model.credits import AlbumCredits, TrackCredits
    from albumbuild.steps.sequence import TrackFigures


class Peak:
    """The highest sample of what passes, full scale being 1."""

    def __init__(self, full_scale: float = 1.0) -> None:
        self.linear = 0.0
        self._full_scale = full_scale

    def of(self, blocks: "Iterable[npt.NDArray[Any]]") -> "Iterator[npt.NDArray[Any]]":
        """The same blocks."""
        for block in blocks:
            if len(block):
                highest = max(float(np.max(block)), -float(np.min(block)))
                self.linear = max(self.linear, highest / self._full_scale)
            yield block


def replaygain(
    track_lufs: float | None, album_lufs: float | None, *, peak: float, peaks: "Sequence[float]"
) -> ReplayGain | None:
    """The gains of a track and of its album; None for silence, which no gain changes.

    Source: ReplayGain 2.0 specification, 2012: -18 LUFS by ITU-R BS.1770, sample peaks.
    """
    if track_lufs is None or album_lufs is None:
        return None
    return ReplayGain(
        track_gain_db=round(REPLAYGAIN_LUFS - track_lufs, 2),
        track_peak=round(peak, 6),
        album_gain_db=round(REPLAYGAIN_LUFS - album_lufs, 2),
        album_peak=round(max(peaks), 6),
    )


def track_tags(album: "AlbumCredits", words: "TrackCredits", *, number: int, tracks: int) -> Tags:
    """What is written about a track, besides its lyrics and gains."""
    return Tags(
        title=words.title,
        artist=words.artist,
        album=album.title,
        album_artist=album.artist,
        track=number,
        tracks=tracks,
        disc=1,
        discs=1,
        date=words.date or album.date,
        genre=words.genre or album.genre,
        isrc=words.isrc,
        upc=album.upc,
        composer=words.composer,
        lyricist=words.lyricist,
        arranger=words.arranger,
        copyright=words.copyright or album.copyright,
        label=album.label,
        catalog=album.catalog,
        language=words.language or album.language,
        explicit=words.explicit,
    )


def broadcast(
    tags: Tags, figures: "TrackFigures", *, start_frame: int, history: str
) -> Mapping[bytes, bytes]:
    """The `bext` and `LIST` chunks of a WAV; the reference is drawn from what they say."""
    said = msgspec.json.encode([tags, figures, start_frame, history])
    chunk = Bext(
        description=f"{tags.artist}: {tags.title} ({tags.album})",
        originator=tags.label or tags.album_artist or "",
        reference=hashlib.sha256(said).hexdigest()[:32],
        date=tags.date or "",
        start_frame=start_frame,
        lufs=figures.lufs,
        lra_lu=figures.lra_lu,
        dbtp=figures.dbtp,
        momentary_lufs=figures.momentary_lufs,
        short_term_lufs=figures.short_term_lufs,
        history=history,
    )
    return {CHUNK: chunk.packed(), wordlist.CHUNK: wordlist.packed_info(tags)}


def tagged(path: "Path", tags: Tags, *, cover: bytes | None, chunks: Mapping[bytes, bytes]) -> None:
    """Write the tags, and read them back.

    Raises: StepError when the file does not give back what was written.
    """
    try:
        write_tags(path, tags, cover, chunks)
    except TagsError as error:
        raise StepError(_not_verified(error)) from error


def _not_verified(error: TagsError) -> Problem:
    return Problem(
        slug="tags-not-verified",
        what=str(error),
        why="each file is read again once it has its tags",
        fix="look for unusual characters in that text; if there are none, the fault is ours",
    )
