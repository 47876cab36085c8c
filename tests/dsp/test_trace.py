"""The course of a sound: what each tenth of a second of it was."""

import numpy as np
import pytest

from albumbuild.dsp.meter import Meter
from albumbuild.dsp.trace import Tracer, step_end, step_of, steps
from tests.signals import noise, sine

RATES_HZ = (8_000, 11_025, 44_100, 48_000, 96_000)


def traced(block, rate_hz, sizes=(32_768,)):
    tracer, at, turn = Tracer(rate_hz), 0, 0
    while at < len(block):
        size = sizes[turn % len(sizes)]
        tracer.add(block[at : at + size])
        at, turn = at + size, turn + 1
    return tracer


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_steps_share_out_every_frame_once(rate_hz):
    found = [*steps(0, 3 * rate_hz + 7, rate_hz)]
    assert [each.start for each in found[1:]] == [each.stop for each in found[:-1]]
    assert found[-1].stop == 3 * rate_hz + 7
    assert all(step_of(each.start, rate_hz) == number for number, each in enumerate(found))
    assert all(step_end(each.start, rate_hz) == each.stop for each in found[:-1])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_it_is_the_same_however_the_sound_is_cut(rate_hz):
    block = noise(rate_hz * 4, channels=2, seed=3) * 0.2
    whole = traced(block, rate_hz, (len(block),))
    parts = traced(block, rate_hz, (1, 63, 512, 4_096, 20_001))
    assert whole.trace() == parts.trace()
    assert whole.meter.figures() == parts.meter.figures()


def test_the_meter_within_reads_what_a_meter_alone_reads():
    block = noise(44_100 * 5, channels=2, seed=4) * 0.5
    alone = Meter(44_100, 2)
    alone.add(block)
    assert traced(block, 44_100).meter.figures() == alone.figures()


def test_peaks_and_loudness_over_time_reach_the_figures():
    block = noise(48_000 * 8, channels=2, seed=5) * np.linspace(0.01, 0.5, 48_000 * 8)[:, None]
    tracer = traced(block, 48_000)
    trace, figures = tracer.trace(), tracer.meter.figures()
    assert max(trace.dbtp) == round(figures.true_peak_dbtp, 2)
    assert max(each for each in trace.short_lufs if each is not None) == pytest.approx(
        figures.short_term_max_lufs, abs=0.05
    )
    assert trace.short_lufs[:29] == (None,) * 29
    assert trace.short_lufs[29] is not None
    assert len(trace.low) == len(trace.short_lufs) == 80


def test_silence_has_no_peak_no_loudness_and_no_correlation():
    trace = traced(np.zeros((44_100 * 4, 2)), 44_100).trace()
    assert set(trace.dbtp) == set(trace.short_lufs) == set(trace.correlation) == {None}
    assert set(trace.low) == set(trace.high) == {0.0}


@pytest.mark.parametrize(("right", "wanted"), [(1.0, 1.0), (-1.0, -1.0), (0.0, None)])
def test_correlation_tells_how_the_sides_go_together(right, wanted):
    tone = sine(1_000, rate_hz=44_100, frames=44_100)
    block = np.concatenate((tone, right * tone), axis=1)
    assert set(traced(block, 44_100).trace().correlation) == {wanted}


def test_a_sound_that_ends_within_a_step_keeps_that_step():
    assert len(traced(np.ones((4_411, 2)) * 0.5, 44_100).trace().low) == 2
    assert traced(np.zeros((0, 2)), 44_100).trace().low == ()
