"""A loudness meter that is not ours: what we deliver is measured by it again."""

import math
from typing import TYPE_CHECKING

import pyloudnorm

if TYPE_CHECKING:
    from albumbuild.model.device import Block

GATE_S = 0.4
"""A shorter sound has no loudness."""


def second_lufs(block: "Block", rate_hz: int) -> float | None:
    """The integrated loudness of a whole sound by pyloudnorm's exact filters.

    None where there is none: silence, or less than a gating block.
    """
    if len(block) < GATE_S * rate_hz:
        return None
    meter = pyloudnorm.Meter(rate_hz, filter_class="DeMan")
    found = float(meter.integrated_loudness(block))
    return found if math.isfinite(found) else None
