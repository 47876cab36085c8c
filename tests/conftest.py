"""Albums for tests: one of three songs that is built, and empty ones to fill."""

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.studio import ALBUM, Studio, write_stems


@pytest.fixture
def empty(tmp_path: Path) -> Callable[..., Studio]:
    """Makes an album of a manifest alone, in a folder of its own."""

    def make(album: dict[str, Any], folder: str = "album") -> Studio:
        whole = {"title": "Salt", "artist": "Lights", **album}
        return Studio(tmp_path / folder, whole)

    return make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """The album of three songs, built once: look, do not touch."""
    studio = Studio(tmp_path_factory.mktemp("made") / "album", copy.deepcopy(ALBUM))
    write_stems(studio)
    studio.make()
    return studio


@pytest.fixture
def studio(made: Studio, tmp_path: Path) -> Iterator[Studio]:
    """The album of three songs as it was left by its first `make`, to be changed."""
    yield made.copied_to(tmp_path / "album")
    shutil.rmtree(tmp_path)
