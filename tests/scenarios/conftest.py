"""Albums that are not built yet, and a build that is halfway."""

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.processes import Running
from tests.studio import ALBUM, Studio, tune

HERE = [path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "conftest"]
pytest.register_assert_rewrite(*(f"tests.scenarios.{name}" for name in HERE))


@pytest.fixture
def fresh(made: Studio, tmp_path: Path) -> Studio:
    """The album of three songs as it is cloned: manifest and stems alone."""
    shutil.copytree(made.root / "stems", tmp_path / "fresh/stems")
    return Studio(tmp_path / "fresh", copy.deepcopy(ALBUM))


@pytest.fixture
def long(fresh: Studio) -> Studio:
    """That album with a longer kick in A, so that there is time to do something meanwhile."""
    fresh.stem("a-kick", tune(20.0, seed=0))
    fresh.edit("songs.a.mix.end", 20)
    return fresh


@pytest.fixture
def midway(long: Studio, tmp_path: Path) -> Iterator[Running]:
    """A `make` of the longer album that mixes A."""
    with Running(long, tmp_path / "midway", "make", "-j", "1") as running:
        running.wait(lambda: running.started("mix:a"))
        yield running


@pytest.fixture
def broken(studio: Studio) -> Studio:
    """The album with a sample in a stem of B that is not a number, and with another piano."""
    bad = tune(2.0, seed=4)
    bad[4410] = np.nan
    studio.stem("b-kick", bad)
    studio.stem("c-piano", tune(4.0, seed=50, channels=2))
    return studio
