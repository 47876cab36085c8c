"""Devices of installed packages: found by their names, imported when they are named."""

import json
import sys
from typing import Annotated, Literal

import jsonschema
import msgspec
import pytest

from albumbuild.manifest import packages
from albumbuild.manifest.album import load
from albumbuild.manifest.hints import unreadable
from albumbuild.manifest.packages import Devices
from albumbuild.manifest.schema import schema_text
from albumbuild.model.device import Processor
from albumbuild.model.level import Level
from albumbuild.model.problem import ProblemError
from albumbuild.model.units import Digits, File, Text
from albumbuild.registry import PROCESSORS
from tests.packages import DEVICE, install, install_broken, install_example


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The example package, installed."""
    install_example(tmp_path / "packages")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    packages._device.cache_clear()  # of the same package at another place
    monkeypatch.delitem(sys.modules, "albumbuild_tremolo", raising=False)


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Packages that cannot be used."""
    install_broken(tmp_path / "packages")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))


def song(*inserts):
    return {"songs": {"a": {"stems": {"kick": {"file": "kick.wav", "inserts": [*inserts]}}}}}


def test_the_devices_of_the_house_are_there_and_first():
    devices = Devices()
    assert list(devices)[: len(PROCESSORS)] == list(PROCESSORS)
    assert devices["gain"] is PROCESSORS["gain"]
    assert "no-such" not in devices
    assert devices.get("no-such") is None


@pytest.mark.usefixtures("example")
def test_a_package_is_imported_when_its_device_is_asked_for():
    devices = Devices()
    assert list(devices)[-1] == "tremolo"
    assert len(devices) == len(PROCESSORS) + 1
    assert devices.offers() == ()
    assert "albumbuild_tremolo" not in sys.modules
    device = devices["tremolo"]
    assert "albumbuild_tremolo" in sys.modules
    assert (device.name, device.package) == ("tremolo", "albumbuild-tremolo 1.0.0")
    assert [offer.name for offer in devices.offers()] == ["tremolo"]
    assert Devices()["tremolo"] is device


@pytest.mark.usefixtures("example")
def test_an_album_reads_a_device_of_a_package_as_one_of_the_house(empty):
    studio = empty(song({"tremolo": {"speed_hz": 3, "wave": "straight", "mix_pct": 50}}))
    (studio.root / "kick.wav").write_bytes(b"any")
    manifest = load(studio.root)
    device = manifest.album.songs["a"].stems["kick"].inserts[0]
    assert (device.speed_hz, device.depth_pct, device.wave) == (3.0, 50.0, "straight")
    assert [offer.distribution for offer in manifest.packages] == ["albumbuild-tremolo"]


@pytest.mark.parametrize(
    ("insert", "slug", "fix"),
    [
        ({"tremolo": {"speed_hz": 40}}, "out-of-range", "a number from 0.05 to 20 Hz"),
        ({"tremolo": {"speed": 4}}, "unknown-key", "did you mean `speed_hz`?"),
        ({"tremulo": {}}, "unknown-processor", "did you mean `tremolo`?"),
    ],
)
@pytest.mark.usefixtures("example")
def test_its_mistakes_are_told_like_ours(empty, insert, slug, fix):
    studio = empty(song(insert))
    (studio.root / "kick.wav").touch()
    with pytest.raises(ProblemError) as told:
        load(studio.root)
    assert (slug, fix) in [(problem.slug, problem.fix) for problem in told.value.problems]


@pytest.mark.usefixtures("example")
def test_the_schema_has_what_is_installed_and_the_one_on_disk_has_not():
    ours = schema_text("album")
    assert "tremolo" not in ours
    schema = json.loads(schema_text("album", Devices().sound()[0]))
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    album = {"title": "a", "artist": "b", **song({"tremolo": {"speed_hz": 3}})}
    assert check.is_valid(album)
    album = {"title": "a", "artist": "b", **song({"tremolo": {"speed_hz": 30}})}
    assert not check.is_valid(album)


def test_records_of_a_package_are_no_records_of_the_house_in_a_schema(tmp_path, monkeypatch):
    band = "import msgspec\nclass Band(msgspec.Struct, frozen=True):\n    hardness: float = 1.0\n"
    source = band + DEVICE.replace("amount:", "bands: tuple[Band, ...] = ()\n    amount:")
    files, devices = {"banded_device.py": source}, {"banded": "banded_device:Device"}
    install(tmp_path, "banded-package", "1.0", devices=devices, files=files)
    monkeypatch.syspath_prepend(str(tmp_path))
    definitions = json.loads(schema_text("album", Devices().sound()[0]))["$defs"]
    assert definitions["banded_device.Band"]["properties"].keys() == {"hardness"}
    assert "freq_hz" in definitions["Band"]["properties"]


@pytest.mark.usefixtures("broken")
def test_broken_packages_are_left_out_and_told():
    devices, warnings = Devices().sound()
    assert devices.keys() == {*PROCESSORS, "fussy"}
    assert {warning.severity for warning in warnings} == {"warning"}
    told = sorted(warning.slug for warning in warnings)
    assert told == [*["broken-package"] * 4, "packages-alike", "shadowed-package"]


@pytest.mark.usefixtures("broken")
def test_broken_packages_are_not_told_where_they_are_not_used(empty):
    studio = empty(song({"gain": {"level_db": -1}}))
    (studio.root / "kick.wav").write_bytes(b"any")
    assert load(studio.root).warnings == ()


@pytest.mark.usefixtures("example")
def test_a_preset_may_hold_one_and_a_curve_may_move_it(empty):
    album = song({"preset": {"name": "amp", "tremolo": {"depth_pct": 30}}})
    album["presets"] = {"amp": [{"tremolo": {"id": "t", "speed_hz": 3}}]}
    album["songs"]["a"]["stems"]["kick"]["automation"] = {"t.speed_hz": [[0, 3], [1, 9]]}
    studio = empty(album)
    (studio.root / "kick.wav").write_bytes(b"any")
    device = load(studio.root).album.songs["a"].stems["kick"].inserts[0]
    assert (device.speed_hz, device.depth_pct) == (3.0, 30.0)


@pytest.mark.usefixtures("broken")
def test_a_broken_package_is_told_on_the_line_of_the_preset(empty):
    album = song({"preset": {"name": "amp", "lacking": {"amount": 2}}})
    studio = empty({**album, "presets": {"amp": [{"lacking": {}}]}})
    (studio.root / "kick.wav").write_bytes(b"any")
    with pytest.raises(ProblemError) as told:
        load(studio.root)
    (problem,) = [each for each in told.value.problems if each.slug == "broken-package"]
    assert problem.at is not None


def test_no_package_has_a_device_that_a_manifest_would_read_as_a_preset(tmp_path, monkeypatch):
    files, devices = {"plain_device.py": DEVICE}, {"preset": "plain_device:Device"}
    install(tmp_path, "preset-package", "1.0", devices=devices, files=files)
    monkeypatch.syspath_prepend(str(tmp_path))
    devices, (warning,) = Devices().sound()
    assert "preset" not in devices
    assert warning.what == "the device `preset` of preset-package 1.0 cannot be used"
    assert warning.why == "`preset` among inserts stands for a preset"


class Part(msgspec.Struct, frozen=True):
    """A part of a device."""

    level: Annotated[float, Level(-60, 0, "how loud")] = 0.0
    odd: complex = 0j


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (float, None),
        (int | None, None),
        (Annotated[str, Text("a")], None),
        (Literal["a", 2], None),
        (tuple[float, ...], None),
        (dict[str, float], None),
        (Annotated[str, File("a")] | None, "x"),
        (tuple[Annotated[str, Digits("a")], ...], None),
        (int | str, "x"),
        (list[float], "x"),
        (list, "x"),
        (tuple[float, float], "x"),
        (dict[int, float], "x"),
        (dict, "x"),
        (bytes, "x"),
        (object, "x"),
        (Literal[1.5], "x"),
        (Annotated[bytes, File("a")], "x"),
        (Processor, "x"),
        (tuple[Processor, ...], "x"),
        (Part, "x.odd"),
        (dict[str, tuple[Part, ...]], "x.odd"),
    ],
)
def test_a_setting_has_a_type_that_manifests_can_hold(kind, key):
    assert unreadable(msgspec.defstruct("Device", [("x", kind)], kw_only=True)) == key


@pytest.mark.parametrize("name", PROCESSORS)
def test_the_house_has_no_others(name):
    assert unreadable(PROCESSORS[name], files=True) is None
