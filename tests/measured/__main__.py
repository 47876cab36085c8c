"""`python -m tests.measured`: what every promise comes to, as the table of the README."""

from tests.measured.rows import ROWS
from tests.measured.studio import RATES_HZ


def spelled(figure: float) -> str:
    """A figure as far as it means something."""
    return "< 0.0001" if 0 < figure < 1e-4 else f"{figure:.0f}" if figure <= -1 else f"{figure:.2g}"


print("| device | what is measured | promised | found |\n|---|---|---|---|")
for row in ROWS:
    worst = max(row.worst(rate_hz) for rate_hz in RATES_HZ)
    promised = f"{row.limit:g} {row.unit}"
    print(f"| {row.device} | {row.promise} | {promised} | {spelled(worst)} |", flush=True)
