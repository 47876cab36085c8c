"""Pairs of sounds, old and new: their figures and spectra, and what is left without the other."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.deliverables.review import measured
from albumbuild.dsp.residual import NullTest, Residual
from albumbuild.dsp.trace import STEPS_A_SECOND
from albumbuild.engine.action import Cancelled
from albumbuild.formats.sound import probe
from albumbuild.steps.figures import FIGURES, SOUND, Named, ToneMeter, read_figures
from albumbuild.steps.stream import AUDIO, BLOCK, FileSource, blocks_of

if TYPE_CHECKING:
    from threading import Event

    from albumbuild.commands.comparing.bench import Finished

STEP_S = 1 / STEPS_A_SECOND

UNHEARD_DBFS = -120.0
"""What is left under this comes of rounding: no medium keeps it, and nobody hears it."""

_LEFT_OUT = frozenset({"frames", "rate_hz", "channels", "dc"})


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One sound on both sides, by the steps that made it; None where a side has none."""

    song: str
    label: str
    set: str | None
    old: str | None
    new: str | None


def is_same(pair: Pair, old: "Finished", new: "Finished") -> bool:
    """Whether both sounds are the same, bit for bit."""
    if pair.old is None or pair.new is None:
        return False
    return old.digest(pair.old, AUDIO) == new.digest(pair.new, AUDIO)


def wanted_outputs(step: str | None, *, same: bool) -> list[tuple[str, str]]:
    """What must be in the store for a sound to be compared: equal ones need not be read."""
    if step is None:
        return []
    return [(step, FIGURES)] if same else [(step, FIGURES), (step, AUDIO)]


def compared(pair: Pair, *, old: "Finished", new: "Finished", stopped: "Event") -> dict[str, Any]:
    """The two sounds of a pair as data.

    Raises:
        Cancelled: `stopped` was set.
    """
    same = is_same(pair, old, new)
    figures = [_figures(pair.old, old), _figures(pair.new, new)]
    residual, note = Residual(), ""
    if not same and pair.old is not None and pair.new is not None:
        files = (old.blob(pair.old, AUDIO), new.blob(pair.new, AUDIO))
        residual, note = _residual(*files, stopped)
    most_db = residual.most_db
    return {
        "set": pair.set,
        "label": pair.label,
        "same": same,
        "audible": not same and (most_db is None or most_db > UNHEARD_DBFS),
        **side_by_side(*figures),
        "null": {"step_s": STEP_S, "db": list(residual.db)},
        "null_max_db": most_db,
        "null_at_s": residual.at_s,
        "gain_db": residual.gain_db,
        "note": note,
    }


def side_by_side(old: Named, new: Named) -> dict[str, Any]:
    """Figures as pairs, and how far each third of an octave has moved, in dB."""
    names = [name for name in (new or old) if name not in (*_LEFT_OUT, "spectrum_db")]
    return {
        "figures": {name: [old.get(name), new.get(name)] for name in names},
        "spectrum_db": _moved(old.get("spectrum_db", {}), new.get("spectrum_db", {})),
    }


def strip_figures(path: Path) -> Named:
    """What one strip measures, from its sound."""
    meter = ToneMeter(probe(path).rate_hz)
    for block in blocks_of(path):
        meter.add(block)
    return measured(meter.named())


def _figures(step: str | None, made: "Finished") -> Named:
    return {} if step is None else measured(read_figures(made.blob(step, FIGURES))[SOUND])


def _moved(
    old: Mapping[str, float | None], new: Mapping[str, float | None]
) -> dict[str, float | None]:
    """The difference of each band; None where one of the two has nothing there."""
    found: dict[str, float | None] = {}
    for band in new:
        was, now = old.get(band), new[band]
        if was is not None or now is not None:
            found[band] = None if was is None or now is None else round(now - was, 2)
    return found


def _residual(old: Path, new: Path, stopped: "Event") -> tuple[Residual, str]:
    """What is left of the new sound without the old one; the shorter goes on as silence."""
    rate_hz = probe(new).rate_hz
    if probe(old).rate_hz != rate_hz:
        return Residual(), f"no null test: {probe(old).rate_hz} Hz and {rate_hz} Hz"
    test = NullTest(rate_hz)
    with FileSource(old) as first, FileSource(new) as second:
        frames = max(first.end, second.end)
        for position in range(0, frames, BLOCK):
            if stopped.is_set():
                raise Cancelled
            count = min(BLOCK, frames - position)
            test.add(first.read(position, count), second.read(position, count))
    return test.residual(), ""
