"""Settings in which every device can be heard, and the way it is played."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import ClassVar

import numpy as np

from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.sound import SoundReader
from albumbuild.model.device import Processor
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.sound import Sound
from albumbuild.processors.chorus import Chorus
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.convolution import Convolution
from albumbuild.processors.dc import Dc
from albumbuild.processors.declick import Declick
from albumbuild.processors.declip import Declip
from albumbuild.processors.deesser import Deesser
from albumbuild.processors.dehum import Dehum
from albumbuild.processors.delay import Delay, DelayTime
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.expander import Expander
from albumbuild.processors.gain import Gain
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.match import Match
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.processors.reverb import Reverb
from albumbuild.processors.saturator import Saturator
from albumbuild.processors.stereo import Stereo
from albumbuild.steps.ends import key_of
from tests.draws import heard, learned
from tests.guard.material import RATE_HZ, Block, bursts

PIECES = (4_096, 1, 63, 512)

DEVICES: dict[str, tuple[Processor, ...]] = {
    "gain": (Gain(), Gain(level_db=-3.5), Gain(level_db=float("-inf"))),
    "eq": (
        Eq(),
        Eq(
            bands=(
                Band(type="highpass", freq_hz=90, slope_db=30),
                Band(type="highpass", freq_hz=120, q=1.5),
                Band(type="bell", freq_hz=2_500, gain_db=-6, q=1.2),
                Band(type="highshelf", freq_hz=9_000, gain_db=4),
            )
        ),
        Eq(
            bands=(
                Band(type="lowpass", freq_hz=12_000, slope_db=6),
                Band(type="lowshelf", freq_hz=200, gain_db=5, q=0.5),
                Band(type="notch", freq_hz=1_000, q=8),
                Band(type="tilt", freq_hz=900, gain_db=3),
            )
        ),
        Eq(bands=(Band(type="bandpass", freq_hz=700, q=2),)),
        Eq(bands=(Band(type="bell", freq_hz=900, gain_db=5, q=3),), phase="linear"),
    ),
    "compressor": (
        Compressor(),
        Compressor(threshold_db=-32, ratio=4, attack_ms=2, release_ms=40, knee_db=0, makeup_db=3),
        Compressor(threshold_db=-30, detector="rms", lookahead_ms=3, link_pct=40),
        Compressor(
            threshold_db=-40,
            sidechain=Sidechain(from_="kick", highpass_hz=150, lowpass_hz=4_000),
        ),
    ),
    "multiband": (
        Multiband(crossovers_hz=(), bands=(MultibandBand(threshold_db=-30),)),
        Multiband(
            crossovers_hz=(180, 2_500),
            bands=(
                MultibandBand(threshold_db=-38, ratio=6, attack_ms=4, release_ms=60, knee_db=0),
                MultibandBand(threshold_db=-36, makeup_db=2, detector="rms", link_pct=40),
                MultibandBand(threshold_db=-40, ratio=1.5, knee_db=12),
            ),
        ),
    ),
    "expander": (
        Expander(threshold_db=-14),
        Expander(threshold_db=-10, ratio=3, range_db=18, attack_ms=4, hold_ms=2, release_ms=30),
        Expander(
            threshold_db=-18,
            hysteresis_db=5,
            sidechain=Sidechain(from_="kick", highpass_hz=150, lowpass_hz=4_000),
        ),
    ),
    "gate": (
        Gate(threshold_db=-14),
        Gate(
            threshold_db=-6,
            ratio=1.5,
            range_db=60,
            attack_ms=3,
            hold_ms=1,
            release_ms=20,
            hysteresis_db=9,
        ),
        Gate(
            threshold_db=-18,
            sidechain=Sidechain(from_="kick", highpass_hz=150, lowpass_hz=4_000),
        ),
    ),
    "deesser": (
        Deesser(),
        Deesser(freq_hz=3_500, threshold_db=-45, range_db=12),
        Deesser(freq_hz=5_000, threshold_db=-40, range_db=9, mode="wide"),
    ),
    "limiter": (
        Limiter(),
        Limiter(ceiling_dbtp=-14, release_ms=30, lookahead_ms=2, adaptive=False),
        Limiter(ceiling_dbtp=-10, drive_db=4, true_peak=False, link_pct=30),
    ),
    "reverb": (
        Reverb(),
        Reverb(decay_s=0.4, predelay_ms=12, size_pct=60, damping_hz=3_000, low_cut_hz=150),
        Reverb(width_pct=40, early_db=0, diffusion_pct=30, modulation_pct=90, high_cut_hz=6_000),
    ),
    "saturator": (
        Saturator(),
        Saturator(drive_db=20, curve="tube", oversample=8, output_db=-4),
        Saturator(drive_db=30, curve="soft", oversample=4),
        Saturator(drive_db=14, curve="hard", oversample=2),
        Saturator(curve="tube", oversample=1),
    ),
    "chorus": (Chorus(), Chorus(rate_hz=3, depth_pct=90, voices=5)),
    "delay": (
        Delay(),
        Delay(time_ms=20, feedback_pct=70, pingpong=True, low_cut_hz=200, high_cut_hz=5_000),
        Delay(left=DelayTime(time_ms=11), right=DelayTime(time_ms=17.5), feedback_pct=45),
    ),
    "convolution": (
        Convolution(impulse="mono"),
        Convolution(impulse="stereo", predelay_ms=7, gain_db=-3, low_cut_hz=150),
        Convolution(impulse="four", length_s=0.02, high_cut_hz=6_000),
    ),
    "stereo": (
        Stereo(),
        Stereo(swap=True, width_pct=60, mid_db=-1.5, side_db=2, rotate_deg=12, balance=-25),
        Stereo(mono_below_hz=150),
    ),
    "declick": (
        Declick(),
        Declick(sensitivity=10),
        Declick(sensitivity=9, max_length_ms=8),
    ),
    "declip": (Declip(), Declip(threshold_db=-12)),
    "match": (
        Match(reference=("mono",), amount_pct=100, max_db=3),
        Match(reference=("four", "stereo")),
    ),
    "dehum": (Dehum(), Dehum(freq_hz=120, harmonics=20, q=4)),
    "dc": (Dc(),),
}


def _impulse(channels: int, frames: int, *, rate_hz: int = RATE_HZ) -> Sound:
    samples = bursts(frames, channels, seed=channels) / 8
    return heard(samples, rate_hz)


SOUNDS = {
    "mono": _impulse(1, 3_000),
    "stereo": _impulse(2, 9_000, rate_hz=48_000),
    "four": _impulse(4, 2_000),
}
"""What devices read, by the path that they have for it."""

UNPLAYED = {"id", "note", "mix_pct", "channels"}
"""Fields that no device plays: a name; a note, which is a time by then; and what the chain
around it does."""


class Play(Action, frozen=True, kw_only=True):
    """A device alone, fed in pieces of all sizes."""

    kind: ClassVar[str] = "play"

    device: Processor
    rate_hz: int

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:  # noqa: ARG002
        """Write what comes out as plain numbers, and what the device says of itself."""
        sound, key = read(needs.blob("sound")), read(needs.blob("key"))
        played(self.device, sound, key=key, rate_hz=self.rate_hz).tofile(into / "sound")
        device = loaded(self.device)
        figures = (
            device.latency(self.rate_hz),
            device.tail(self.rate_hz),
            device.channels_out(sound.shape[1]),
        )
        (into / "figures").write_text(str(figures), encoding="utf-8")


def played(device: Processor, sound: Block, *, key: Block, rate_hz: int) -> Block:
    """What the device makes of a sound; a side chain hears `key`, which is as long."""
    device = loaded(device)
    sound = worn(sound) if isinstance(device, Declick) else sound
    if device.latency(rate_hz) > len(sound):
        silence = ((0, device.latency(rate_hz)), (0, 0))
        sound, key = np.pad(sound, silence), np.pad(key, silence)
    state = device.start(rate_hz, sound.shape[1])
    listens = key_of(device) is not None
    parts = [
        device.process(sound[piece], state, key[piece] if listens else None)
        for piece in pieces(len(sound))
    ]
    return np.ascontiguousarray(np.concatenate(parts), dtype="<f8")


def worn(sound: Block) -> Block:
    """The sound, soon silent but for clicks: a small one, a high one and a long one."""
    sound = sound.copy()
    sound[3_000:] = 0.0
    sound[6_000, 0] = 2.0**-12
    sound[7_500, -1] = 0.5
    sound[9_000:9_150:2, 0] = 0.25
    return sound


def loaded(device: Processor) -> Processor:
    """The device with the sounds that it reads."""
    return learned(
        device.with_sounds({field: SOUNDS[path] for field, path in device.files().items()})
    )


def pieces(frames: int) -> Iterator[slice]:
    """A sound of so many frames, cut into pieces of all sizes."""
    at = 0
    for size in cycle(PIECES):
        yield slice(at, min(at + size, frames))
        at += size
        if at >= frames:
            return


def read(path: Path) -> Block:
    """All samples of a file."""
    with SoundReader(path) as reader:
        return reader.read(reader.format.frames)
