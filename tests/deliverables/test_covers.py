"""The cover of a streaming set: beside the tracks and in them, in the form that is asked for."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from albumbuild.formats.images import Image as Size
from albumbuild.formats.images import read_image
from albumbuild.formats.tags import read_cover
from tests.studio import Studio

SETS: dict[str, Any] = {
    "plain": {},
    "square": {"format": "ogg", "cover": {"size_px": 200, "fit": "crop", "format": "jpeg"}},
    "other": {"format": "mp3", "cover": "art/other.png"},
    "store": {"profile": "own"},
}
PROFILE = {
    "kind": "distributor",
    "tags": False,
    "cover_px": 500,
    "cover_min_px": 400,
    "cover_square": True,
    "cover_formats": ["jpeg"],
    "cover_srgb": True,
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """One song, and a cover of 800 × 600 with a transparent half."""
    album = {
        "title": "Salt",
        "artist": "Lights",
        "cover": "art/cover.png",
        "songs": {"one": {"title": "One", "stems": {"x": {"file": "stems/one.wav"}}}},
        "sequence": ["one"],
        "profiles": {"own": PROFILE},
        "deliverables": {name: {"type": "streaming", **told} for name, told in SETS.items()},
    }
    studio = Studio(tmp_path_factory.mktemp("covers") / "album", album)
    studio.stem("one", np.full((9_000, 2), 0.1))
    (studio.root / "art").mkdir()
    picture = Image.new("RGBA", (800, 600), (10, 20, 30, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 400, 600))
    picture.save(studio.root / "art/cover.png")
    Image.new("RGB", (640, 640), (90, 0, 0)).save(studio.root / "art/other.png")
    return studio


def cover_of(studio: Studio, name: str) -> tuple[str, bytes]:
    """The cover that lies beside the tracks."""
    (path,) = (studio.root / "build" / name).glob("cover.*")
    return path.name, path.read_bytes()


def test_covers_are_as_asked_for(studio: Studio) -> None:
    said = studio.run("make")
    assert said.code == 0, said.err
    assert "`cover_square` of `own`: a square" in said.err  # a warning: it is sent by hand
    whole, other = ((studio.root / f"art/{name}.png").read_bytes() for name in ("cover", "other"))
    assert cover_of(studio, "plain") == ("cover.png", whole)
    assert cover_of(studio, "other") == ("cover.png", other)
    name, data = cover_of(studio, "square")
    assert (name, read_image(data)) == ("cover.jpg", Size(kind="jpeg", width=200, height=200))
    name, data = cover_of(studio, "store")
    assert (name, read_image(data)) == ("cover.jpg", Size(kind="jpeg", width=500, height=375))
    assert Image.open(BytesIO(data)).getpixel((50, 50)) == pytest.approx((255, 255, 255), abs=2)
    for each in ("plain", "square", "other"):
        (track,) = studio.delivery(each)["tracks"]
        assert read_cover(studio.root / "build" / each / track["file"]) == cover_of(studio, each)[1]
    (track,) = studio.delivery("store")["tracks"]
    assert read_cover(studio.root / "build/store" / track["file"]) is None
    assert studio.run("verify", "build").code == 0


def test_a_rule_of_the_cover_holds_for_what_is_made_of_it(studio: Studio) -> None:
    before = studio.edit("deliverables.store.cover", {"fit": "crop", "size_px": 300})
    said = studio.run("check")
    assert "a square" not in said.err
    assert "`art/cover.png` comes to 300 × 300 pixels" in said.err
    studio.edit("deliverables.store.cover", {"fit": "pad"})
    assert "cover" not in studio.run("check").err
    assert {"cover:store", "deliver:store"} == studio.make()
    assert read_image(cover_of(studio, "store")[1]).height == 500
    studio.edit("deliverables.store.cover", before)


def test_a_cover_of_zeros_is_refused_by_name(studio: Studio) -> None:
    before = studio.edit("deliverables.other.cover", {"file": "stems/one.wav"})
    said = studio.run("check")
    assert said.code == 2
    assert "error[wrong-cover]" in said.err
    studio.edit("deliverables.other.cover", before)
