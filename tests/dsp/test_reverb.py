"""The reverb's kernel against a slow twin that goes frame by frame."""

import numpy as np
import pytest

from albumbuild.dsp import reverb
from albumbuild.dsp.reverb import LINES, STEP, Room
from tests.signals import noise


def hadamard(size):
    """Rows of 1 and -1, each at right angles to all others."""
    if size == 1:
        return np.ones((1, 1))
    half = hadamard(size // 2)
    return np.block([[half, half], [half, -half]])


MIX = hadamard(LINES) / 4


class Twin:
    """The same room: lines as plain lists of all that ever went in."""

    def __init__(self, made):
        settings = iter(made.settings.tolist())

        def take(count):
            return np.array([next(settings) for _ in range(count)])

        self.diffusion, self.early, self.late, self.width, self.depth = take(5)
        self.damping = take(5 * LINES).reshape(5, LINES)
        self.turns = take(LINES)
        self.into, self.out = take(2 * LINES).reshape(2, LINES), take(2 * LINES).reshape(2, LINES)
        self.predelay = int(made.layout[3])
        self.lengths = made.layout[5 : 5 + LINES]
        self.diffusers = made.layout[5 + LINES :].reshape(2, 4)
        self.times, self.gains = made.times, made.gains

    def delay(self, frame):
        """How long each line is at a frame: known every STEP frames, straight between."""
        cell = frame - frame % STEP
        looks = [
            np.sin(2 * np.pi * (self.turns * at + np.arange(LINES) / LINES))
            for at in (cell, cell + STEP)
        ]
        swing = looks[0] + (looks[1] - looks[0]) * (frame - cell) / STEP
        return np.where(self.turns > 0, self.lengths + self.depth * swing, self.lengths)

    def run(self, sound):
        past = 20_000
        room = np.concatenate([np.zeros((past, 2)), sound])
        lines = np.zeros((past + len(sound), LINES))
        passes = np.zeros((2, 4, past + len(sound)))
        memory, out = np.zeros((2, LINES)), np.zeros_like(sound)
        for frame in range(len(sound)):
            now = past + frame
            wet = np.array([self.reflect(room, now, side) for side in (0, 1)])
            diffuse = [self.diffuse(room, passes, now, side) for side in (0, 1)]
            ends = self.damp(self.ends(lines, now, self.delay(frame)), memory)
            wet += self.late * (self.out @ ends)
            lines[now] = MIX @ ends + diffuse @ self.into
            middle, side = wet.mean(), (wet[0] - wet[1]) / 2 * self.width
            out[frame] = middle + side, middle - side
        return out

    def reflect(self, room, now, side):
        taps = enumerate(zip(self.times[side], self.gains[side], strict=True))
        return self.early * sum(
            gain * room[now - time, 1 - side if k % 3 == 2 else side] for k, (time, gain) in taps
        )

    def diffuse(self, room, passes, now, side):
        x = room[now - self.predelay, side]
        for line, length in zip(passes[side], self.diffusers[side], strict=True):
            line[now] = x + self.diffusion * line[now - length]
            x = line[now - length] - self.diffusion * line[now]
        return x

    def ends(self, lines, now, delays):
        """Where each line ends, by the cubic through the four frames around."""
        found = np.zeros(LINES)
        for k, delay in enumerate(delays):
            whole = int(delay)
            points = np.array([whole - 1, whole, whole + 1, whole + 2])
            for point in points:
                others = points[points != point]
                weight = np.prod((delay - others) / (point - others))
                found[k] += weight * lines[now - point, k]
        return found

    def damp(self, x, memory):
        b0, b1, b2, a1, a2 = self.damping
        y = b0 * x + memory[0]
        memory[0] = b1 * x - a1 * y + memory[1]
        memory[1] = b2 * x - a2 * y
        return y


@pytest.mark.parametrize("modulation", [0.0, 1.0])
def test_the_kernel_equals_its_twin(modulation):
    room = Room(
        decay_s=1.2, predelay_s=0.004, size=0.2, damping_hz=3_000, width=1.3, early_db=-3,
        diffusion=0.8, modulation=modulation,
    )  # fmt: skip
    made = reverb.reverb(room, rate_hz=22_050, cuts=())
    wanted = Twin(made).run(noise(1_500))
    assert np.max(np.abs(made.process(noise(1_500)) - wanted)) < 1e-12
    assert np.max(np.abs(wanted)) > 0.1
