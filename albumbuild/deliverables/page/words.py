"""Figures as the page writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

MISSING = "–"
MINUS = "\N{MINUS SIGN}"


def clock(seconds: float | None) -> str:
    """`m:ss`, or `h:mm:ss`."""
    if seconds is None:
        return MISSING
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def hundredths(value: float | None, unit: str = "") -> str:
    """A figure to a hundredth, with a real minus; silence is told as such."""
    if value is None:
        return MISSING
    text = f"{value:.2f}".replace("-", MINUS)
    return f"{text} {unit}" if unit else text


def level(value: float | None, unit: str) -> str:
    """A level to a hundredth; none is that of silence."""
    return f"{MINUS}∞ {unit}" if value is None else hundredths(value, unit)


def khz(rate_hz: int) -> str:
    """A rate as engineers say it."""
    return f"{rate_hz / 1000:g} kHz"


FIGURES: tuple[tuple[str, str, str], ...] = (
    ("integrated_lufs", "Loudness", "LUFS"),
    ("lra_lu", "Loudness range", "LU"),
    ("momentary_max_lufs", "Highest momentary", "LUFS"),
    ("short_term_max_lufs", "Highest short-term", "LUFS"),
    ("true_peak_dbtp", "True peak", "dBTP"),
    ("sample_peak_dbfs", "Sample peak", "dBFS"),
    ("plr_lu", "Peak to loudness", "LU"),
    ("crest_db", "Crest", "dB"),
    ("correlation", "Correlation", ""),
    ("mono_loss_lu", "Loss in mono", "LU"),
    ("head_silence_s", "Silence before", "s"),
    ("tail_silence_s", "Silence after", "s"),
)
"""What is shown of a sound: the figure as `measure` calls it, its words, its unit."""


LEVELS = ("_lufs", "_dbtp", "_dbfs")


def figure(name: str, value: float | None, unit: str) -> str:
    """A figure, by what `measure` calls it, with its unit."""
    return level(value, unit) if name.endswith(LEVELS) else hundredths(value, unit)


def figure_rows(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a sound in words."""
    rows = [(words, figure(name, figures[name], unit)) for name, words, unit in FIGURES]
    offset = max((abs(each) for each in figures["dc"]), default=0.0)
    rows.append(("DC offset", f"{offset:.5f}"))
    rows.append(("Clipped runs", str(figures["clipped_runs"])))
    rows.append(("Length", f"{figures['duration_s']:.3f} s"))
    return rows


def first_shown(song: Mapping[str, Any]) -> int:
    """Which of a song's sounds is seen first: a master, where there is one."""
    masters = (at for at, sound in enumerate(song["sounds"]) if sound["set"] is not None)
    return next(masters, 0)


def reduction_words(reductions: Sequence[Mapping[str, Any]]) -> str:
    """What each device has turned down at most."""
    return ", ".join(
        f"{each['device']} of the {each['place']} up to {max(each['db']):.1f} dB"
        for each in reductions
    )


def compare_rows(pairs: Mapping[str, Sequence[float | None]]) -> list[tuple[str, str, str, str]]:
    """Figures before and after, and how far they are apart."""
    rows = []
    for name, words, unit in FIGURES:
        old, new = pairs[name]
        change = MISSING if old is None or new is None else f"{new - old:+.2f}"
        rows.append(
            (words, figure(name, old, unit), figure(name, new, unit), change.replace("-", MINUS))
        )
    return rows
