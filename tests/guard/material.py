"""What the subjects are fed with: sound whose bits are alike on every machine, and sheets."""

from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.formats.coding import Coding
from albumbuild.formats.sound import encode
from albumbuild.formats.wave import create_wave
from albumbuild.model.programme import PROGRAMME, Slot, lay_out
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.figures import SOUND, ToneMeter
from albumbuild.steps.pressing import Gain
from albumbuild.steps.reductions import Reduction
from albumbuild.steps.sequence import Side, TrackFigures
from albumbuild.steps.traces import Traced
from tests.pictures import jpeg, png

Block = npt.NDArray[np.float64]
RATE_HZ = 44_100
BEAT = 2_000
BEATS = (  # level, share of noise, frames of half a wave
    (0.5, 0.5, 200),
    (1.0, 0.25, 60),
    (0.03125, 0.5, 10),
    (0.75, 0.0, 1_000),
    (0.0, 0.0, 1),
    (0.25, 1.0, 1),
    (0.875, 0.0625, 25),
)
SECTOR = 588

SOUNDS = {  # name: seconds, channels
    "kick": (0.5, 1),
    "bass-left": (0.7, 1),
    "bass-right": (0.6, 1),
    "gtr": (0.8, 2),
    "vox": (0.9, 1),
    "bus": (0.8, 2),
    "send": (0.8, 2),
    "one": (1.2, 2),
    "two": (0.9, 2),
    "stereo": (0.3, 2),
    "mono": (0.3, 1),
    "key": (0.3, 1),
}


def bursts(frames: int, channels: int = 2, *, seed: int) -> Block:
    """Beats of noise and square waves, loud, soft and silent by turns, as deep as a float file.

    Made of raw draws, sums and products alone: no other numpy or processor gives other bits.
    """
    raw = np.random.PCG64(seed).random_raw(frames * channels) >> np.uint64(48)
    noise = raw.reshape(frames, channels).astype(np.float64) / 2.0**15 - 1.0
    at = np.arange(frames)
    level, share, half = np.asarray(BEATS)[at // BEAT % len(BEATS)].T[:, :, np.newaxis]
    wave = np.where(at[:, np.newaxis] // half % 2 == 0, 1.0, -1.0)
    return np.asarray((noise * share + wave * (1.0 - share)) * level)


def write_material(folder: Path) -> None:
    """Every file that a case may ask for."""
    for seed, (name, (seconds, channels)) in enumerate(SOUNDS.items()):
        block = bursts(round(seconds * RATE_HZ), channels, seed=seed)
        write_wave(folder / f"{name}.wav", block)
    write_wave(folder / "other-rate.wav", bursts(30_000, 1, seed=50), rate_hz=48_000)
    steps = (bursts(20_000, seed=51) * 2**14).astype(np.int32)
    with create_wave(folder / "pcm.wav", rate_hz=RATE_HZ, channels=2, sample="pcm24") as out:
        out.write(steps)
    coding = Coding(format="aiff", rate_hz=RATE_HZ, channels=2, bits=16)
    encode(folder / "pcm.aiff", [steps], coding=coding)
    (folder / "gain").write_bytes(
        msgspec.json.encode(Gain(gain_db=-2.25, limiter=Limiter(ceiling_dbtp=-4)))
    )
    (folder / "cover.jpg").write_bytes(jpeg())
    (folder / "cover.png").write_bytes(png(60, 50))
    heard = b'{"ogg-128": {"dbtp": 0.25, "lufs": -13.9}}'
    (folder / "codecs.json").write_bytes(b'{"1": %b, "2": %b}' % (heard, heard))
    (folder / "lyrics.txt").write_text("Ebb,\nflow.\n", encoding="utf-8")
    for seed, name in ((52, "cd"), (53, "streaming")):  # some peaks are to be clipped
        layout = LAYOUTS[name][PROGRAMME].layout
        block = bursts(layout.frames, seed=seed) * 1.125
        block[: layout.songs[0].start] = 0.0
        write_wave(folder / f"{name}.wav", block)
    (folder / "figures.json").write_bytes(
        b'{"sound": {"integrated_lufs": -13.5, "true_peak_dbtp": -1.0, "frames": 9}}'
    )
    (folder / "calm.json").write_bytes(b'{"sound": {"integrated_lufs": -20, "frames": 9}}')
    meter = ToneMeter(RATE_HZ)
    meter.add(bursts(4 * RATE_HZ, seed=54) * 0.5)
    (folder / "whole.json").write_bytes(msgspec.json.encode({SOUND: meter.named()}))
    reduction = Reduction(device="limiter", on="master", db=(0.0, 2.5) * 20)
    traced = Traced(sound=meter.trace(), reductions=(reduction,))
    (folder / "trace.json").write_bytes(msgspec.json.encode(traced))
    for name, sides in LAYOUTS.items():
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(sides))


def write_wave(path: Path, block: Block, *, rate_hz: int = RATE_HZ) -> None:
    """A float file."""
    channels = block.shape[1]
    with create_wave(path, rate_hz=rate_hz, channels=channels, sample="float32") as out:
        out.write(block)


def _side(*songs: str, seconds: float = 1.0, lead_in: int = 0, sector: int | None = None) -> Side:
    """Songs of some seconds each, with a gap before each but the first, and their figures."""
    slots = [Slot(song=song, gap_s=0.25, indexes_s=(0.5,)) for song in songs]
    lengths = dict.fromkeys(songs, round(seconds * RATE_HZ))
    layout = lay_out(slots, lengths, rate_hz=RATE_HZ, lead_in=lead_in, sector=sector)
    figures = TrackFigures(lufs=-14.25, lra_lu=3.5, dbtp=-1.0)
    return Side(layout=layout, figures=(figures,) * len(songs))


LAYOUTS = {
    "streaming": {PROGRAMME: _side("1", "2")},
    "cd": {PROGRAMME: _side("1", "2", seconds=4.1, lead_in=150 * SECTOR, sector=SECTOR)},
    "vinyl": {"A": _side("1"), "B": _side("2")},
}
