"""`python -m tests.measured`: what every promise comes to, as the table of the README."""

from tests.measured.rows import ROWS
from tests.measured.studio import RATES_HZ

print("| device | measured by `render`, worst of a sweep | promised |", end="")
print("".join(f" {rate_hz / 1_000:g} kHz |" for rate_hz in RATES_HZ))
print("|---|---|---|" + "---|" * len(RATES_HZ))
for row in ROWS:
    figures = " | ".join(f"{row.worst(rate_hz):.3g}" for rate_hz in RATES_HZ)
    print(f"| {row.device} | {row.promise} | {row.limit:g} {row.unit} | {figures} |", flush=True)
