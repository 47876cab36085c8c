"""Faults put into clean sound are found where they are; clean sound has none."""

import numpy as np
import pytest
import scipy.signal
import soxr

from albumbuild.dsp.fault import Fault
from albumbuild.dsp.faults import SHOWN, FaultFinder, shown
from tests.signals import Block, noise, sine

RATE = 44_100
SECONDS = 12


def music(seconds: float = SECONDS, *, rate_hz: int = RATE, seed: int = 1) -> Block:
    """Notes of many partials over soft noise; the sides are alike but for the noise."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate_hz)
    sound = np.zeros(frames)
    for start in range(0, frames, rate_hz // 4):
        pitch_hz = 55 * 2 ** (rng.integers(0, 36) / 12)
        since = np.arange(min(rate_hz, frames - start)) / rate_hz
        envelope = (
            np.exp(-5 * since) * np.minimum(1, since / 0.005) * np.clip(20 - 20 * since, 0, 1)
        )
        for number in range(1, min(20, int(18_000 / pitch_hz)) + 1):
            tone = np.sin(2 * np.pi * (pitch_hz * number * since + rng.uniform()))
            sound[start : start + len(since)] += 0.1 / number * envelope * tone
    hiss = scipy.signal.lfilter([1], [1, -0.9], rng.standard_normal((frames, 2)), axis=0)
    return sound[:, np.newaxis] + 0.002 * hiss


@pytest.fixture(scope="module")
def clean() -> Block:
    """Music, rounded to 24 bits."""
    return rounded(music(), 24)


def rounded(block: Block, bits: int) -> Block:
    """The samples at a word length."""
    return np.rint(block * 2.0 ** (bits - 1)) / 2.0 ** (bits - 1)


def found(
    block: Block, *, rate_hz: int = RATE, bits: int | None = 24, piece: int = 32_768
) -> list[Fault]:
    """What is told of a sound that comes in pieces."""
    finder = FaultFinder(rate_hz, block.shape[1], bits=bits)
    for at in range(0, len(block), piece):
        finder.add(block[at : at + piece])
    return finder.faults()


def kinds(block: Block, **options: int) -> set[str]:
    """The kinds of what is found."""
    return {fault.kind for fault in found(block, **options)}


def test_clean_sound_has_no_faults(clean: Block) -> None:
    assert found(clean) == []
    assert found(clean[:, :1].copy()) == []


@pytest.mark.parametrize("frames", [0, 1, 441, 44_100])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_short_sound_and_silence_have_none(frames: int, channels: int) -> None:
    assert found(np.zeros((frames, channels))) == []
    assert found(rounded(noise(frames, channels), 24)) == []


@pytest.mark.parametrize("rate_hz", [8_000, 192_000])
def test_every_rate_is_looked_at(rate_hz: int) -> None:
    assert found(rounded(noise(3 * rate_hz), 24), rate_hz=rate_hz) == []


def test_blocks_are_not_heard(clean: Block) -> None:
    faulty = (0.7 / np.abs(clean).max() * clean[: 6 * RATE]).clip(-0.4, 0.4) + 0.01
    faulty[100_000:100_200] = 0
    whole = found(faulty, piece=len(faulty))
    assert {"clipping", "dropout", "dc"} <= {fault.kind for fault in whole}
    assert found(faulty, piece=4_999) == whole


@pytest.mark.parametrize("length_s", [0.001, 0.005, 0.05, 0.19])
@pytest.mark.parametrize("held", [False, True])
def test_dropouts_are_found_where_they_are(clean: Block, length_s: float, held: bool) -> None:
    faulty, length = clean.copy(), round(length_s * RATE) + 1
    places = [round((2.6 + each) * RATE) + 301 * each for each in range(9)]
    for at in places:
        faulty[at : at + length, 0] = 0.3 * faulty[at - 1, 0] if held else 0.0
    told = [fault for fault in found(faulty) if fault.kind == "dropout"]
    assert {fault.channel for fault in told} == {0}
    right = [fault for fault in told if any(abs(fault.at_s * RATE - at) < 2 for at in places)]
    assert len(right) == len(told)
    assert len(right) >= 6  # a gap whose edge is no jump is not heard as one
    assert all(fault.length_s == pytest.approx(length / RATE, abs=1e-4) for fault in right)


def test_a_pause_with_soft_edges_is_none(clean: Block) -> None:
    paused = clean.copy()
    fade = np.linspace(1, 0, 2_000)[:, np.newaxis]
    paused[100_000:102_000] *= fade
    paused[102_000:106_000] = 0
    paused[106_000:108_000] *= fade[::-1]
    assert found(rounded(paused, 24)) == []


@pytest.mark.parametrize("shape", ["square", "pulse"])
def test_waves_that_stand_still_have_no_dropouts(shape: str) -> None:
    times = np.arange(5 * RATE) / RATE
    wave = scipy.signal.square(2 * np.pi * 110 * times)
    if shape == "pulse":
        wave = wave * (np.sin(2 * np.pi * 55 * times) > 0)
    assert "dropout" not in kinds(0.5 * wave[:, np.newaxis])


def test_clipping_at_full_scale_and_below(clean: Block) -> None:
    peak = np.abs(clean).max()
    loud = (clean * (1.4 / peak)).clip(-1, 1 - 2**-23)
    for gain in (1.0, 0.7):
        told = [fault for fault in found(rounded(loud, 16) * gain) if fault.kind == "clipping"]
        assert told
        assert all(fault.level_db == pytest.approx(20 * np.log10(gain), abs=0.01) for fault in told)
        assert all("run" in fault.detail for fault in told)
    assert "clipping" not in kinds(rounded(clean * (0.99 / peak), 16), bits=16)


def test_the_flat_tops_of_low_tones_are_not_cut() -> None:
    tone = rounded(sine(30, rate_hz=96_000, frames=400_000, peak=0.9), 16)
    assert "clipping" not in kinds(tone, rate_hz=96_000, bits=16)


def test_an_offset_is_told_for_its_channel(clean: Block) -> None:
    (fault,) = found(clean + np.array([0.0, -0.005]))
    assert (fault.kind, fault.channel) == ("dc", 1)
    assert fault.level_db == pytest.approx(-46.02, abs=0.2)


@pytest.mark.parametrize("mains_hz", [50, 60])
@pytest.mark.parametrize("level_db", [-40, -60])
def test_hum_is_told_with_its_lines(clean: Block, mains_hz: int, level_db: float) -> None:
    times = np.arange(30 * RATE) / RATE
    lines = [np.sin(2 * np.pi * mains_hz * 1.0005 * k * times + k) for k in (1, 2, 3)]
    hum = 10 ** (level_db / 20) * np.sqrt(2 / 3) * np.sum(lines, axis=0)
    block = noise(30 * RATE) * 0.0003 + hum[:, np.newaxis]
    block[13 * RATE : 25 * RATE] += clean
    (fault,) = found(rounded(block, 24))
    assert fault.kind == "hum"
    assert fault.level_db == pytest.approx(level_db, abs=0.5)
    assert f"{mains_hz}, {2 * mains_hz}" in fault.detail


@pytest.mark.parametrize("note_hz", [49.0, 61.74, 58.27])
def test_a_drone_beside_the_mains_is_no_hum(note_hz: float) -> None:
    times = np.arange(15 * RATE) / RATE
    drone = sum(np.sin(2 * np.pi * note_hz * k * times) / k for k in range(1, 9))
    assert "hum" not in kinds(rounded(0.1 * drone[:, np.newaxis], 24))


def test_a_pretended_word_length(clean: Block) -> None:
    sixteen = rounded(clean, 16)
    (fault,) = found(sixteen)
    assert fault.detail == "16 bits of 24 are used"
    assert found(sixteen, bits=16) == []
    (fault,) = found(rounded(rounded(clean, 8), 16), bits=16)
    assert fault.detail == "8 bits of 16 are used"


def test_sixteen_bits_that_were_turned_down() -> None:
    quiet = rounded(rounded(noise(60 * RATE, 1) * 0.05, 16) * 0.77, 24)
    (fault,) = found(quiet)
    assert fault.kind == "bit-depth"
    assert "without dither" in fault.detail
    assert found(rounded(noise(60 * RATE, 1) * 0.05, 24)) == []


@pytest.mark.parametrize(
    ("was_hz", "rate_hz"), [(44_100, 96_000), (48_000, 96_000), (22_050, 44_100), (96_000, 192_000)]
)
def test_upsampled_sound_tells_its_rate(was_hz: int, rate_hz: int) -> None:
    frames = 6 * was_hz
    hiss = scipy.signal.lfilter([1], [1, -0.9], noise(frames), axis=0) * 0.1
    up = soxr.resample(hiss, was_hz, rate_hz, quality="VHQ")
    (fault,) = found(rounded(up, 24), rate_hz=rate_hz)
    assert fault.kind == "upsampled"
    assert f"at {was_hz / 1_000:g} kHz" in fault.detail


@pytest.mark.parametrize("cut_hz", [16_000, 19_000])
def test_what_a_lossy_coder_cut_off(cut_hz: int) -> None:
    taps = scipy.signal.firwin(1_001, cut_hz, fs=RATE, window=("kaiser", 10))
    cut = scipy.signal.fftconvolve(noise(6 * RATE) * 0.1, taps[:, np.newaxis], axes=0)
    (fault,) = found(rounded(cut, 24))
    assert fault.kind == "low-pass"
    ends_khz = float(fault.detail.removeprefix("the spectrum ends at ").split()[0])
    assert 1_000 * ends_khz == pytest.approx(cut_hz, abs=500)
    assert found(cut, bits=None) == []


@pytest.mark.parametrize("late", [3, -7, 20, -50])
def test_a_side_that_is_late(late: int) -> None:
    block = rounded(music(6), 24)
    block[:, 1] = np.roll(block[:, 1], late)
    (fault,) = found(block)
    assert fault.kind == "misaligned"
    assert (fault.channel, fault.length_s) == (1 if late > 0 else 0, abs(late) / RATE)


def test_a_side_that_is_upside_down(clean: Block) -> None:
    assert kinds(clean * np.array([1, -1])) == {"inverted"}


def test_a_hundred_of_a_kind_are_shown_and_all_are_counted() -> None:
    clicks = [Fault(kind="click", at_s=each / 10, detail="") for each in range(SHOWN + 5)]
    first, counts = shown([*clicks, Fault(kind="dc", detail="")])
    assert len(first) == SHOWN + 1
    assert counts == {"click": SHOWN + 5, "dc": 1}
