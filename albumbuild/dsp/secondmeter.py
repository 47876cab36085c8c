"""A loudness meter that is not ours: what we deliver is measured by it again."""

import math
from typing import TYPE_CHECKING

import pyloudnorm

if TYPE_CHECKING:
    from albumbuild.model.device import Block

GATE_S = 0.4
"""A shorter sound has no loudness."""

HOPS_PER_SECOND = 10
"""How often a gating block begins."""


def second_lufs(block: "Block", rate_hz: int) -> float | None:
    """The integrated loudness of a whole sound by pyloudnorm's exact filters.

    None where there is none: silence, or less than a gating block. A last gating block that
    is not whole does not count, as the standard has it; pyloudnorm would take one that is
    half there, which is heard in a sound of few blocks.

    Source: ITU-R BS.1770-5, Annex 1, gating: what is left over at the end is not used.
    """
    if len(block) < GATE_S * rate_hz:
        return None
    block = block[: len(block) * HOPS_PER_SECOND // rate_hz * rate_hz // HOPS_PER_SECOND]
    meter = pyloudnorm.Meter(rate_hz, filter_class="DeMan")
    found = float(meter.integrated_loudness(block))
    return found if math.isfinite(found) else None
