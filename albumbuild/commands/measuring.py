"""What `measure` found, as text."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

LINES = (
    ("integrated", "integrated_lufs", "LUFS"),
    ("loudness range", "lra_lu", "LU"),
    ("momentary max", "momentary_max_lufs", "LUFS"),
    ("short-term max", "short_term_max_lufs", "LUFS"),
    ("true peak", "true_peak_dbtp", "dBTP"),
    ("sample peak", "sample_peak_dbfs", "dBFS"),
    ("peak to loudness", "plr_lu", "LU"),
    ("crest", "crest_db", "dB"),
    ("correlation", "correlation", ""),
    ("mono loss", "mono_loss_lu", "LU"),
)
_LOWEST_DB = -120.0  # of a bar in the spectrum
_DB_A_MARK = 2.0


def text(figures: Mapping[str, Any]) -> str:
    """All figures of one file, a line each, its spectrum and its faults where they are known."""
    return "\n".join([figures["file"], *_lines(figures), *_spectrum(figures), *_faults(figures)])


def _lines(figures: Mapping[str, Any]) -> Iterator[str]:
    for label, key, unit in LINES:
        value = figures[key]
        shown = "-" if value is None or not math.isfinite(value) else f"{value:.2f} {unit}".strip()
        yield _line(label, shown)
    yield _line("clipped runs", figures["clipped_runs"])
    yield _line("DC", ", ".join(f"{value:.6f}" for value in figures["dc"]))
    head_s, tail_s = figures["head_silence_s"], figures["tail_silence_s"]
    yield _line("silence", f"{head_s:.3f} s at the head, {tail_s:.3f} s at the tail")
    minutes, seconds = divmod(figures["duration_s"], 60)
    bits = f"{figures['bit_depth']} bit" if figures["bit_depth"] else "lossy"
    channels = figures["channels"]
    width = "1 channel" if channels == 1 else f"{channels} channels"
    length = f"{int(minutes)}:{seconds:06.3f}, {figures['rate_hz']} Hz, {width}, {bits}"
    yield _line("length", length)


def _spectrum(figures: Mapping[str, Any]) -> Iterator[str]:
    for centre_hz, level_db in figures.get("spectrum_db", {}).items():
        if level_db is None:
            yield _line(f"{centre_hz} Hz", "-")
        else:
            bar = "▪" * max(0, round((level_db - _LOWEST_DB) / _DB_A_MARK))
            yield _line(f"{centre_hz} Hz", f"{level_db:7.2f} dB  {bar}")


def _faults(figures: Mapping[str, Any]) -> Iterator[str]:
    if "faults" not in figures:
        return
    counts = figures["fault_counts"]
    yield _line("faults", ", ".join(f"{n} {kind}" for kind, n in counts.items()) or "none")
    for fault in figures["faults"]:
        at_s, channel = fault["at_s"], fault["channel"]
        where = "" if at_s is None else f"{int(at_s // 60)}:{at_s % 60:06.3f}"
        side = "" if channel is None else f"channel {channel + 1}"
        yield f"    {fault['kind']:12} {where:>10}  {side:10} {fault['detail']}".rstrip()


def _line(label: str, value: object) -> str:
    return f"  {label:17} {value}"
