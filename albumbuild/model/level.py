"""Levels that may be off and positions in the stereo field, as numbers and as users spell them."""

import math
import re

from msgspec import Meta

OFF = -math.inf
"""The level of something that is not heard, in dB."""

_PAN = re.compile(r"([LR])\s?(\d+(?:\.\d+)?)")


def Level(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A level in decibels, or `-inf` for off."""
    extra = {"unit": "dB", "spelling": "level", "low": low}
    return Meta(le=high, description=description, extra=extra)


def Pan(description: str) -> Meta:  # noqa: N802 - reads as a type
    """A place between left (-100) and right (100), or `L30`, `C`, `R30`."""
    extra = {"unit": "", "spelling": "pan"}
    return Meta(ge=-100, le=100, description=description, extra=extra)


def level_from_text(text: str) -> float | None:
    """`-inf` in decibels; nothing for any other text."""
    return OFF if text.lower() in ("-inf", "-.inf") else None


def pan_from_text(text: str) -> float | None:
    """`L30`, `C` or `R30` as -30, 0 or 30; nothing for any other text."""
    if text.upper() == "C":
        return 0.0
    found = _PAN.fullmatch(text.upper())
    if found is None:
        return None
    return float(found[2]) * (-1.0 if found[1] == "L" else 1.0)
