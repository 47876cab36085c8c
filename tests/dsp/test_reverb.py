"""The reverb's kernel against a slow twin that goes frame by frame."""

import numpy as np
import pytest
from msgspec.structs import replace

from albumbuild.dsp import reverb
from albumbuild.dsp.reverb import DELAYS, LINES, STEP, Room
from tests.signals import noise


def hadamard(size):
    """Rows of 1 and -1, each at right angles to all others."""
    if size == 1:
        return np.ones((1, 1))
    half = hadamard(size // 2)
    return np.block([[half, half], [half, -half]])


MIX = hadamard(LINES) / 4
SETTLING = 8_192


class Numbers:
    """The settings of one frame, by name."""

    def __init__(self, values):
        left = iter(np.asarray(values).tolist())

        def take(*shape):
            return np.array([next(left) for _ in range(int(np.prod(shape)))]).reshape(shape)

        self.dull, self.diffusion = take(5), take(2, 4)
        self.early, self.late, self.width = take(3)
        self.damping, self.depth = take(5, LINES), take(1)[0]
        self.lengths, self.predelay, self.times = take(LINES), take(1)[0], take(2, 10)
        assert next(left, None) is None


class Path:
    """Numbers that go straight from one frame to the next, then settle, then rest."""

    def __init__(self, made):
        self.start, self.step, self.goal = made.glide.numbers.copy()
        self.frames = int(made.glide.left[0])
        self.rest = self.goal.copy()
        self.rest[-DELAYS:] = made.rest

    def at(self, frame):
        """The numbers, and whether lines are on their way."""
        start, goal, frames = self.start, self.goal, self.frames
        if frame >= frames and not np.array_equal(goal, self.rest):
            start, goal, frame, frames = goal, self.rest, frame - frames, SETTLING
        if frame >= frames:
            return Numbers(goal), False
        now, way = Numbers(start + (goal - start) * (frame / frames)), Numbers(goal - start)
        return now, bool(np.any(way.lengths) or way.depth)


class Twin:
    """The same room: lines as plain lists of all that ever went in."""

    def __init__(self, made):
        parts = np.split(made.shape, [LINES, 3 * LINES, 5 * LINES])
        self.turns, self.into, self.out = parts[0], parts[1].reshape(2, -1), parts[2].reshape(2, -1)
        self.gains = parts[3].reshape(2, 10)
        self.diffusers = made.layout[3:].reshape(2, 4)
        self.path = Path(made)
        self.moved = -1  # the last frame at which lines were on their way

    def run(self, sound):
        past = 20_000
        dulled = np.zeros((2, 2))
        room = np.zeros((past + len(sound), 2))
        lines = np.zeros((past + len(sound), LINES))
        passes = np.zeros((2, 4, past + len(sound)))
        memory, out = np.zeros((2, LINES)), np.zeros_like(sound)
        for frame, come in enumerate(sound):
            now = past + frame
            the, moving = self.path.at(frame)
            self.moved = frame if moving else self.moved
            room[now] = biquad(the.dull, come, dulled)
            wet = np.array([self.reflect(the, room, now, side) for side in (0, 1)])
            diffuse = [self.diffuse(the, room, passes, now, side) for side in (0, 1)]
            ends = biquad(the.damping, self.ends(the, lines, now, frame), memory)
            wet += the.late * (self.out @ ends)
            lines[now] = MIX @ ends + diffuse @ self.into
            middle, side = wet.mean(), (wet[0] - wet[1]) / 2 * the.width
            out[frame] = middle + side, middle - side
        return out

    def reflect(self, the, room, now, side):
        taps = enumerate(zip(the.times[side], self.gains[side], strict=True))
        return the.early * sum(
            gain * between(room[:, 1 - side if k % 3 == 2 else side], now, time)
            for k, (time, gain) in taps
        )

    def diffuse(self, the, room, passes, now, side):
        x = between(room[:, side], now, the.predelay)
        chain = zip(passes[side], self.diffusers[side], the.diffusion[side], strict=True)
        for line, length, gain in chain:
            line[now] = x + gain * line[now - length]
            x = line[now - length] - gain * line[now]
        return x

    def ends(self, the, lines, now, frame):
        """Where each line ends. Its way is known every STEP frames, and is straight between."""
        cell = frame - frame % STEP
        share = (frame - cell) / STEP
        swings = [
            np.sin(2 * np.pi * (self.turns * at + np.arange(LINES) / LINES)) * (self.turns > 0)
            for at in (cell, cell + STEP)
        ]
        found = np.zeros(LINES)
        for k, length in enumerate(the.lengths):
            first, last = (length + the.depth * swing[k] for swing in swings)
            if self.turns[k] == 0 or the.depth == 0 or self.moved >= cell:
                found[k] = between(lines[:, k], now, first + (last - first) * share)
                continue
            points = int((first + last) / 2) + np.arange(-3, 5)
            weights = (1 - share) * lagrange(points, first) + share * lagrange(points, last)
            found[k] = weights @ lines[now - points, k]
        return found


def biquad(coefficients, x, memory):
    b0, b1, b2, a1, a2 = coefficients
    y = b0 * x + memory[0]
    memory[0] = b1 * x - a1 * y + memory[1]
    memory[1] = b2 * x - a2 * y
    return y


def lagrange(points, at):
    """What each point counts in the one polynomial through all."""
    return np.array([np.prod((at - (o := points[points != p])) / (p - o)) for p in points])


def between(line, now, delay):
    """By the cubic through the four frames around; a straight line next to now."""
    if delay == int(delay):
        return line[now - int(delay)]
    points = int(delay) + (np.arange(-1, 3) if delay >= 1 else np.arange(2))
    return lagrange(points, delay) @ line[now - points]


ROOM = Room(
    decay_s=1.2, predelay_s=0.004, size=0.2, damping_hz=3_000, width=1.3, early_db=-3,
    diffusion=0.8, modulation=1.0,
)  # fmt: skip
ELSEWHERE = Room(
    decay_s=0.7, predelay_s=0.0, size=0.25, damping_hz=5_000, width=0.4, early_db=3,
    diffusion=0.3, modulation=0.4,
)  # fmt: skip


@pytest.mark.parametrize("modulation", [0.0, 1.0])
def test_the_kernel_equals_its_twin(modulation):
    made = reverb.reverb(replace(ROOM, modulation=modulation), rate_hz=22_050, cuts=())
    wanted = Twin(made).run(noise(900))
    assert np.max(np.abs(made.process(noise(900)) - wanted)) < 1e-12
    assert np.max(np.abs(wanted)) > 0.1


@pytest.mark.parametrize(
    "goal", [ELSEWHERE, replace(ROOM, modulation=0.2), replace(ROOM, predelay_s=0.0003)]
)
def test_the_moving_kernel_equals_its_moving_twin(goal):
    made = reverb.reverb(ROOM, rate_hz=22_050, cuts=())
    made.aim(ROOM, cuts=(), frames=0)
    made.aim(goal, cuts=(), frames=400)
    wanted = Twin(made).run(noise(900))
    assert np.max(np.abs(made.process(noise(900)) - wanted)) < 1e-11
    assert np.max(np.abs(wanted)) > 0.1
    still = reverb.reverb(ROOM, rate_hz=22_050, cuts=()).process(noise(900))
    assert np.max(np.abs(still - wanted)) > 0.01


def test_lines_on_their_way_settle_at_the_lengths_of_their_room():
    made = reverb.reverb(ROOM, rate_hz=44_100, cuts=())
    made.aim(ROOM, cuts=(), frames=0)
    for share in (0.25, 0.5, 1.0):
        on_the_way = replace(ROOM, size=0.2 + 0.3 * share, predelay_s=0.004 + 0.0101 * share)
        made.aim(on_the_way, cuts=(), frames=500)
        made.process(noise(500))
    delays = made.glide.numbers[0, -DELAYS:]
    exact = reverb.reverb(on_the_way, rate_hz=44_100, cuts=())
    assert not np.array_equal(delays, exact.rest)
    made.process(noise(SETTLING))
    assert np.array_equal(made.glide.numbers[0], exact.glide.numbers[0])
    assert not made.glide.moves


def test_a_glide_that_is_replaced_stays_in_its_lines():
    made = reverb.reverb(ROOM, rate_hz=44_100, cuts=())
    made.aim(ROOM, cuts=(), frames=0)
    for size in (2.0, 0.2, 2.0, 0.2):
        made.aim(replace(ROOM, size=size, predelay_s=size / 4), cuts=(), frames=1_000)
        assert np.all(np.isfinite(made.process(noise(150))))
    delays = made.glide.numbers[:, -DELAYS:]
    assert 0 <= delays[2].min() <= delays[2].max() < made.layout[1]
    assert delays[2, :LINES].max() < made.layout[0] - STEP
