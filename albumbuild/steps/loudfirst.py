"""Songs from loud to calm, as a side of a record wants them: treble is worst near the label."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from albumbuild.model.programme import Slot
from albumbuild.steps.figures import SOUND, read_figures

SILENCE_LUFS = -70.0
"""What silence counts as: there the gate of the meter is."""

STEP_LU = 0.5
"""Songs are as loud as one another on the same of these steps under the loudest one."""

Run = tuple[Slot, ...]
"""Songs that stay together."""


def loudness_lufs(figures: Path) -> float:
    """What a master was measured at."""
    measured = read_figures(figures)[SOUND]["integrated_lufs"]
    return SILENCE_LUFS if measured is None else max(float(measured), SILENCE_LUFS)


def loud_first(
    runs: Sequence[Run], lufs: Mapping[str, float], frames: Mapping[str, int]
) -> list[Run]:
    """The same runs from loud to calm; those that are as loud as one another stay as they were.

    A run is as loud as its songs are in the mean, by their lengths.
    """

    def mean(run: Run) -> float:
        whole = sum(frames[slot.song] for slot in run)
        return sum(lufs[slot.song] * frames[slot.song] for slot in run) / max(whole, 1)

    loudest = max(map(mean, runs))
    return sorted(runs, key=lambda run: round((loudest - mean(run)) / STEP_LU))
