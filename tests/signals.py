"""Signals that tests are made of: nothing is stored, each is the same every time."""

import numpy as np
import numpy.typing as npt

from albumbuild.model.device import Processor

Block = npt.NDArray[np.float64]

PIECES = (1, 63, 512, 4_096, 1 << 30)
"""Block sizes that must not be heard; the last is the whole signal."""


def impulse(frames: int, channels: int = 1) -> Block:
    """One frame at full scale, then silence."""
    block = np.zeros((frames, channels))
    block[0] = 1.0
    return block


def noise(frames: int, channels: int = 2, *, seed: int = 0) -> Block:
    """White noise with a deviation of 0.25; the channels have nothing in common."""
    return np.random.default_rng(seed).standard_normal((frames, channels)) * 0.25


def sine(
    freq_hz: float, *, rate_hz: int, frames: int, channels: int = 1, peak: float = 1.0
) -> Block:
    """A steady tone, alike in all channels."""
    wave = peak * np.sin(2 * np.pi * freq_hz * np.arange(frames) / rate_hz)
    return np.repeat(wave[:, np.newaxis], channels, axis=1)


def level_db(block: Block) -> Block:
    """The mean power of each channel, in dB."""
    return 10 * np.log10(np.mean(np.square(block), axis=0))


def through(device: Processor, block: Block, *, rate_hz: int = 44_100, piece: int = 4_096) -> Block:
    """What a device makes of a signal that comes in pieces."""
    state = device.start(rate_hz, block.shape[1])
    starts = range(0, len(block), piece)
    return np.concatenate([device.process(block[at : at + piece], state) for at in starts])


def response_db(device: Processor, freqs_hz: Block, *, rate_hz: int, frames: int) -> Block:
    """Gain of a linear device at each frequency, in dB, from the first `frames` of its impulse."""
    taps = through(device, impulse(frames), rate_hz=rate_hz)[:, 0]
    turns = np.exp(-2j * np.pi * freqs_hz / rate_hz)
    powers = np.ones_like(turns)
    total = np.zeros_like(turns)
    for tap in taps:
        total += tap * powers
        powers *= turns
    return 20 * np.log10(np.abs(total) + 1e-30)
