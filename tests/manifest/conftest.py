"""An album folder to write manifests into."""

from collections.abc import Callable
from pathlib import Path

import pytest

from albumbuild.manifest.album import Manifest, load
from tests.pictures import png

HEAD = "title: Salt\nartist: Lights\n"
Write = Callable[..., Manifest]


@pytest.fixture
def read(tmp_path: Path) -> Write:
    """Writes album.yaml, and songs in files of their own, and reads the album."""
    for name in ("stems/kick.wav", "stems/vox.wav", "art/cover.png", "songs/stems/bass.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("sound")
    (tmp_path / "art/cover.png").write_bytes(png())

    def write(manifest: str, **songs: str) -> Manifest:
        (tmp_path / "album.yaml").write_text(HEAD + manifest)
        for name, text in songs.items():
            (tmp_path / f"songs/{name}.yaml").write_text(text)
        return load(tmp_path)

    return write
