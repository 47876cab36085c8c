"""A drawing of one side's groove over its time, as SVG: amplitudes, curves, and the radius."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.cutting import Cut
from albumbuild.dsp.groove import Groove

Array = npt.NDArray[np.float64]

WIDTH, HEIGHT = 720, 110
LEFT, GAP = 60, 34
COLUMNS = 360

_STYLE = (
    "text{font:11px sans-serif;fill:#333}"
    "path{fill:none;stroke-width:1}"
    "rect{fill:#fafafa;stroke:#bbb}"
    ".a{stroke:#1f5fa8}.b{stroke:#c0392b}.limit{stroke:#999;stroke-dasharray:4 3}"
)


def groove_svg(groove: Groove, made: Cut, *, title: str) -> str:
    """Three panels above each other on one time line.

    Excursions in um sideways (blue) and up and down (red); how steep walls are (blue) and how
    tight sibilance is (red), in per cent of what the lathe and a stylus can do there; the
    radius in mm.
    """
    panels: tuple[tuple[str, list[Array], list[float]], ...] = (
        ("um sideways, up and down", [groove.lateral_um, groove.vertical_um], []),
        ("% steepness, sibilance", [100 * made.steepness, 100 * made.hiss], [100.0]),
        ("mm radius", [made.radius_um / 1000], []),
    )
    height = len(panels) * (HEIGHT + GAP) + GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 20}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<text x="{LEFT}" y="16">{_escaped(title)}</text>',
    ]
    for number, (label, curves, limits) in enumerate(panels):
        top = GAP + number * (HEIGHT + GAP)
        lines += _panel(top, label, [_columns(each) for each in curves], limits)
    lines += [*_times(groove.seconds, height - GAP + 6), "</svg>"]
    return "\n".join(lines) + "\n"


def _panel(top: int, label: str, curves: Sequence[Array], limits: Sequence[float]) -> Iterator[str]:
    most = max(max((float(curve.max()) for curve in curves), default=0.0), *limits, 1.0) * 1.05
    yield f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}"/>'
    yield f'<text x="{LEFT}" y="{top - 4}">{label}</text>'
    for value, y in ((most, top + 10), (0.0, top + HEIGHT)):
        yield f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{value:.0f}</text>'
    for limit in limits:
        level = top + HEIGHT * (1 - limit / most)
        yield f'<path class="limit" d="M{LEFT} {level:.1f}H{LEFT + WIDTH}"/>'
    for name, curve in zip("ab", curves, strict=False):
        step = WIDTH / len(curve)
        points = (
            f"{LEFT + (at + 0.5) * step:.1f} {top + HEIGHT * (1 - value / most):.1f}"
            for at, value in enumerate(curve.tolist())
        )
        yield f'<path class="{name}" d="M{"L".join(points)}"/>'


def _times(seconds: float, y: int) -> Iterator[str]:
    """Where minutes are; tenths of a minute on a short side."""
    step = 60.0 if seconds >= 120 else 6.0
    for number in range(int(seconds / step) + 1):
        at = number * step
        x = LEFT + WIDTH * at / seconds
        shown = f"{int(at // 60)}:{int(at % 60):02}"
        yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{shown}</text>'


def _columns(cells: Array) -> Array:
    """The most of each of `COLUMNS` stretches, or the cells where there are fewer."""
    count = min(COLUMNS, len(cells))
    starts = np.arange(count) * len(cells) // count
    highest: Array = np.maximum.reduceat(cells, starts)
    return highest


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
