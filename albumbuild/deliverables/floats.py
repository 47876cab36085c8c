"""Whole songs as 32-bit float, just as the steps before left them, and what each measures."""

from collections.abc import Mapping
from pathlib import Path

from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Progress
from albumbuild.formats.wave import create_wave
from albumbuild.model.credits import TrackCredits
from albumbuild.model.delivery import DeliveredTrack
from albumbuild.steps.figures import named, write_figures
from albumbuild.steps.sequence import track_figures
from albumbuild.steps.stream import blocks_of, frames_of, metered


def write_floats(
    sounds: Mapping[str, Path],
    tracks: Mapping[str, TrackCredits],
    *,
    rate_hz: int,
    into: Path,
    progress: Progress,
    folder: str = "",
) -> tuple[DeliveredTrack, ...]:
    """Write `SONG.wav` and `SONG+VERSION.wav` under `folder`, and their figures; their records.

    `sounds` are files of the store by song and version, `tracks` what is said of each song.
    """
    progress.total(sum(frames_of(path) for path in sounds.values()))
    (into / folder).mkdir(exist_ok=True)
    records, figures = [], {}
    for number, (subject, path) in enumerate(sounds.items(), start=1):
        file = f"{folder}/{subject}.wav" if folder else f"{subject}.wav"
        meter = Meter(rate_hz, 2)
        frames = 0
        with create_wave(into / file, rate_hz=rate_hz, channels=2, sample="float32") as out:
            for block in metered(blocks_of(path), meter):
                out.write(block)
                frames += len(block)
                progress.add(len(block))
        record = measured_track(
            number,
            subject.partition("+")[0],
            titled(subject, tracks),
            file=file,
            seconds=frames / rate_hz,
            meter=meter,
        )
        records.append(record)
        figures[subject] = named(meter)
    write_figures(into, figures)
    return tuple(records)


def titled(subject: str, tracks: Mapping[str, TrackCredits]) -> str:
    """The title of a song, and the version of it if `subject` is one."""
    song, _, version = subject.partition("+")
    return f"{tracks[song].title} ({version})" if version else tracks[song].title


def measured_track(
    number: int, song: str, title: str, *, file: str, seconds: float, meter: Meter
) -> DeliveredTrack:
    """The record of a sound that is a file of its own."""
    figures = track_figures(meter)
    return DeliveredTrack(
        number=number,
        song=song,
        title=title,
        file=file,
        start_s=0.0,
        seconds=seconds,
        lufs=figures.lufs,
        lra_lu=figures.lra_lu,
        dbtp=figures.dbtp,
    )
