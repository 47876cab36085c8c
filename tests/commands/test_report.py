"""`report`, and what `make` tells beside the page: values, previews, the account of a build."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import soundfile

from albumbuild.cli import main
from tests.studio import Studio


def script(studio: Studio, name: str) -> dict[str, Any]:
    """What a file beside the page gives its value."""
    text = (studio.root / "build/report" / name).read_text()
    return dict(json.loads(re.fullmatch(r"window\.\w+ = (.*);\n", text, re.DOTALL)[1]))


def page(studio: Studio) -> str:
    return (studio.root / "build/report/index.html").read_text()


def test_figures_on_the_page_are_those_of_measure(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = page(studio)
    for step in ("mix:a", "master:a@cd", "master:c@vinyl"):
        file = tmp_path / "sound.wav"
        assert studio.run("render", step, "-o", str(file)).code == 0
        capsys.readouterr()
        main(["measure", "--json", str(file)])
        figures = json.loads(capsys.readouterr().out)
        figures = figures[0] if isinstance(figures, list) else figures
        song, label = re.split("[:@]", step)[1], step.partition("@")[2] or "mix"
        shown = re.search(
            rf'id="sound-{song}-\d+" data-sound="{label}".*?</table>', text, re.DOTALL
        )[0]
        for name, unit in (
            ("integrated_lufs", " LUFS"),
            ("true_peak_dbtp", " dBTP"),
            ("lra_lu", " LU"),
            ("crest_db", " dB"),
            ("correlation", ""),
        ):
            assert f">{figures[name]:.2f}{unit}<".replace(">-", ">−") in shown


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        ("songs.a.title", "Low", "ran"),
        ("songs.a.stems.bass.gain_db", -6, "ran"),
        ("sequence.1.gap_s", 3, "ran"),
        ("deliverables.streaming.dither", "none", "current"),
        ("checks", [{"song": "*", "lra_lu": "> 0"}], "current"),
    ],
)
def test_the_page_runs_when_it_shows_something_else(
    studio: Studio, path: str, value: Any, status: str
) -> None:
    before = page(studio)
    studio.edit(path, value)
    ends = {e["id"]: e["status"] for e in studio.events() if e["event"] == "step_finished"}
    assert ends["report"] == status
    assert (page(studio) == before) == (status == "current")


def test_a_build_is_told_beside_the_page(studio: Studio) -> None:
    studio.edit("checks", [{"master": "a@cd", "integrated_lufs": "< -30"}])
    studio.edit("songs.a.stems.bass.gain_db", -6)
    assert studio.run("make").code == 3
    told = script(studio, "build.js")
    ends = {step["id"]: step for step in told["build"]["steps"]}
    assert ends["mix:a"]["status"] == "ran"
    assert ends["mix:b"]["status"] == "current"
    assert any("bass" in why for why in ends["mix:a"]["why"])
    (rule,) = (rule for rule in told["rules"] if rule["subject"] == "master a@cd")
    assert not rule["holds"]
    assert rule["where"].startswith("album.yaml:")
    assert script(studio, "listen.js") == {}


def test_what_a_killed_build_left_half_told_is_cleared(studio: Studio) -> None:
    half = studio.root / "build/report/.build.js.1.0.tmp"
    half.write_bytes(b"window.")
    assert studio.run("make").code == 0
    assert not half.exists()


def test_a_build_with_nothing_to_do_leaves_what_was_told(studio: Studio) -> None:
    studio.edit("songs.a.stems.bass.gain_db", -6)
    studio.make()
    before = script(studio, "build.js")
    studio.unseal()
    assert studio.make() == set()
    assert script(studio, "build.js") == before


def test_a_warning_of_a_step_that_did_not_run_again_is_told_too(studio: Studio) -> None:
    studio.edit("deliverables.streaming.loudness", {"target_lufs": -5, "ceiling_dbtp": -3})
    studio.make()
    studio.edit("songs.c.title", "Sea")
    studio.make()
    warnings = script(studio, "build.js")["warnings"]
    found = [each for each in warnings if each["slug"] == "master:a@streaming"]
    assert found
    assert all(each["where"].startswith("album.yaml:") for each in found)
    assert studio.statuses()["master:a@streaming"] == "current"


def test_previews_are_made_and_found_and_cleared(studio: Studio) -> None:
    said = studio.run("report")
    assert said.code == 0, said.err
    sounds, heard = script(studio, "build.js")["sounds"], script(studio, "listen.js")
    assert set(sounds) == {
        *("mix:a", "mix:b", "mix:c", "sequence:cd/side.programme"),
        *("sequence:streaming/side.programme", "sequence:vinyl/side.A", "sequence:vinyl/side.B"),
    }
    for digest in sounds.values():
        file = studio.root / "build/report" / heard[digest]["file"]
        assert soundfile.info(file).samplerate == 48_000
    stray = studio.root / "build/report/audio/my-own.opus"
    stray.write_bytes(b"mine")
    before = heard[sounds["mix:a"]]["file"]
    studio.edit("songs.a.stems.bass.gain_db", -6)
    studio.make()
    assert script(studio, "build.js")["sounds"]["mix:a"] not in script(studio, "listen.js")
    assert studio.run("report").code == 0
    assert not (studio.root / "build/report" / before).exists()
    assert stray.exists()
    assert studio.run("make").code == 0


def test_a_page_that_was_edited_by_hand_stays(studio: Studio) -> None:
    file = studio.root / "build/report/index.html"
    file.write_text("mine")
    studio.edit("songs.a.title", "Low")
    said = studio.run("make")
    assert said.code == 1
    assert file.read_text() == "mine"


def test_an_album_without_deliverables_has_a_page_of_its_mixes(fresh_album: Studio) -> None:
    fresh_album.edit("deliverables", {})
    assert fresh_album.run("make").code == 0
    assert 'data-sound="mix"' in page(fresh_album)


@pytest.fixture
def fresh_album(studio: Studio) -> Studio:
    """The album without what was built of it."""
    import shutil

    for name in ("build", ".albumbuild"):
        shutil.rmtree(studio.root / name)
    return studio
