"""What a medium cannot hold is said before anything is rendered; how files are called."""

import re
from typing import Any

import numpy as np
import pytest

from albumbuild.planner.names import file_stem
from albumbuild.planner.rules import disc_minutes
from tests.studio import Studio


def long_album(empty: Any, minutes: dict[str, float], **album: Any) -> Studio:
    """Songs of that many minutes out of a hundredth of a second of sound."""
    songs = {
        name: {"stems": {"x": {"file": "stems/x.wav"}}, "mix": {"end": 60 * length}}
        for name, length in minutes.items()
    }
    studio: Studio = empty({"songs": songs, **album})
    studio.stem("x", np.ones((441, 1)) * 0.1)
    return studio


def told(studio: Studio, code: int = 2) -> list[str]:
    """The slugs of what `check` says."""
    said = studio.run("check")
    assert said.code == code, said.err
    return re.findall(r"^(?:error|warning)\[([a-z-]+)\]", said.err, flags=re.MULTILINE)


def side(*songs: str, **settings: Any) -> dict[str, Any]:
    """A record of one side."""
    return {"deliverables": {"lp": {"type": "vinyl", "sides": {"A": list(songs)}, **settings}}}


def test_a_side_too_long_for_its_disc_is_refused_and_a_long_one_told(empty: Any) -> None:
    good, most = disc_minutes("12in-33")
    assert good < most
    assert told(long_album(empty, {"a": most + 0.1}, **side("a"))) == ["side-too-long"]
    assert told(long_album(empty, {"a": most - 0.1}, **side("a")), 0) == ["side-long"]
    assert told(long_album(empty, {"a": good - 0.1}, **side("a")), 0) == []


def test_gaps_count_on_a_side(empty: Any) -> None:
    half = disc_minutes("7in-45")[1] / 2 - 0.005
    songs = {"a": half, "b": half}
    settings = side("a", "b", disc="7in-45")
    assert told(long_album(empty, songs, **settings)) == ["side-too-long"]
    joined = ["a", {"song": "b", "gap_s": 0}]
    assert told(long_album(empty, songs, sequence=joined, **settings), 0) == ["side-long"]


@pytest.mark.parametrize("disc", ["12in-33", "12in-45", "10in-33", "10in-45", "7in-33", "7in-45"])
def test_every_disc_has_its_minutes(disc: str) -> None:
    good, most = disc_minutes(disc)
    assert 2 < good < most < 30


def test_a_track_under_four_seconds_cannot_be_on_a_cd(empty: Any) -> None:
    cd = {"deliverables": {"cd": {"type": "cd"}}}
    assert told(long_album(empty, {"a": 3.98 / 60}, **cd)) == ["cd-short-track"]
    assert told(long_album(empty, {"a": 4.01 / 60}, **cd), 0) == []


def test_a_cd_has_an_end(empty: Any) -> None:
    cd = {"deliverables": {"cd": {"type": "cd"}}}
    songs = {f"s{number}": 20.0 for number in range(5)}
    assert told(long_album(empty, songs, **cd))[0].startswith("cd-")


def test_crossfades_longer_than_a_song_are_refused(empty: Any) -> None:
    songs = {"a": 1.0, "b": 0.1, "c": 1.0}
    order = ["a", {"song": "b", "crossfade_s": 4}, {"song": "c", "crossfade_s": 4}]
    media = {"deliverables": {"set": {"type": "streaming"}}}
    assert told(long_album(empty, songs, sequence=order, **media)) == ["crossfade-too-long"]
    order[2] = {"song": "c", "crossfade_s": 2}
    assert told(long_album(empty, songs, sequence=order, **media), 0) == []


@pytest.mark.parametrize("names", ["{album}", "{title}", "{artist} - {title}"])
def test_two_tracks_of_one_name_are_refused(empty: Any, names: str) -> None:
    media = {"deliverables": {"set": {"type": "streaming", "names": names}}}
    studio = long_album(empty, {"a": 1, "b": 1}, **media)
    studio.edit("songs.a.title", "Tide")
    studio.edit("songs.b.title", "TIDE")
    assert told(studio) == ["two-outputs-of-one-path"]
    studio.edit("deliverables.set.names", None)
    assert told(studio, 0) == []


@pytest.mark.parametrize(
    ("text", "ascii_only", "stem"),
    [
        ("01 - Tide", False, "01 - Tide"),
        ("AC/DC: live?", False, "AC-DC-live"),
        ("Señorita", False, "Señorita"),
        ("Señorita – naïve", True, "Senorita - naive"),
        ("  ..hidden..  ", False, "hidden"),
        ("a\nb\x00c", False, "abc"),
        ("...", False, "untitled"),
        ("", False, "untitled"),
    ],
)
def test_file_names_are_safe_everywhere(text: str, ascii_only: bool, stem: str) -> None:
    assert file_stem(text, ascii_only=ascii_only) == stem


def test_long_file_names_are_cut_between_letters() -> None:
    stem = file_stem("ö" * 300, ascii_only=False)
    assert stem == "ö" * 100
    assert file_stem("a" * 198 + " . b", ascii_only=False) == "a" * 198


def test_names_come_from_the_template(made: Studio) -> None:
    names = {track["file"] for track in made.delivery("streaming")["tracks"]}
    assert names == {"01 - Tide.flac", "02 - Ember.flac", "03 - Harbour.flac"}


def test_two_sides_of_one_name_are_refused(empty: Any) -> None:
    lp = {"type": "vinyl", "sides": {"A": ["a"], "B": ["b"]}, "names": "{album}"}
    studio = long_album(empty, {"a": 1, "b": 1}, deliverables={"lp": lp})
    assert told(studio) == ["two-outputs-of-one-path"]
    studio.edit("deliverables.lp.names", "{album} {side}")
    assert told(studio, 0) == []
