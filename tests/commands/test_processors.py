"""`processors`: what there is for inserts, and what each setting means."""

import json
from pathlib import Path

import pytest
from yaml import safe_load

from albumbuild.commands import processors
from albumbuild.manifest.album import load
from albumbuild.manifest.hints import settings_of
from albumbuild.manifest.leaflets import Line, leaflet
from albumbuild.registry import PROCESSORS
from tests.packages import DEVICE, install, install_broken, install_example
from tests.studio import Studio, tune


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """No album is wanted."""
    return Studio(tmp_path / "album", {"title": "Salt", "artist": "Lights", "songs": {}})


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example package, installed."""
    install_example(tmp_path / "packages")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))


def lines(settings: tuple[Line, ...]) -> list[Line]:
    """All of them, also those inside others."""
    return [each for line in settings for each in (line, *lines(line.inside))]


@pytest.mark.usefixtures("example")
def test_every_device_has_a_line(studio: Studio) -> None:
    said = studio.run("processors")
    assert said.code == 0
    names = [line.split()[0] for line in said.out.splitlines() if not line.startswith(" ")]
    assert names == [*PROCESSORS, "tremolo"]
    assert "gain         Turns the level up or down; 0 dB gives back every bit.\n" in said.out
    assert "(from albumbuild-tremolo 1.0.0)" in said.out.replace("\n" + 13 * " ", " ")
    rows = json.loads(studio.run("processors", "--json").out)
    assert [row["name"] for row in rows] == names
    assert rows[-1]["package"] == "albumbuild-tremolo 1.0.0"


def test_a_setting_is_explained_with_range_unit_default_and_meaning(studio: Studio) -> None:
    said = studio.run("processors", "compressor")
    assert said.code == 0
    rows = [" ".join(line.split()) for line in said.out.splitlines()]
    assert "threshold_db -80 … 0 dB -20 level above which it works" in rows
    assert "ratio 1 … 100 2 input change for 1 dB of output" in rows
    assert "sidechain settings none what it listens to" in rows
    assert "highpass_hz 10 … 20000 Hz none cut below in the key" in rows
    assert "  highpass_hz" in said.out, "what is inside stands further in"


def test_text_flows_and_formulas_stand_on_lines_of_their_own(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processors, "_width", lambda: 72)
    lines = studio.run("processors", "saturator").out.splitlines()
    assert "tape  x / √(1 + x²)" in lines
    at = lines.index("tube  x / √(1 + x²) + x² / (2 √(1 + x²)⁵): even harmonics too, so a DC")
    assert lines[at + 1 : at + 3] == ["  offset", "soft  x - 4/27·x³ up to ±1.5, ±1 beyond"]
    assert "Of tones up to 15 kHz, lines that are no harmonics stay under -90 dB up" in lines


def test_what_stands_further_in_stays_there() -> None:
    text = "It is for:\n- drums,\n  all of them"
    assert [*processors._paragraph(text, 72)] == text.split("\n")


def test_a_short_tail_is_told_in_milliseconds(studio: Studio) -> None:
    assert "goes on for 1.88 ms after" in studio.run("processors", "saturator").out
    assert processors._time(0.1) == "0.1 s"
    assert processors._time(0.0999) == "99.9 ms"


def test_bands_are_explained_too(studio: Studio) -> None:
    out = studio.run("processors", "eq").out
    assert "  freq_hz   20 … 20000 Hz" in out
    assert "required" in out
    assert "once an item of `bands` has an `id`: `ID.freq_hz`, `ID.gain_db`, `ID.q`." in out
    assert "(a plain list stands for `bands`):\n  - eq: [" in out


def test_what_can_be_moved_is_named_as_curves_name_it(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = DEVICE.replace("amount:", "sidechain: Sidechain | None = None\n    amount:")
    source += "\n    unmoved: ClassVar[dict[str, str]] = {'lowpass_hz': 'it is deaf'}\n"
    source += "\n    def glide(self, state, frames):\n        pass\n"
    source = f"from albumbuild.model.sidechain import Sidechain\n{source}"
    devices, files = {"heeding": "heeding_device:Device"}, {"heeding_device.py": source}
    install(tmp_path, "heeding-package", "1.0", devices=devices, files=files)
    monkeypatch.syspath_prepend(str(tmp_path))
    out = studio.run("processors", "heeding").out
    assert "an `id`: `ID.sidechain.highpass_hz`, `ID.amount`.\n" in out
    assert "`lowpass_hz` cannot be automated: it is deaf.\n" in out


@pytest.mark.usefixtures("example")
def test_a_device_of_a_package_is_explained_as_well(studio: Studio) -> None:
    out = studio.run("processors", "tremolo").out
    assert out.startswith("tremolo, version 1 from albumbuild-tremolo 1.0.0\n")
    assert "`ID.speed_hz`, `ID.depth_pct`, `ID.mix_pct`." in out
    assert "\n  - tremolo: {speed_hz: 5, depth_pct: 50, wave: round}\n" in out


@pytest.mark.parametrize("width", [72, 80, 100])
@pytest.mark.parametrize("name", PROCESSORS)
def test_no_line_is_wider_than_the_terminal(
    studio: Studio, name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processors, "_width", lambda: width)
    shown = [*studio.run("processors").out.splitlines()]
    shown += studio.run("processors", name).out.partition("Among the inserts")[0].splitlines()
    assert max(map(len, shown)) <= width
    assert all(line == line.rstrip() for line in shown)


@pytest.mark.parametrize("name", PROCESSORS)
def test_json_has_every_setting(studio: Studio, name: str) -> None:
    found = json.loads(studio.run("processors", name, "--json").out)
    assert {each["key"] for each in found["settings"]} == settings_of(PROCESSORS[name]).keys()
    assert found["description"]


@pytest.mark.parametrize("name", PROCESSORS)
def test_no_setting_is_left_without_a_meaning(name: str) -> None:
    bare = [line.key for line in lines(leaflet(PROCESSORS[name]).settings) if not line.description]
    assert bare == []


@pytest.mark.parametrize("name", [name for name in PROCESSORS if PROCESSORS[name].available])
def test_the_example_can_be_pasted(studio: Studio, name: str) -> None:
    path = studio.stem("kick", tune(0.1, seed=1))
    (studio.root / "sounds").mkdir()
    (studio.root / "sounds/file.wav").write_bytes(path.read_bytes())
    inserts = safe_load(leaflet(PROCESSORS[name]).example)
    chain = {"inserts": inserts}
    on_master = PROCESSORS[name].studying
    stems = {"kick": {"file": "stems/kick.wav", **({} if on_master else chain)}}
    own = {"stems": stems, "tempo": 120, "master": chain if on_master else {}}
    studio.edit("songs", {"a": own})
    song = load(studio.root).album.songs["a"]
    assert (song.master if on_master else song.stems["kick"]).inserts[0].name == name


@pytest.mark.usefixtures("example")
def test_a_name_that_nobody_has_is_told_with_the_one_that_was_meant(studio: Studio) -> None:
    said = studio.run("processors", "tremulo")
    assert said.code == 2
    assert said.err.startswith("error[unknown-processor]: unknown processor `tremulo`\n")
    assert "did you mean `tremolo`?" in said.err


def test_broken_packages_are_warnings_of_the_list_and_errors_when_asked_for(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_broken(tmp_path / "packages")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    said = studio.run("processors")
    assert said.code == 0
    assert said.err.count("warning[broken-package]") == 4
    assert "lacking" not in said.out
    assert "fussy" in said.out
    assert studio.run("processors", "lacking").code == 2
    assert "warning[shadowed-package]" in studio.run("processors", "stereo").err
