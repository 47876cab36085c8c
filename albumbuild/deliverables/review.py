"""The review page of an album: what has been measured of all of it, as one page of HTML."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

import msgspec

from albumbuild.deliverables.page.page import page_html
from albumbuild.deliverables.preview import read_codecs
from albumbuild.dsp.trace import STEPS_A_SECOND, Trace
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.images import ImageError
from albumbuild.formats.pictures import Rendition, rendered
from albumbuild.model.credits import AlbumCredits
from albumbuild.model.review import PlanShape, ReviewedSet, ReviewedSong, ReviewedSound
from albumbuild.steps.figures import FIGURES, SOUND, Named, read_figures
from albumbuild.steps.reductions import Reduction
from albumbuild.steps.sequence import LAYOUT, Side, read_layout, side_output
from albumbuild.steps.stream import AUDIO
from albumbuild.steps.traces import TRACE, Traced, read_trace

PAGE = "index.html"
COVER = "cover"
CODECS = "codecs"

MOST_POINTS = 1_500
"""So many values of a curve stand on the page at most; of more, the outermost stand for several."""

_COVER = Rendition(size_px=640, kinds=("jpeg",), srgb=True)


class Report(Action, frozen=True, kw_only=True):
    """Writes the page from the words of the album and from what its steps have measured.

    It holds nothing of a build: what ran, how long, and which rules hold is told beside it.
    """

    kind: ClassVar[str] = "report"
    libraries: ClassVar[tuple[str, ...]] = ("jinja2", "pillow")

    album: AlbumCredits
    songs: tuple[ReviewedSong, ...]
    sets: tuple[ReviewedSet, ...]
    shape: PlanShape

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `index.html`."""
        (into / PAGE).write_text(page_html(self.review(needs, progress)), encoding="utf-8")

    def review(self, needs: Needs, progress: Progress) -> dict[str, Any]:
        """All that the page shows."""
        sets = [_set(each, self.songs, needs) for each in self.sets]
        places = {made["name"]: _places(made) for made in sets}
        songs = [_song(song, needs, places) for song in self.songs]
        return {
            "album": {**msgspec.to_builtins(self.album), "cover": _cover(needs, progress)},
            "sets": sets,
            "songs": songs,
            "median_spectrum_db": _medians(songs),
            "graph": self._graph(),
        }

    def _graph(self) -> dict[str, Any]:
        """The shape of the plan, sorted by name."""
        kinds, counts = self.shape.kinds, self.shape.counts
        return {
            "nodes": [
                {"id": node, "kind": kinds[node], "count": counts.get(node, 1)}
                for node in sorted(kinds)
            ],
            "edges": sorted(
                (need, node) for node, needs in self.shape.needs.items() for need in needs
            ),
        }


def figures_role(step: str) -> str:
    """What the figures of a step are called among the needs."""
    return f"{step}/{FIGURES}"


def trace_role(step: str) -> str:
    """What the course of a step's sound is called among the needs."""
    return f"{step}/{TRACE}"


def layout_role(step: str) -> str:
    """What the layout of a sequence is called among the needs."""
    return f"{step}/{LAYOUT}"


def plays(step: str, output: str) -> str:
    """What the page calls a sound that can be listened to."""
    return step if output == AUDIO else f"{step}/{output}"


def _places(made: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    """The side that each song of a set is on, and where it begins there, in seconds."""
    return {
        song["song"]: (side["name"], song["start_s"])
        for side in made["sides"]
        for song in side["songs"]
    }


def _song(
    song: ReviewedSong, needs: Needs, places: Mapping[str, Mapping[str, tuple[str, float]]]
) -> dict[str, Any]:
    sounds = [
        _sound(sound, needs, places.get(sound.set or "", {}).get(song.credits.song))
        for sound in song.sounds
    ]
    seconds = max((each["figures"]["duration_s"] for each in sounds), default=0.0)
    words = msgspec.to_builtins(song.credits)
    return {"id": words.pop("song"), **words, "seconds": seconds, "sounds": sounds}


def _sound(sound: ReviewedSound, needs: Needs, place: tuple[str, float] | None) -> dict[str, Any]:
    """One sound of a song; a master is heard where it has its `place` on a side of its set."""
    played, from_s = plays(sound.step, AUDIO), 0.0
    if sound.set is not None and place is not None:
        side, from_s = place
        played = plays(f"sequence:{sound.set}", side_output(side))
    figures = dict(read_figures(needs.blob(figures_role(sound.step)))[SOUND])
    spectrum_db = figures.pop("spectrum_db")
    own = read_trace(needs.blob(trace_role(sound.step)))
    assert own.sound is not None
    before = [read_trace(needs.blob(trace_role(step))) for step in sound.chain]
    every = thinning(len(own.sound.low))
    return {
        "step": sound.step,
        "set": sound.set,
        "label": sound.label,
        "plays": played,
        "from_s": from_s,
        "figures": measured(figures),
        "spectrum_db": _rounded(spectrum_db),
        "curve": curve_of(own.sound, every),
        "reductions": [*_reductions((*before, own), (*sound.chain, sound.step))],
    }


def measured(figures: Named) -> dict[str, Any]:
    """Figures as `measure` tells them: a length in seconds in place of one in frames."""
    seconds = figures["frames"] / figures["rate_hz"]
    return {name: each for name, each in figures.items() if name != "frames"} | {
        "duration_s": round(seconds, 6)
    }


def thinning(count: int) -> int:
    """How many values of a curve one point on the page stands for."""
    return -(-count // MOST_POINTS) or 1


def curve_of(trace: Trace, every: int) -> dict[str, Any]:
    """A course as the page draws it, one value for each `every` steps of it."""
    return {
        "step_s": every / STEPS_A_SECOND,
        "low": _thinned(trace.low, every, lowest=True, digits=3),
        "high": _thinned(trace.high, every, digits=3),
        "short_lufs": _thinned(trace.short_lufs, every),
        "dbtp": _thinned(trace.dbtp, every),
        "correlation": _thinned(trace.correlation, every, lowest=True),
    }


def _reductions(traced: Sequence[Traced], steps: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What was turned down on the way to a sound; what never did anything is left out."""
    for each, step in zip(traced, steps, strict=True):
        for reduction in filter(_is_at_work, each.reductions):
            every = thinning(len(reduction.db))
            yield {
                "device": reduction.device,
                "place": step.partition(":")[0],
                "step_s": every / STEPS_A_SECOND,
                "db": _thinned(reduction.db, every, digits=1),
            }


def _is_at_work(reduction: Reduction) -> bool:
    return max(reduction.db, default=0.0) > 0.0


def _thinned(
    values: Sequence[float | None], every: int, *, lowest: bool = False, digits: int = 2
) -> list[float | None]:
    """The outermost of each `every` values, rounded; None where all are."""
    outermost = min if lowest else max
    groups = (values[at : at + every] for at in range(0, len(values), every))
    found = ([each for each in group if each is not None] for group in groups)
    return [round(outermost(group), digits) if group else None for group in found]


def _set(made: ReviewedSet, songs: Sequence[ReviewedSong], needs: Needs) -> dict[str, Any]:
    said = msgspec.to_builtins(made)
    for hidden in ("songs", "files", "sequence", "preview"):
        del said[hidden]
    if made.sequence is None:
        return {**said, "lufs": None, "lra_lu": None, "dbtp": None, "seconds": None, "sides": []}
    titles = {song.credits.song: song.credits.title for song in songs}
    figures = read_figures(needs.blob(figures_role(made.sequence)))[SOUND]
    sides = read_layout(needs.blob(layout_role(made.sequence)))
    codecs = read_codecs(needs.blob(f"{made.preview}/{CODECS}")) if made.preview else {}
    return {
        **said,
        "lufs": figures["integrated_lufs"],
        "lra_lu": figures["lra_lu"],
        "dbtp": figures["true_peak_dbtp"],
        "seconds": sum(side.layout.frames / side.layout.rate_hz for side in sides.values()),
        "sides": [
            {
                "name": name,
                "seconds": side.layout.frames / side.layout.rate_hz,
                "songs": _placed(side, made, titles),
                "tracks": _tracks(side, made, titles, codecs),
            }
            for name, side in sides.items()
        ],
    }


def _placed(side: Side, made: ReviewedSet, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    rate_hz = side.layout.rate_hz
    return [
        {
            "song": made.songs[each.song],
            "title": titles[made.songs[each.song]],
            "start_s": each.start / rate_hz,
            "end_s": each.end / rate_hz,
            "gap_s": max(each.start - before, 0) / rate_hz,
            "fade_in_s": each.fade_in / rate_hz,
            "fade_out_s": each.fade_out / rate_hz,
        }
        for each, before in zip(
            side.layout.songs, (0, *(song.end for song in side.layout.songs)), strict=False
        )
    ]


def _tracks(
    side: Side,
    made: ReviewedSet,
    titles: Mapping[str, str],
    codecs: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    rate_hz = side.layout.rate_hz
    return [
        {
            "number": track.number,
            "song": made.songs[track.song],
            "title": titles[made.songs[track.song]],
            "start_s": track.start / rate_hz,
            "end_s": track.end / rate_hz,
            "pregap_s": None if track.pregap is None else track.pregap / rate_hz,
            "indexes_s": [each / rate_hz for each in track.indexes],
            "lufs": figures.lufs,
            "lra_lu": figures.lra_lu,
            "dbtp": figures.dbtp,
            "codec_dbtp": {
                codec: heard.dbtp for codec, heard in codecs.get(track.song, {}).items()
            },
            "file": made.files.get(track.song),
        }
        for track, figures in zip(side.layout.tracks, side.figures, strict=True)
    ]


def _medians(songs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    """By set, `mix` for the mixes: the middle of all songs in each third of an octave."""
    spectra: dict[str, list[Mapping[str, float | None]]] = {}
    for song in songs:
        for sound in song["sounds"]:
            spectra.setdefault(sound["set"] or "mix", []).append(sound["spectrum_db"])
    return {name: _median(found) for name, found in spectra.items()}


def _median(spectra: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    bands = spectra[0]
    found = {
        band: [level for each in spectra if (level := each.get(band)) is not None] for band in bands
    }
    return {band: round(median(each), 2) if each else None for band, each in found.items()}


def _rounded(levels: Mapping[str, float | None]) -> dict[str, float | None]:
    return {band: None if each is None else round(each, 2) for band, each in levels.items()}


def _cover(needs: Needs, progress: Progress) -> str | None:
    """The cover as a small picture within the page."""
    if not needs.roles(COVER):
        return None
    try:
        data = rendered(needs.source(COVER).read_bytes(), _COVER)
    except ImageError as error:
        progress.log("warning", f"the page shows no cover: it {error.what}")
        return None
    return f"data:image/jpeg;base64,{b64encode(data).decode()}"
