"""What a medium cannot hold is said before anything is rendered; how files are called."""

import re
from typing import Any

import numpy as np
import pytest

from albumbuild.planner.names import file_stem
from albumbuild.planner.siderules import disc_minutes
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
    return [slug for slug, _ in placed(studio, code)]


def placed(studio: Studio, code: int = 2) -> list[tuple[str, str]]:
    """The slugs of what `check` says, each with the text that it points at."""
    said = studio.run("check")
    assert said.code == code, said.err
    found = r"^(?:error|warning)\[([a-z-]+)\].*\n.*\n.*\n *\d+ \| (.*)\n *\| ( *)(\^+)$"
    parts = re.findall(found, said.err, flags=re.MULTILINE)
    return [(slug, line[len(gap) :][: len(caret)]) for slug, line, gap, caret in parts]


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


THREE = {"a": 0.1, "b": 0.1, "c": 0.1}
BOTH = {"deliverables": {"cd": {"type": "cd"}, "set": {"type": "streaming"}}}


@pytest.mark.parametrize(
    ("order", "slug", "text"),
    [
        (["a", {"song": "b", "mark": 40}, "c"], "mark-too-late", "40"),
        (
            ["a", {"song": "b", "mark": 5.5}, {"song": "c", "crossfade_s": 2}],
            "mark-too-late",
            "5.5",
        ),
        (
            ["a", {"song": "b", "crossfade_s": 1.5}, {"song": "c", "crossfade_s": 5}],
            "crossfade-too-long",
            "5",
        ),
        (["a", {"song": "b", "indexes": [1, 2.5, 2]}, "c"], "cd-index-order", "2"),
        (["a", {"song": "b", "indexes": [1, 2, 7]}, "c"], "cd-index-order", "7"),
        (["a", "b", {"song": "c", "indexes": [80]}], "cd-index-order", "80"),
    ],
)
def test_a_mistake_in_an_order_is_told_once_where_it_stands(
    empty: Any, order: Any, slug: str, text: str
) -> None:
    assert placed(long_album(empty, THREE, sequence=order, **BOTH)) == [(slug, text)]


def test_an_order_of_its_own_is_pointed_at(empty: Any) -> None:
    studio = long_album(empty, THREE, **BOTH)
    studio.edit("deliverables.cd.sequence", ["c", {"song": "a", "indexes": [44]}])
    assert placed(studio) == [("cd-index-order", "44")]
    studio.edit("deliverables.cd.sequence", [{"song": "c", "hidden": True}, "a", "b"])
    studio.edit("songs.a.mix.end", 3)
    assert placed(studio, 0) == [("cd-short-track-before-gap", '"a"')]
    studio.edit("deliverables.cd.sequence", None)
    assert placed(studio, 0) == [("cd-short-track-before-gap", '"a"')]


def test_a_side_points_at_the_entry_or_at_the_side(empty: Any) -> None:
    studio = long_album(empty, THREE, **side("c", "a"))
    studio.edit("sequence", ["b", {"song": "a", "crossfade_s": 7}])
    assert placed(studio) == [("crossfade-too-long", "7")]
    studio = long_album(empty, {"a": 40}, **side("a"))
    assert placed(studio) == [("side-too-long", "[")]


def test_texts_that_a_disc_cannot_spell_are_pointed_at(empty: Any) -> None:
    studio = long_album(empty, THREE, **BOTH)
    studio.edit("songs.b.title", "\u041f")
    assert placed(studio) == [("cd-text-characters", '"\\u041f"')]


def test_long_and_foreign_names_may_be_on_a_cd(empty: Any) -> None:
    names = {"title": "A title of very many words that goes on and on and on", "artist": "Прилив"}
    cd = {"deliverables": {"cd": {"type": "cd", "cd_text": False}}}
    assert told(long_album(empty, THREE, **names, **cd), 0) == []


def test_a_mark_may_be_written_in_bars(empty: Any) -> None:
    order = ["a", {"song": "b", "mark": {"bar": 2}, "indexes": [{"bar": 3}]}, "c"]
    studio = long_album(empty, THREE, sequence=order, **BOTH)
    studio.edit("songs.b.tempo", 240)
    assert told(studio, 0) == []


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
        ("CON", False, "CON_"),
        ("aux", False, "aux_"),
        ("Com1.live", False, "Com1_.live"),
        ("LPT¹ . b", False, "LPT¹_ . b"),
        ("nul . ", True, "nul_"),
        ("Console", False, "Console"),
        ("com10", False, "com10"),
        ("01 - con", False, "01 - con"),
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
