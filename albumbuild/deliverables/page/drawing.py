"""Curves as paths of SVG: whole numbers, one unit a point, broken where there is no value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Values = Sequence[float | None]

WAVE_HEIGHT = 200
"""Of the picture of a waveform: full scale to either side of the middle."""


def waveform(low: Sequence[float], high: Sequence[float]) -> str:
    """The area between the lowest and the highest samples."""
    middle = WAVE_HEIGHT / 2
    above = [(at, middle - middle * value) for at, value in enumerate(high)]
    below = [(at, middle - middle * value) for at, value in enumerate(low)]
    return f"M{_points(above + below[::-1])}Z" if above else ""


def line(values: Values, *, low: float, high: float, height: int) -> str:
    """A line from `low` at the bottom to `high` at the top; what is beyond stands at the edge."""
    scale = height / (high - low)
    parts = []
    for run in _runs(values):
        points = [(at, (high - min(max(value, low), high)) * scale) for at, value in run]
        if len(points) == 1:
            points.append((points[0][0] + 1, points[0][1]))
        parts.append(f"M{_points(points)}")
    return "".join(parts)


def reduction_paths(
    reductions: Sequence[Mapping[str, Any]], most_db: float
) -> list[dict[str, str]]:
    """A line for each device, downwards from 0 dB to `most_db`, with its words."""
    return [
        {
            "role": f"reduction nth{at % 4}",
            "words": f"{each['device']}, {each['place']}",
            "d": line([-db for db in each["db"]], low=-most_db, high=0, height=WAVE_HEIGHT),
        }
        for at, each in enumerate(reductions)
    ]


def _runs(values: Values) -> Iterator[list[tuple[int, float]]]:
    """The values that stand side by side, each with its place."""
    run: list[tuple[int, float]] = []
    for at, value in enumerate(values):
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((at, value))
    if run:
        yield run


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{round(x)},{round(y)}" for x, y in points)
