"""A desk of one song to try laws on."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.studio import Block, Studio

RATE_HZ = 48_000
Desk = Callable[..., Studio]


@pytest.fixture
def desk(empty: Callable[..., Studio]) -> Desk:
    """Makes an album of one song `s`: stems as sound and settings, and the rest of the song.

    A stem is a block, or a block and the settings of its strip.
    """

    def make(
        stems: dict[str, Block | tuple[Block, dict[str, Any]]],
        *,
        rates_hz: dict[str, int] | None = None,
        folder: str = "album",
        **song: Any,
    ) -> Studio:
        strips = {}
        studio = empty({}, folder)
        for name, stem in stems.items():
            block, settings = stem if isinstance(stem, tuple) else (stem, {})
            studio.stem(name, block, rate_hz=(rates_hz or {}).get(name, RATE_HZ))
            strips[name] = {"file": f"stems/{name}.wav", **settings}
        studio.edit("rate_hz", RATE_HZ)
        studio.edit("songs", {"s": {"stems": strips, **song}})
        return studio

    return make
