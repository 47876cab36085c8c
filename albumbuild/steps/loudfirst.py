"""Songs from loud to calm, as a side of a record wants them: treble is worst near the label."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from albumbuild.model.programme import Slot
from albumbuild.steps.figures import Named

SILENCE_LUFS = -70.0
"""What silence counts as: there the gate of the meter is."""

STEP_LU = 0.5
"""Songs are as loud as one another on the same of these steps under the loudest one."""


def as_played(
    slots: Sequence[Slot], starts: Sequence[int], masters: Mapping[str, Named]
) -> tuple[Slot, ...]:
    """The songs of a side as they play: those that stay together begin at `starts`.

    They go from loud to calm as their masters measure, each run as loud as its songs are in the
    mean, by their lengths; those that are as loud as one another stay as they were. Without
    `starts` all do.
    """
    if not starts:
        return tuple(slots)

    def lufs(run: Sequence[Slot]) -> float:
        frames = [masters[slot.song]["frames"] for slot in run]
        loudness = [_loudness_lufs(masters[slot.song]) for slot in run]
        weighed = (each * many for each, many in zip(loudness, frames, strict=True))
        return float(sum(weighed) / max(sum(frames), 1))

    runs = [slots[first:end] for first, end in pairwise((*starts, len(slots)))]
    loudest = max(map(lufs, runs))
    ordered = sorted(runs, key=lambda run: round((loudest - lufs(run)) / STEP_LU))
    return tuple(slot for run in ordered for slot in run)


def _loudness_lufs(master: Named) -> float:
    measured = master["integrated_lufs"]
    return SILENCE_LUFS if measured is None else max(float(measured), SILENCE_LUFS)
