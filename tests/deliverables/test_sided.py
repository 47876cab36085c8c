"""Records and tapes: sides that are planned, what is said of them, and their sheets."""

import copy
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from albumbuild.formats.sound import probe
from tests.signals import sine
from tests.studio import RATE_HZ, Studio, plain_song

PEAKS = {"a": 0.05, "b": 0.5, "c": 0.2, "d": 0.8, "e": 0.1, "f": 0.4}
SECONDS = {"a": 1.5, "b": 2.0, "c": 1.0, "d": 1.75, "e": 2.5, "f": 1.25}
AS_IS = {"mode": "none"}
ALBUM: dict[str, Any] = {
    "title": "Salt & <Sand>",
    "artist": "Lights",
    "catalog": "BW-014",
    "songs": {name: plain_song(name, title=f"Song {name}") for name in PEAKS},
    "sequence": ["a", "b", {"song": "c", "crossfade_s": 0.5}, {"song": "d", "gap_s": 0}, "e", "f"],
    "deliverables": {
        "lp": {"type": "vinyl", "sides": "auto", "loudness": AS_IS},
        "double": {"type": "vinyl", "sides": "auto", "discs": 2, "loudness": AS_IS},
        "moved": {"type": "vinyl", "sides": "auto", "reorder": True, "loudness": AS_IS},
        "tape": {"type": "cassette", "sides": "auto", "reorder": True, "loudness": AS_IS},
        "given": {"type": "cassette", "sides": {"A": ["b", "c", "d"], "B": ["a"]}},
        "limited": {
            "type": "cassette",
            "loudness": {"target_lufs": -3, "ceiling_dbtp": -6},
            "sides": {"A": ["d"]},
        },
    },
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Studio, str]:
    """That album, made, and what was told meanwhile: look, do not touch."""
    studio = Studio(tmp_path_factory.mktemp("shelf") / "album", copy.deepcopy(ALBUM))
    for name, peak in PEAKS.items():
        frames = round(SECONDS[name] * RATE_HZ)
        studio.stem(name, sine(440, rate_hz=RATE_HZ, frames=frames, channels=2, peak=peak))
    said = studio.run("make")
    assert said.code == 0, said.err
    return studio, said.err


def songs(studio: Studio, name: str) -> dict[str, str]:
    """The songs of each side, a letter each."""
    found: dict[str, str] = {}
    for track in studio.delivery(name)["tracks"]:
        found[track["side"]] = found.get(track["side"], "") + track["song"]
    return found


def test_sides_are_as_even_as_the_order_lets_them_be(shelf: tuple[Studio, str]) -> None:
    studio, _ = shelf
    assert songs(studio, "lp") == {"A": "abcd", "B": "ef"}
    lengths = [side["seconds"] for side in studio.delivery("lp")["sides"]]
    assert lengths == [1.5 + 2 + 2 - 0.5 + 1 + 1.75, 2.5 + 2 + 1.25]


def test_two_records_have_four_sides(shelf: tuple[Studio, str]) -> None:
    assert songs(shelf[0], "double") == {"A": "a", "B": "bcd", "C": "e", "D": "f"}


@pytest.mark.parametrize("name", ["moved", "tape"])
def test_songs_that_may_move_go_from_loud_to_calm(shelf: tuple[Studio, str], name: str) -> None:
    """What is joined stays together, and is as loud as its songs are in the mean."""
    studio, _ = shelf
    assert sorted(songs(studio, name).values()) == ["bcdf", "ea"]
    sides = studio.delivery(name)["sides"]
    assert [side["side"] for side in sides] == ["A", "B"]
    assert sides[0]["seconds"] > sides[1]["seconds"]


def test_loudness_is_what_masters_measure(shelf: tuple[Studio, str], tmp_path: Any) -> None:
    studio = shelf[0].copied_to(tmp_path / "album")
    studio.edit("songs.a.stems.a.gain_db", 24.0)
    assert studio.run("make", "moved").code == 0
    assert songs(studio, "moved") == {"A": "bcdf", "B": "ae"}
    *_, first, second = studio.delivery("moved")["tracks"]
    assert first["seconds"] == SECONDS["a"] + 2.0
    assert (second["start_s"], second["seconds"]) == (first["seconds"], SECONDS["e"])


def test_checks_go_by_the_order_in_which_songs_play(
    shelf: tuple[Studio, str], tmp_path: Any
) -> None:
    studio = shelf[0].copied_to(tmp_path / "album")
    studio.edit("checks", [{"deliverable": "moved", "loudness_step_lu": "<= 0"}])
    said = studio.run("make", "moved", "--json")
    assert said.code == 3
    loudness = [track["lufs"] for track in studio.delivery("moved")["tracks"]]
    step = max(abs(after - before) for before, after in pairwise(loudness))
    (broken,) = json.loads(said.out)["broken_checks"]
    assert broken["measured"] == pytest.approx(step, abs=0.4)  # as a track, one fades


def test_why_the_sides_are_so_is_told(shelf: tuple[Studio, str]) -> None:
    studio, told = shelf
    for said in (told, studio.run("plan").err):
        assert "info: lp: sides were chosen (A 0:08, B 0:06): the songs in the order of" in said
        assert "info: lp: no break within the crossfade into `c`" in said
        assert "info: moved: on each side songs go from loud to calm" in said
        assert "info: given" not in said
    for name in ("timing.txt", "notes-to-the-cutter.txt"):
        lines = (studio.root / "build/lp" / name).read_text().splitlines()
        assert any(line.startswith("sides were chosen (A 0:08, B 0:06)") for line in lines)
    assert "chosen" not in (studio.root / "build/given/timing.html").read_text()
    assert "info" not in studio.run("make").err


@pytest.mark.parametrize("name", ["tape", "given"])
def test_a_side_of_a_tape_is_a_file_that_begins_with_silence(
    shelf: tuple[Studio, str], name: str
) -> None:
    studio, _ = shelf
    delivery = studio.delivery(name)
    for side in delivery["sides"]:
        path = f"build/{name}/{side['file']}"
        form = probe(studio.root / path)
        assert (form.bits, form.channels, form.rate_hz) == (24, 2, RATE_HZ)
        assert form.frames == round(side["seconds"] * RATE_HZ)
        sound = studio.sound(f"{name}/{side['file']}")
        assert np.abs(sound[:RATE_HZ]).max() < 4 * 2**-23  # no more than dither
        tracks = [track for track in delivery["tracks"] if track["side"] == side["side"]]
        assert tracks[0]["start_s"] == 1.0
        assert all(
            last["start_s"] + last["seconds"] == pytest.approx(track["start_s"], abs=1e-9)
            for last, track in pairwise(tracks)
        )
        for track in tracks:
            at = round((track["start_s"] + 0.55) * RATE_HZ)
            peak = np.abs(sound[at : at + 4_000]).max()
            assert peak == pytest.approx(PEAKS[track["song"]], rel=0.01)
    assert {"timing.txt", "timing.html"} <= {file["path"] for file in delivery["files"]}
    assert studio.run("verify", f"build/{name}").code == 0


def test_a_side_of_another_length_than_told_is_found(
    shelf: tuple[Studio, str], tmp_path: Any
) -> None:
    studio = shelf[0].copied_to(tmp_path / "album")
    record = studio.root / "build/tape/deliverable.json"
    told = json.loads(record.read_text())
    told["sides"][1]["seconds"] += 0.5
    record.write_text(json.dumps(told))
    said = studio.run("verify", "build/tape")
    assert said.code == 3
    assert said.out.count("error[differ-length]") == 1


def test_a_tape_is_limited_only_where_that_is_asked_for(shelf: tuple[Studio, str]) -> None:
    studio, _ = shelf
    assert studio.delivery("given")["tracks"][2]["dbtp"] == pytest.approx(-1.94, abs=0.02)
    assert studio.delivery("limited")["tracks"][0]["dbtp"] <= -6.0
    for name, words in (("given", "peaks not limited"), ("limited", "peaks limited as")):
        assert words in (studio.root / f"build/{name}/timing.html").read_text()


class Cells(HTMLParser):
    """The cells of a page's only table, row after row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        """A row begins, or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        """What stands in a cell."""
        if data.strip() and self.lasttag in ("td", "th"):
            self.rows[-1][-1] += data


def test_the_page_of_times_says_what_the_text_says(shelf: tuple[Studio, str]) -> None:
    studio, _ = shelf
    page = (studio.root / "build/given/timing.html").read_text()
    assert "Salt &amp; &lt;Sand&gt;" in page
    cells = Cells()
    cells.feed(page)
    assert cells.rows == [
        ["track", "title", "performer", "start", "end", "length"],
        ["A1", "Song b", "Lights", "0:01.00", "0:02.50", "0:01.50"],
        ["A2", "Song c", "Lights", "0:02.50", "0:03.50", "0:01.00"],
        ["A3", "Song d", "Lights", "0:03.50", "0:05.25", "0:01.75"],
        ["B1", "Song a", "Lights", "0:01.00", "0:02.50", "0:01.50"],
    ]
    text = (studio.root / "build/given/timing.txt").read_text()
    rows = [line.split("\t") for line in re.findall(r"^[AB]\d\t.*$", text, re.MULTILINE)]
    assert rows == [[row[0], row[1], row[3], row[4]] for row in cells.rows[1:]]
