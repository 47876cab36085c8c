"""What devices promise, each measured over a sweep of settings: the worst that was found."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.signal import fftconvolve, welch

from tests.measured import analogue
from tests.measured.studio import (
    Block,
    Take,
    decibels,
    desk,
    impulse,
    left,
    mono,
    tone,
)


class Row(NamedTuple):
    """A promise: who makes it, what it is, how far it may be out, and how that is measured."""

    device: str
    promise: str
    limit: float
    unit: str
    worst: Callable[[int], float]


ROWS: list[Row] = []


def row(device: str, promise: str, limit: float, unit: str) -> Callable[..., Any]:
    """Enter a measurement at one rate among the rows."""

    def enter(worst: Callable[[int], float]) -> Callable[[int], float]:
        ROWS.append(Row(device, promise, limit, unit, worst))
        return worst

    return enter


def sweep() -> Iterator[dict[str, Any]]:
    """Bands of every type, from the lowest to the highest frequencies."""
    for freq_hz, q in itertools.product((40, 900, 7_000, 16_000, 19_500), (0.4, 0.7071, 5)):
        for kind, gain_db in itertools.product(("bell", "lowshelf", "highshelf"), (-15, 9)):
            if q < 2 or kind == "bell":
                yield {"type": kind, "freq_hz": freq_hz, "q": q, "gain_db": gain_db}
        for kind in ("notch", "bandpass", "highpass", "lowpass"):
            yield {"type": kind, "freq_hz": freq_hz, "q": q}
    for freq_hz, slope_db in itertools.product((60, 3_000, 15_000), (6, 18, 24, 36, 48)):
        for kind in ("highpass", "lowpass"):
            yield {"type": kind, "freq_hz": freq_hz, "slope_db": slope_db}
    for freq_hz, gain_db in itertools.product((300, 12_000), (-6, 4)):
        yield {"type": "tilt", "freq_hz": freq_hz, "gain_db": gain_db}


@row("eq", "magnitude against the analogue prototype, 10 Hz – 20 kHz, to -40 dB", 0.1, "dB")
def eq(rate_hz: int) -> float:
    bands = list(sweep())
    desks = (bands[first : first + 16] for first in range(0, len(bands), 16))
    return max(_worst_band(each, rate_hz) for each in desks)


def _worst_band(bands: list[dict[str, Any]], rate_hz: int) -> float:
    frames = 1 << 15
    takes = {f"x{n}": mono(impulse(frames, 100), {"eq": [band]}) for n, band in enumerate(bands)}
    with desk(rate_hz, takes) as made:
        return max(off_db(left(made.strip(f"x{n}")), band, rate_hz) for n, band in enumerate(bands))


def off_db(response: Block, band: dict[str, Any], rate_hz: int) -> float:
    """How far a response is from its band's prototype where that is heard."""
    frames = 2 * len(response)
    freqs_hz = np.fft.rfftfreq(frames, 1 / rate_hz)
    heard = (freqs_hz >= 10) & (freqs_hz <= 20_000)
    wanted = decibels(analogue.response(band, freqs_hz[heard]))
    found = decibels(np.fft.rfft(response, frames)[heard])
    return float(np.max(np.abs(found - wanted)[wanted > wanted.max() - 40]))


LINEAR = (
    {"type": "highpass", "freq_hz": 30, "slope_db": 24},
    {"type": "bell", "freq_hz": 250, "gain_db": -6, "q": 2},
    {"type": "highshelf", "freq_hz": 9_000, "gain_db": 6},
    {"type": "lowpass", "freq_hz": 16_000, "slope_db": 48},
)


def linear(rate_hz: int) -> list[Block]:
    """Responses of linear-phase bands, each about its middle."""
    middle = 2 * rate_hz
    takes = {
        f"x{n}": mono(impulse(4 * rate_hz, middle), {"eq": {"bands": [band], "phase": "linear"}})
        for n, band in enumerate(LINEAR)
    }
    with desk(rate_hz, takes) as made:
        return [left(made.strip(name))[: 2 * middle + 1] for name in takes]


@row("eq, linear phase", "magnitude against the analogue prototype, as above", 0.1, "dB")
def eq_linear(rate_hz: int) -> float:
    found = zip(linear(rate_hz), LINEAR, strict=True)
    return max(off_db(response, band, rate_hz) for response, band in found)


@row("eq, linear phase", "response against its mirror image", -120, "dB")
def eq_symmetry(rate_hz: int) -> float:
    middle = 2 * rate_hz
    ways = [(each[middle - 60_000 : middle], each[middle + 60_000 : middle : -1])
            for each in linear(rate_hz)]  # fmt: skip
    return max(float(decibels(np.max(np.abs(a - b)))) for a, b in ways)


def curve_db(level_db: float, *, threshold_db: float, ratio: float, knee_db: float) -> float:
    """What a compressor makes of a level.

    Source: Giannoulis, Massberg and Reiss, JAES 60 (6), 2012, eq. 4.
    """
    over = level_db - threshold_db
    if knee_db and abs(2 * over) <= knee_db:
        return level_db + (1 / ratio - 1) * (over + knee_db / 2) ** 2 / (2 * knee_db)
    return level_db if over <= 0 else threshold_db + over / ratio


@row("compressor", "static curve, peak and RMS, 50 Hz – 5 kHz", 0.05, "dB")
def compressor(rate_hz: int) -> float:
    draw = np.random.default_rng(1)
    takes, wanted = {}, {}
    for n in range(24):
        settings = {
            "threshold_db": float(draw.choice([-45, -30, -18, -6])),
            "ratio": float(draw.choice([1.5, 3, 10, 100])),
            "knee_db": float(draw.choice([0, 6, 18])),
        }
        detector = str(draw.choice(["peak", "rms"]))
        level_db = float(draw.choice([-40, -27, -15, -3]))
        sound = tone(float(draw.choice([50, 440, 997, 5_003])), level_db, 2, rate_hz)
        ballistics = {"attack_ms": 5, "release_ms": 100, "detector": detector}
        takes[f"x{n}"] = mono(sound, {"compressor": {**settings, **ballistics}})
        heard_db = level_db if detector == "peak" else level_db - 3.0103
        wanted[f"x{n}"] = curve_db(heard_db, **settings) - heard_db
    late = slice(round(1.2 * rate_hz), round(1.8 * rate_hz))
    with desk(rate_hz, takes) as made:
        return max(
            abs(gain_db(left(made.strip(name))[late], take.sound[late, 0]) - wanted[name])
            for name, take in takes.items()
        )


def gain_db(heard: Block, given: Block) -> float:
    """How much louder one is than the other."""
    return float(10 * np.log10(np.mean(heard**2) / np.mean(given**2)))


@row("compressor", "attack and release, 5 – 100 and 50 – 300 ms, to 63 %", 10, "%")
def times(rate_hz: int) -> float:
    worst = 0.0
    pairs = [(5, 50), (10, 100), (30, 200), (100, 300)]
    parts = [tone(2_000, level, s, rate_hz) for level, s in ((-40, 1), (-10, 1.5), (-40, 2))]
    settings = {"threshold_db": -30, "ratio": 4, "knee_db": 0}
    takes = {
        f"x{a}": mono(
            np.concatenate(parts),
            {"compressor": {**settings, "attack_ms": a, "release_ms": r}},
        )
        for a, r in pairs
    }
    with desk(rate_hz, takes) as made:
        for attack_ms, release_ms in pairs:
            take = takes[f"x{attack_ms}"]
            gains = gains_db(left(made.strip(f"x{attack_ms}")), take.sound[:, 0])
            rise, fall = gains[rate_hz:], gains[round(2.5 * rate_hz) :]
            full = gains[round(2.4 * rate_hz)]
            took = np.argmax(rise <= 0.632 * full) / rate_hz * 1_000
            gave = np.argmax(fall >= 0.368 * full) / rate_hz * 1_000
            worst = max(worst, abs(took / attack_ms - 1), abs(gave / release_ms - 1))
    return 100 * worst


def gains_db(heard: Block, given: Block) -> Block:
    """The gain of each frame, drawn through those that are not near a crossing of zero."""
    heard = heard[: len(given)]
    clear = np.flatnonzero(np.abs(given) > 1e-3)
    return np.interp(np.arange(len(given)), clear, decibels(heard[clear] / given[clear]))


@row("expander, gate", "static curve and range", 0.05, "dB")
def under(rate_hz: int) -> float:
    takes, wanted = {}, {}
    for n, (level_db, ratio) in enumerate(itertools.product((-66, -50, -43, -20), (2.0, 5.0))):
        settings = {"threshold_db": -40, "ratio": ratio, "range_db": 24, "attack_ms": 1}
        for name in ("expander", "gate"):
            takes[f"{name}{n}"] = mono(tone(997, level_db, 2, rate_hz), {name: settings})
            wanted[f"{name}{n}"] = -min(24, max(0, -40 - level_db) * (ratio - 1))
    late = slice(round(1.2 * rate_hz), round(1.8 * rate_hz))
    with desk(rate_hz, takes) as made:
        return max(
            abs(gain_db(left(made.strip(name))[late], take.sound[late, 0]) - wanted[name])
            for name, take in takes.items()
        )


@row("deesser", "full de-essing against its range; low band left alone", 0.05, "dB")
def deesser(rate_hz: int) -> float:
    settings = {"freq_hz": 5_000, "threshold_db": -40, "range_db": 8}
    takes = {
        str(freq): mono(tone(freq, -10, 1.5, rate_hz), {"deesser": settings})
        for freq in (200, 2_000, 8_000, 11_000)
    }
    late = slice(round(0.7 * rate_hz), round(1.3 * rate_hz))
    with desk(rate_hz, takes) as made:
        found = {
            name: gain_db(left(made.strip(name))[late], take.sound[late, 0])
            for name, take in takes.items()
        }
    return max(
        abs(found["200"]), abs(found["2000"]), abs(found["8000"] + 8), abs(found["11000"] + 8)
    )


@row("multiband", "bands at rest, 2 to 6 of them, 15 Hz – 20 kHz", 0.05, "dB")
def multiband(rate_hz: int) -> float:
    edges = ([200], [120, 3_000], [100, 800, 5_000], [60, 250, 1_200, 6_000, 12_000])
    frames = 1 << 16
    takes = {
        f"x{n}": mono(
            1e-3 * impulse(frames, 100),
            {"multiband": {"crossovers_hz": each, "bands": [{}] * (len(each) + 1)}},
        )
        for n, each in enumerate(edges)
    }
    freqs_hz = np.fft.rfftfreq(frames, 1 / rate_hz)
    heard = (freqs_hz > 15) & (freqs_hz < 20_000)
    with desk(rate_hz, takes) as made:
        spectra = (np.fft.rfft(left(made.strip(name))[:frames])[heard] for name in takes)
        return max(float(np.max(np.abs(decibels(each * 1e3)))) for each in spectra)


@row("saturator", "loudest alias under 20 kHz, tones of 1 – 10 kHz, drive 6 – 24 dB", -90, "dB")
def saturator(rate_hz: int) -> float:
    draws = itertools.product(("tape", "tube", "soft", "hard"), (997, 4_999, 9_973), (6, 24))
    takes = {
        f"{curve}-{freq}-{drive}": mono(
            tone(freq, -6, 1.2, rate_hz), {"saturator": {"curve": curve, "drive_db": drive}}
        )
        for curve, freq, drive in draws
    }
    with desk(rate_hz, takes) as made:
        return max(alias_db(left(made.strip(name)), int(name.split("-")[1]), rate_hz)
                   for name in takes)  # fmt: skip


def alias_db(sound: Block, freq_hz: int, rate_hz: int) -> float:
    """The loudest line that is no harmonic, against the fundamental; one second is looked at."""
    lines = np.abs(np.fft.rfft(sound[2_000 : 2_000 + rate_hz]))
    own = np.arange(0, len(lines), freq_hz)
    other = np.ones(len(lines), dtype=bool)
    for near in (-1, 0, 1):
        other[np.clip(own + near, 0, len(lines) - 1)] = False
    other[:20] = other[20_001:] = False
    return float(decibels(lines[other].max() / lines[freq_hz]))


@row("reverb", "decay of the whole sound (Schroeder, -5 … -35 dB) against `decay_s`", 5, "%")
def reverb(rate_hz: int) -> float:
    rooms: tuple[dict[str, float], ...] = (
        {},
        {"decay_s": 0.6, "size_pct": 60},
        {"decay_s": 1.2, "damping_hz": 3_000, "predelay_ms": 40},
        {"decay_s": 3, "damping_hz": 16_000, "diffusion_pct": 50},
        {"decay_s": 5, "size_pct": 180, "modulation_pct": 80, "early_db": -20},
    )
    clap = impulse(rate_hz // 2, 900).reshape(-1, 1)
    takes = {f"x{n}": Take(clap, {"inserts": [{"reverb": room}]}) for n, room in enumerate(rooms)}
    with desk(rate_hz, takes) as made:
        decays = [decay_s(made.strip(name), rate_hz) for name in takes]
    wanted = [room.get("decay_s", 1.8) for room in rooms]
    return 100 * max(abs(found / each - 1) for found, each in zip(decays, wanted, strict=True))


def decay_s(sound: Block, rate_hz: int) -> float:
    """The time to fall by 60 dB.

    Source: ISO 3382-1, integrated impulse response, evaluated as T30.
    """
    energy = np.cumsum(np.sum(sound**2, axis=1)[::-1])[::-1]
    levels = 10 * np.log10(energy / energy[0] + 1e-30)
    first, last = np.argmax(levels <= -5), np.argmax(levels <= -35)
    slope = np.polyfit(np.arange(first, last) / rate_hz, levels[first:last], 1)[0]
    return float(-60 / slope)


@row("convolution", "against scipy's fftconvolve, impulses of 1 to 100,000 frames", -120, "dB")
def convolution(rate_hz: int) -> float:
    draw = np.random.default_rng(2)
    sound = np.float32(0.1 * draw.standard_normal((rate_hz, 2))).astype(np.float64)
    lengths = (1, 2, 999, 8_192, 100_000)
    irs = {
        f"ir{n}": np.float32(0.02 * draw.standard_normal((n, 2))).astype(np.float64)
        for n in lengths
    }
    takes = {
        f"x{n}": Take(sound, {"inserts": [{"convolution": {"impulse": f"ir{n}.wav"}}]})
        for n in lengths
    }
    worst = -np.inf
    with desk(rate_hz, takes, sounds=irs) as made:
        for n in lengths:
            wanted = fftconvolve(sound, irs[f"ir{n}"], axes=0)
            off = np.abs(made.strip(f"x{n}")[: len(wanted)] - wanted).max()
            worst = max(worst, float(decibels(off / np.abs(wanted).max())))
    return worst


def pink(rate_hz: int, seed: int, wave_db: float) -> Block:
    """Noise that falls by 3 dB an octave, under a wave of four octaves in its spectrum."""
    draw, freqs_hz = np.random.default_rng(seed), np.fft.rfftfreq(12 * rate_hz, 1 / rate_hz)
    octaves = np.log2(np.maximum(freqs_hz, 20) / 20)
    shape = 10 ** (wave_db * np.sin(octaves * np.pi / 2) / 20) / np.sqrt(np.maximum(freqs_hz, 20))
    spectrum = np.fft.rfft(draw.standard_normal((12 * rate_hz, 2)), axis=0) * shape[:, np.newaxis]
    sound = np.fft.irfft(spectrum, axis=0)
    return np.asarray(0.1 * sound / sound.std())


def thirds_db(sound: Block, rate_hz: int) -> Block:
    """The level of each third of an octave from 50 Hz to 16 kHz."""
    freqs_hz, power = welch(sound.T, rate_hz, nperseg=rate_hz, scaling="spectrum")
    edges_hz = 50 * 2 ** ((np.arange(27) - 0.5) / 3)
    return np.array([decibels(np.sqrt(power[:, (freqs_hz >= low) & (freqs_hz < high)].sum()))
                     for low, high in itertools.pairwise(edges_hz)])  # fmt: skip


@row("match", "thirds of an octave against those of a reference, ± 4 dB before", 1, "dB")
def match(rate_hz: int) -> float:
    reference = pink(rate_hz, 1, 4.0)
    insert = {"match": {"reference": ["ref.wav"], "amount_pct": 100, "max_db": 12}}
    takes = {"own": Take(pink(rate_hz, 2, 0.0), {})}
    with desk(rate_hz, takes, sounds={"ref": reference}, master={"inserts": [insert]}) as made:
        off = thirds_db(made.render("premaster:s"), rate_hz) - thirds_db(reference, rate_hz)
    return float(np.max(np.abs(off - np.median(off))))


@row("delay", "echoes out of place, in time and in notes", 0, "frames")
def delay(rate_hz: int) -> float:
    times_ms = {"x0": ({"time_ms": 1.5}, 1.5), "x1": ({"time_ms": 333.3}, 333.3),
                "x2": ({"note": "1/8."}, 375.0), "x3": ({"note": "1/4t"}, 1000 / 3)}  # fmt: skip
    takes = {
        name: mono(impulse(2 * rate_hz, 50), {"delay": {**time, "feedback_pct": 50}})
        for name, (time, _) in times_ms.items()
    }
    worst = 0
    with desk(rate_hz, takes, tempo=120) as made:
        for name, (_, time_ms) in times_ms.items():
            found = np.flatnonzero(np.abs(left(made.strip(name))) > 0.1)[:3] - 50
            length = int(time_ms * rate_hz / 1_000 + 0.5)
            worst = max(worst, *(abs(int(at) - n * length) for n, at in enumerate(found, 1)))
    return float(worst)


@row("pan, fades", "against their laws", 0.01, "dB")
def laws(rate_hz: int) -> float:
    ones = np.ones(rate_hz)
    share = np.arange(rate_hz // 2) / (rate_hz // 2)
    fades = {
        "linear": share,
        "equal_power": np.sin(share * np.pi / 2),
        "s": 0.5 - 0.5 * np.cos(share * np.pi),
        "log": np.where(share > 0, 10 ** (-3 * (1 - share)), 0),
    }
    takes = {f"p{pan}": Take(ones.reshape(-1, 1), {"pan": pan}) for pan in (-70, 0, 33)}
    takes |= {name: mono(ones, fade_in={"time_s": 0.5, "curve": name}) for name in fades}
    off = []
    with desk(rate_hz, takes) as made:
        for pan in (-70, 0, 33):
            turn = (pan + 100) / 200 * np.pi / 2
            off += list(decibels(made.strip(f"p{pan}")[0] / (np.cos(turn), np.sin(turn))))
        for name, wanted in fades.items():
            heard = wanted > 1e-3
            found = left(made.strip(name))[: len(share)]
            off.append(float(np.max(np.abs(decibels(found[heard] / wanted[heard])))))
    return float(np.max(np.abs(off)))


@row("automation", "ramps of a fader and of an insert against straight lines in dB", 0.01, "dB")
def automation(rate_hz: int) -> float:
    points = [[0.1, 0], [0.3, -40], [0.31, 6], [0.9, -12]]
    ones = np.ones(rate_hz)
    takes = {
        "fader": mono(ones, automation={"gain_db": points}),
        "insert": mono(ones, {"gain": {"id": "g"}}, automation={"g.level_db": points}),
    }
    wanted = np.interp(np.arange(rate_hz) / rate_hz, *np.transpose(points))
    with desk(rate_hz, takes) as made:
        found = [decibels(left(made.strip(name))) for name in takes]
    return max(float(np.max(np.abs(each - wanted))) for each in found)


@row(
    "alignment", "a stem against its copy through devices that look ahead and do nothing", 0, "peak"
)
def nulls(rate_hz: int) -> float:
    sound = 0.1 * np.random.default_rng(3).standard_normal((rate_hz, 2))
    late: tuple[dict[str, Any], ...] = (
        {"compressor": {"ratio": 1, "lookahead_ms": 7}},
        {"limiter": {"ceiling_dbtp": 0, "lookahead_ms": 20}},
        {"eq": {"bands": [{"type": "bell", "freq_hz": 90}], "phase": "linear"}},
        {"saturator": {"mix_pct": 0}},
        {"deesser": {"threshold_db": 0}},
        {"reverb": {"bypass": True}},
    )
    takes = {
        "dry": Take(sound, {"polarity": "invert"}),
        "wet": Take(sound, {"inserts": [*late]}),
    }
    with desk(rate_hz, takes) as made:
        return float(np.max(np.abs(made.render("mix:s"))))
