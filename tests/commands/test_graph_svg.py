"""`graph --format svg`: the drawing of an album's steps; and `explain` of the page."""

from xml.etree import ElementTree

from tests.repositories import line_of
from tests.studio import Studio

SVG = "{http://www.w3.org/2000/svg}"


def boxes(studio: Studio, *targets: str) -> dict[str, str]:
    """The marks of the boxes by what is written in them, those of the legend left out."""
    said = studio.run("graph", "--format", "svg", *targets)
    assert said.code == 0, said.err
    groups = ElementTree.fromstring(said.out).iter(f"{SVG}g")
    return {
        group.findtext(f"{SVG}text", ""): group.get("class", "").removeprefix("box").strip()
        for group in groups
        if group.find(f"{SVG}title") is not None
    }


def test_every_step_has_a_box(made: Studio) -> None:
    found = boxes(made)
    assert len(found) == 31
    assert set(found.values()) == {""}
    assert "ingest:a/kick" in found
    assert set(boxes(made, "mix:c")) == {"mix:c", "ingest:c/piano"}


def test_stale_steps_are_marked(studio: Studio) -> None:
    studio.edit("songs.a.stems.vox.gain_db", 0.5)
    found = boxes(studio)
    assert (found["bus:a/fx"], found["mix:a"], found["mix:b"]) == ("certain", "maybe", "")


def test_many_stems_are_one_box(studio: Studio) -> None:
    stems = {f"s{number}": {"file": "stems/b-pad.wav"} for number in range(30)}
    studio.edit("songs.b.stems", stems)
    found = boxes(studio)
    assert "ingest:b (30 stems)" in found
    assert "ingest:c/piano" in found


def test_what_the_page_shows_is_explained_by_its_line(studio: Studio) -> None:
    studio.edit("songs.b.title", "Cinder")
    said = studio.run("explain", "report")
    line = line_of(studio, '"Cinder"')
    assert f'"Ember" → "Cinder"   (album.yaml:{line})' in said.out
