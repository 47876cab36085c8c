"""The review page in Chromium: quiet, within its folder, every control by mouse and by key."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albumbuild.deliverables.page.page import page_html
from albumbuild.formats.coding import Coding
from albumbuild.formats.sound import encode
from tests.page.browser import CHROMIUM, Browser
from tests.reviews import review

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
SOUNDS = {"mix:s0": 0.1, "mix:s1": 0.1, "sequence:cd/side.programme": 0.2}
RATE_HZ = 48_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of two songs, with previews and an account of a build."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "index.html").write_text(page_html(review("Tide", "Ember")))
    coding = Coding(format="opus", rate_hz=RATE_HZ, channels=2, bitrate_kbps=64)
    heard = {}
    for number, peak in enumerate(SOUNDS.values()):
        noise = np.random.default_rng(number).uniform(-peak, peak, (RATE_HZ * 20, 2))
        encode(folder / f"{number}.opus", [noise], coding=coding)
        fault = {"kind": "click", "at_s": 1.5, "detail": "a click"}
        heard[f"d{number}"] = {"file": f"{number}.opus", "faults": [fault], "counts": {"click": 1}}
    account = {
        "revision": "0123456789abcdef",
        "clean": False,
        "sounds": {name: f"d{number}" for number, name in enumerate(SOUNDS)},
        "rules": [
            {
                "subject": "master s0@cd",
                "rule": "lra_lu",
                "wanted": "<= 3",
                "figure": "4.25",
                "holds": False,
                "because": "a plant",
                "where": "album.yaml:3:5",
            }
        ],
        "warnings": [
            {
                "slug": "w",
                "what": "`mix:s0` is loud",
                "why": "",
                "fix": "",
                "where": "album.yaml:9:1",
            }
        ],
        "build": {
            "time": "2026-11-26",
            "status": "ok",
            "seconds": 1.5,
            "steps": [
                {"id": "ingest:s0/kick", "status": "current", "seconds": 0.0, "why": []},
                {"id": "mix:s0", "status": "ran", "seconds": 1.0, "why": ["it changed"]},
            ],
        },
    }
    (folder / "build.js").write_text(f"window.albumBuild = {json.dumps(account)};")
    (folder / "listen.js").write_text(f"window.albumListening = {json.dumps(heard)};")
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The page in a browser."""
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.open((folder / "index.html").as_uri())
        yield browser


@pytest.fixture
def page(opened: Browser, folder: Path) -> Iterator[Browser]:
    """The page as it opens; it may complain of nothing, and ask for nothing elsewhere."""
    opened.open((folder / "index.html").as_uri())
    yield opened
    assert opened.complaints == []
    own = (folder.as_uri(), "data:", "about:")
    assert [each for each in opened.asked if not each.startswith(own)] == []


def test_it_opens_at_once(page: Browser) -> None:
    took_ms = page.run("performance.timing.loadEventEnd - performance.timing.navigationStart")
    assert took_ms < 5_000  # a second on a machine that does nothing else


def test_it_tells_of_the_build_of_warnings_rules_and_faults(page: Browser) -> None:
    text = page.run("document.body.textContent")
    for said in (
        "Last build: ok, 1 of 2 steps in 1.5 s, 2026-11-26 · revision 0123456789, with changes",
        "`mix:s0` is loud",
        "album.yaml:9:1",
        "1 of 1 rules and checks do not hold",
        "Faults found: 1 × click",
    ):
        assert said in text
    assert page.run(
        "document.querySelector('[data-step=\"mix:s0\"].node').classList.contains('ran')"
    )


@pytest.mark.parametrize("by", ["mouse", "key"])
def test_changing_keeps_the_place(page: Browser, by: str) -> None:
    page.click("#play") if by == "mouse" else page.press(" ")
    page.wait("albumPlayer.pair.playing && albumPlayer.positionS > 0.4")
    for _ in range(3):
        heard = page.run("albumPlayer.heardName")
        before = page.run("performance.now() / 1000 - albumPlayer.positionS")
        page.click("#switch") if by == "mouse" else page.press("x")
        page.wait(f"albumPlayer.heardName !== {heard!r}")
        page.wait("[0, 1].includes(albumPlayer.pair.voices[0].share)")
        after = page.run("performance.now() / 1000 - albumPlayer.positionS")
        assert abs(after - before) < 0.02
    page.click("#play") if by == "mouse" else page.press(" ")
    page.wait("!albumPlayer.pair.playing")


def test_both_are_as_loud_as_the_quieter(page: Browser) -> None:
    levels = "albumPlayer.pair.voices.map((voice) => 20 * Math.log10(voice.level))"
    assert page.run(levels) == pytest.approx([-6.0, 0.0], abs=0.01)  # -14 and -20 LUFS
    page.press("l")
    assert page.run(levels) == [0.0, 0.0]
    page.click("#match")
    assert page.run(levels) == pytest.approx([-6.0, 0.0], abs=0.01)


def test_a_click_on_a_waveform_goes_there(page: Browser) -> None:
    page.click("#sound-s1-2 .wave", across=0.25)
    assert page.run("albumPlayer.song.id") == "s1"
    assert page.run("albumPlayer.positionS") == pytest.approx(1.5, abs=0.05)
    page.run("document.querySelector('#sound-s1-2 .wave').focus()")
    page.press("End")
    assert page.run("albumPlayer.positionS") == pytest.approx(6.0, abs=0.05)
    page.press("ArrowLeft")
    assert page.run("albumPlayer.positionS") == pytest.approx(1.0, abs=0.05)


def test_blind_hides_which_is_which_until_it_is_revealed(page: Browser) -> None:
    page.press("b")
    assert page.run("albumPlayer.heardName") == "X"
    assert page.run("document.getElementById('a').disabled")
    page.click("#reveal")
    told = page.run("document.getElementById('now').textContent")
    assert page.run("albumPlayer.heardName") in ("A", "B")
    assert told in ("X was cd, Y was mix", "X was mix, Y was cd", "Tide")


def test_an_album_goes_on_with_the_next_song_of_its_side(page: Browser) -> None:
    page.click("#album")
    page.click("#play")
    page.wait("albumPlayer.pair.playing")
    page.run("albumPlayer.pair.seek(7.8)")
    page.wait("albumPlayer.song.id === 's1'")
    assert page.run("albumPlayer.pair.voice.audio.currentTime") == pytest.approx(10.0, abs=0.4)
    page.click("#play")


@pytest.mark.parametrize("control", ["#next", "#previous", "#help", "#theme", "[data-shows=s0-1]"])
@pytest.mark.parametrize("by", ["mouse", "key"])
def test_each_control_does_something(page: Browser, control: str, by: str) -> None:
    if control == "#previous":
        page.run("albumPlayer.go(1)")
    seen = "document.documentElement.outerHTML + albumPlayer.index"
    before = page.run(seen)
    if by == "mouse":
        page.click(control)
    else:
        page.run(f"document.querySelector({control!r}).focus()")
        page.press("Enter")
    assert page.run(seen) != before


def test_nothing_is_wider_than_a_telephone(page: Browser) -> None:
    page.seen_as(390, 844, dark=True)
    assert page.run("document.documentElement.scrollWidth") <= 390
    page.seen_as(1_280, 900, dark=False)


def test_without_previews_it_says_how_to_get_them(page: Browser, folder: Path) -> None:
    told = (folder / "listen.js").read_text()
    (folder / "listen.js").write_text("window.albumListening = {};")
    try:
        page.open((folder / "index.html").as_uri())
        assert "`albumbuild report` makes the previews" in page.run("document.body.textContent")
        assert page.run("document.getElementById('play').disabled")
    finally:
        (folder / "listen.js").write_text(told)
