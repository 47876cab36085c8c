"""Signals through the program as a user runs it: each on a strip of its own, by `render`."""

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from albumbuild.cli import main
from albumbuild.formats.sound import SoundReader
from albumbuild.formats.wave import create_wave

Block = npt.NDArray[np.float64]
RATES_HZ = (44_100, 48_000, 96_000)
LEFT = -100
"""A mono strip that is panned there comes out with its own level."""


class Take(NamedTuple):
    """What goes on a strip, and the settings of it."""

    sound: Block
    strip: dict[str, Any]


def mono(sound: Block, *inserts: dict[str, Any], **strip: Any) -> Take:
    """A mono signal through inserts, heard on the left at its own level."""
    return Take(sound.reshape(-1, 1), {"pan": LEFT, "inserts": [*inserts], **strip})


def left(block: Block) -> Block:
    """What a mono take comes out as."""
    return np.ascontiguousarray(block[:, 0])


class Desk:
    """An album of one song `s` in a folder that goes away; each take is a stem."""

    def __init__(
        self,
        folder: Path,
        rate_hz: int,
        takes: Mapping[str, Take],
        *,
        sounds: Mapping[str, Block] | None = None,
        **song: Any,
    ) -> None:
        self._folder = folder
        self._rate_hz = rate_hz
        for name, sound in (sounds or {}).items():
            self._write(name, sound)
        for name, take in takes.items():
            self._write(name, take.sound)
        stems = {name: {"file": f"{name}.wav", **take.strip} for name, take in takes.items()}
        song = {"stems": stems, **song}
        album = {"title": "t", "artist": "a", "rate_hz": rate_hz, "songs": {"s": song}}
        (folder / "album.yaml").write_text(json.dumps(album))

    def render(self, step: str, *arguments: str) -> Block:
        """The sound of a step."""
        target, said = self._folder / "out.wav", io.StringIO()
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            code = main(["-C", str(self._folder), "render", step, "-o", str(target), *arguments])
        assert code == 0, said.getvalue()
        with SoundReader(target) as reader:
            return reader.read(reader.format.frames)

    def strip(self, name: str) -> Block:
        """A take as it leaves its strip."""
        return self.render(f"strip:s/{name}")

    def _write(self, name: str, sound: Block) -> None:
        path, channels = self._folder / f"{name}.wav", sound.shape[1]
        with create_wave(path, rate_hz=self._rate_hz, channels=channels, sample="float32") as out:
            out.write(sound)


@contextmanager
def desk(rate_hz: int, takes: Mapping[str, Take], **more: Any) -> Iterator[Desk]:
    """A desk for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        yield Desk(Path(folder), rate_hz, takes, **more)


def decibels(gain: npt.ArrayLike) -> Block:
    """A gain, or many, in dB."""
    return np.asarray(20 * np.log10(np.maximum(np.abs(gain), 1e-20)))


def impulse(frames: int, at: int) -> Block:
    """One frame at full scale."""
    sound = np.zeros(frames)
    sound[at] = 1.0
    return sound


def tone(freq_hz: float, level_db: float, seconds: float, rate_hz: int) -> Block:
    """A sine of that peak."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(10 ** (level_db / 20) * np.sin(2 * np.pi * freq_hz * at))
