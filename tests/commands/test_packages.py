"""Albums with devices of installed packages, made in processes of their own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from albumbuild_tremolo import Tremolo

from tests.packages import BROKEN, DEVICE, install, install_example
from tests.studio import RATE_HZ, Said, Studio, plain_song, sound, tune

HOUSE = Path(__file__).parents[2]


class Workshop:
    """An album of one stem, and a folder where packages are installed."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "packages"
        self.packages.mkdir()
        song = plain_song("pad", end=1.0)
        song["stems"]["pad"]["inserts"] = [{"tremolo": {"speed_hz": 4, "depth_pct": 80}}]
        deliverables = {"mixes": {"type": "mixes"}}
        album = {"title": "Salt", "artist": "L", "songs": {"a": song}, "deliverables": deliverables}
        self.studio = Studio(folder / "album", album)
        self.stem = tune(1.0, seed=1, channels=2)
        self.studio.stem("pad", self.stem)

    def typed(self, *arguments: str, elsewhere: bool = False) -> Said:
        """A command in a process of its own, with the packages or without."""
        path = [str(HOUSE)] if elsewhere else [str(HOUSE), str(self.packages)]
        done = subprocess.run(
            [sys.executable, "-m", "albumbuild", "-C", str(self.studio.root), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def make(self) -> set[str]:
        """The steps that a `make` ran."""
        said = self.typed("make", "--events", str(self.studio.told))
        assert said.code == 0, said.err
        events = map(json.loads, self.studio.told.read_text().splitlines())
        return {e["id"] for e in events if e["event"] == "step_finished" and e["status"] == "ran"}

    def is_sealed(self) -> bool:
        """Whether a `make` has nothing to do, and loads nothing to say so."""
        code = (
            "import sys; from albumbuild.cli import main; main(sys.argv[1:]); print(*sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "-C", str(self.studio.root), "make"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HOUSE), str(self.packages)])},
        )
        heavy = {"numpy", "msgspec", "importlib.metadata"} & set(done.stdout.split())
        return "up to date" in done.stdout and not heavy


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """An album whose device is installed."""
    workshop = Workshop(tmp_path)
    install_example(workshop.packages)
    return workshop


def test_a_device_of_a_package_is_heard(workshop: Workshop) -> None:
    assert "mix:a" in workshop.make()
    device = Tremolo(speed_hz=4, depth_pct=80)
    wanted = device.process(workshop.stem, device.start(RATE_HZ, 2))
    (path,) = (workshop.studio.root / "build/mixes").glob("*.wav")
    assert np.allclose(sound(path)[: len(wanted)], wanted, atol=1e-6)


def test_a_curve_moves_it(workshop: Workshop) -> None:
    insert = {"tremolo": {"id": "t", "speed_hz": 4, "depth_pct": 80}}
    workshop.studio.edit("songs.a.stems.pad.inserts", [insert])
    curve = {"t.depth_pct": [[0, 0], [0.5, 0, "hold"], [1, 100]]}
    workshop.studio.edit("songs.a.stems.pad.automation", curve)
    workshop.make()
    (path,) = (workshop.studio.root / "build/mixes").glob("*.wav")
    heard, half = sound(path), RATE_HZ // 2
    assert np.allclose(heard[:half], workshop.stem[:half], atol=1e-6)
    assert not np.allclose(heard[half:RATE_HZ], workshop.stem[half:RATE_HZ], atol=1e-2)


def test_an_album_with_it_is_up_to_date_at_a_glance(workshop: Workshop) -> None:
    workshop.make()
    workshop.make()  # the first has compiled the package into its folder
    assert workshop.is_sealed()


def test_a_new_version_of_the_package_runs_what_uses_it(workshop: Workshop) -> None:
    workshop.make()
    workshop.make()
    install_example(workshop.packages, version="1.1.0")
    said = workshop.typed("explain", "mix:a")
    assert (
        "inserts[0]: tremolo version 1 of albumbuild-tremolo 1.0.0 "
        "→ tremolo version 1 of albumbuild-tremolo 1.1.0"
    ) in said.out
    assert workshop.make() >= {"mix:a"}
    install_example(workshop.packages)
    assert workshop.make() == set(), "the first is still in the store"


def test_other_code_of_the_package_is_looked_at(workshop: Workshop) -> None:
    workshop.make()
    workshop.make()
    code = workshop.packages / "albumbuild_tremolo/__init__.py"
    raised = code.read_text().replace("ClassVar[int] = 1", "ClassVar[int] = 2")
    code.write_text(raised)
    assert workshop.make() >= {"mix:a"}


def test_a_package_that_is_gone_is_missed_also_after_a_good_build(workshop: Workshop) -> None:
    workshop.make()
    workshop.make()
    assert workshop.typed("make", elsewhere=True).code == 2, "it is not on the path"
    assert workshop.typed("make").code == 0
    shutil.rmtree(workshop.packages)
    said = workshop.typed("make")
    assert said.code == 2
    assert "error[unknown-processor]: unknown processor `tremolo`" in said.err


def test_a_second_package_with_the_same_device_is_seen_after_a_good_build(
    workshop: Workshop,
) -> None:
    workshop.make()
    workshop.make()
    assert workshop.is_sealed()
    devices, files = {"tremolo": "other_device:Device"}, {"other_device.py": DEVICE}
    install(workshop.packages, "other-tremolo", "3.0", devices=devices, files=files)
    said = workshop.typed("make")
    assert said.code == 2
    assert "`tremolo` is offered by albumbuild-tremolo 1.0.0 and other-tremolo 3.0" in said.err


@pytest.mark.parametrize("method", ["process", "start", "tail"])
def test_a_device_that_fails_is_named_and_nobody_else_is_blamed(
    workshop: Workshop, method: str
) -> None:
    raising = f"\n    def {method}(self, *_):\n        raise KeyError('no such table')\n"
    devices, files = {"failing": "failing_device:Device"}, {"failing_device.py": DEVICE + raising}
    install(workshop.packages, "failing-package", "0.3", devices=devices, files=files)
    workshop.studio.edit("songs.a.stems.pad.inserts", [{"failing": {}}])
    said = workshop.typed("make")
    assert said.code == 1
    assert "error[device-failed]: the device `failing` of failing-package 0.3 failed" in said.err
    assert "why: KeyError: 'no such table'" in said.err
    assert "Traceback" not in said.err


GLIDING = f"""{BROKEN["fussy"]}
    def glide(self, state, frames):
        pass
"""


@pytest.mark.parametrize("command", ["check", "make"])
def test_settings_that_curves_come_to_and_a_package_refuses_are_told_with_the_curve(
    workshop: Workshop, command: str
) -> None:
    devices, files = {"fussy": "gliding_device:Device"}, {"gliding_device.py": GLIDING}
    install(workshop.packages, "fussy-package", "0.3", devices=devices, files=files)
    workshop.studio.edit("songs.a.stems.pad.inserts", [{"fussy": {"id": "f", "bypass": True}}])
    workshop.studio.edit("songs.a.stems.pad.automation", {"f.amount": [[0, 1], [1, 6]]})
    assert workshop.typed(command).code == 0, "what is bypassed is not asked"
    workshop.studio.edit("songs.a.stems.pad.inserts", [{"fussy": {"id": "f"}}])
    said = workshop.typed(command)
    assert said.code == 2
    assert said.err.startswith(
        "error[refused-automation]: `fussy` of fussy-package 0.3 refuses what automation "
        "of `f.amount` makes of it\n"
    )
    assert '"f.amount": ' in said.err, "the curve is shown"
    assert "why: more than 5 is too much of it\n" in said.err


def test_the_printed_schema_knows_it(workshop: Workshop) -> None:
    assert "tremolo" in workshop.typed("schema").out
    assert "tremolo" not in workshop.typed("schema", elsewhere=True).out
