"""An impulse is edited: what hears it runs again, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import fftconvolve

from tests.processes import Watch
from tests.scenarios.commands import errors
from tests.scenarios.edits import DOWN_FROM_A
from tests.scenarios.rows import matching
from tests.studio import RATE_HZ, Block, Studio

PLACES = {
    "songs.a.buses.fx.inserts": ("hall", "bus:a/fx " + DOWN_FROM_A),
    "songs.b.stems.pad.inserts": ("box", "mix:b premaster:b master:b@* sequence:* "
                                           "deliver:*"),
    "songs.c.master.inserts": ("plate", "premaster:c master:c@* sequence:* deliver:cd "
                               "deliver:vinyl deliver:streaming"),
    "deliverables.vinyl.inserts": ("needle", "master:*@vinyl sequence:vinyl deliver:vinyl"),
}  # fmt: skip
"""Where an impulse is heard, and the steps that an edit of it may run."""


def decaying(frames: int, channels: int, *, seed: int) -> Block:
    """An impulse like that of a small room."""
    sound = np.random.default_rng(seed).standard_normal((frames, channels))
    return np.asarray(sound * np.exp(-np.arange(frames) / (frames / 6))[:, np.newaxis] / 20)


def write(studio: Studio, name: str, block: Block, *, rate_hz: int = RATE_HZ) -> Path:
    """An impulse among the stems."""
    return studio.stem(f"ir-{name}", block, rate_hz=rate_hz)


@pytest.fixture(scope="module")
def roomed(made: Studio, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """The album with an impulse in a bus, a strip, a master and a deliverable, made."""
    studio = made.copied_to(tmp_path_factory.mktemp("roomed") / "album")
    for number, (path, (name, _)) in enumerate(PLACES.items()):
        write(studio, name, decaying(4_000 + number, 1 + number % 2, seed=number))
        impulse = {"impulse": f"stems/ir-{name}.wav", "mix_pct": 30}
        studio.edit(path, [{"convolution": impulse}])
    studio.make()
    return studio


@pytest.fixture
def roomy(roomed: Studio, tmp_path: Path) -> Studio:
    """A copy of it to work on."""
    return roomed.copied_to(tmp_path / "roomy")


def ran_of(studio: Studio) -> tuple[set[str], set[str]]:
    """The steps that a `make` runs, and all of them."""
    statuses = studio.statuses()
    return {step for step, status in statuses.items() if status == "ran"}, set(statuses)


@pytest.mark.parametrize("path", PLACES)
def test_an_edit_of_an_impulse_runs_what_hears_it(roomy: Studio, path: str) -> None:
    name, steps = PLACES[path]
    write(roomy, name, decaying(4_100, 1, seed=50))
    ran, known = ran_of(roomy)
    allowed = matching(steps, known) | {step for step in known if step.startswith("measure:")}
    assert ran & matching(steps.split()[0], known)
    assert ran <= allowed
    assert roomy.make() == set()


def test_an_impulse_that_is_touched_or_renamed_runs_nothing(roomy: Studio) -> None:
    (roomy.root / "stems/ir-hall.wav").touch()
    assert roomy.make() == set()
    (roomy.root / "stems/ir-hall.wav").rename(roomy.root / "stems/room.wav")
    roomy.edit("songs.a.buses.fx.inserts.0.convolution.impulse", "stems/room.wav")
    assert roomy.make() == set()


def test_explain_names_the_impulse(roomy: Studio) -> None:
    write(roomy, "hall", decaying(4_000, 1, seed=51))
    assert "input changed: ir-hall.wav" in roomy.run("explain", "bus:a/fx").out


def test_a_strip_is_heard_through_its_impulse_with_its_tail(studio: Studio) -> None:
    impulse = decaying(30_000, 2, seed=7)
    write(studio, "long", impulse)
    studio.edit("songs.c.mix", {})
    plain = studio.result("mix:c")
    convolved = {"impulse": "stems/ir-long.wav", "predelay_ms": 10}
    studio.edit("songs.c.stems.piano.inserts", [{"convolution": convolved}])
    found = studio.result("mix:c")
    assert len(found) == len(plain) + 441 + 30_000
    stored = impulse.astype(np.float32).astype(np.float64)
    wanted = fftconvolve(plain, stored, axes=0)
    heard = found[441 : 441 + len(wanted)]
    assert np.max(np.abs(heard - wanted)) < 1e-6 * np.max(np.abs(wanted)) * 10


def test_a_linear_phase_keeps_a_strip_on_time(studio: Studio) -> None:
    plain = studio.result("mix:c")
    eq = {"phase": "linear", "bands": [{"type": "bell", "freq_hz": 9_000, "gain_db": 0}]}
    studio.edit("songs.c.stems.piano.inserts", [{"eq": eq}])
    assert np.array_equal(studio.result("mix:c"), plain)


def test_a_watch_builds_when_an_impulse_is_saved(roomy: Studio) -> None:
    with Watch(roomy, roomy.root.parent / "watch") as watching:
        watching.wait_for(1)
        write(roomy, "plate", decaying(4_000, 1, seed=52))
        watching.wait_for(2)


@pytest.mark.parametrize(
    ("spoil", "slug"),
    [
        (lambda path: path.unlink(), "missing-file"),
        (lambda path: path.write_bytes(b""), "empty-file"),
        (lambda path: path.write_text("no sound at all"), "unusable-sound"),
    ],
)
def test_an_impulse_that_cannot_be_used_is_told_in_its_place(
    roomy: Studio, spoil: "object", slug: str
) -> None:
    assert callable(spoil)
    spoil(roomy.root / "stems/ir-box.wav")
    said = roomy.run("make")
    assert said.code == 2
    [(found, place)] = errors(said.err)
    assert found == slug
    line = int(place.split(":")[1])
    assert "ir-box.wav" in (roomy.root / "album.yaml").read_text().splitlines()[line - 1]


def test_an_impulse_of_three_channels_is_told_in_its_place(roomy: Studio) -> None:
    write(roomy, "box", decaying(100, 3, seed=1))
    said = roomy.run("make")
    assert said.code == 2
    assert [found for found, _ in errors(said.err)] == ["impulse-channels"]


def test_an_impulse_that_holds_no_number_fails_the_step(roomy: Studio) -> None:
    bad = decaying(4_001, 1, seed=1)
    bad[100] = np.nan
    write(roomy, "box", bad)
    said = roomy.run("make")
    assert said.code == 1
    assert "`ir-box.wav` holds a sample that is not a number" in said.err
    assert (roomy.root / "build/cd").is_dir()


def test_its_gain_moves_on_time(studio: Studio) -> None:
    write(studio, "click", np.eye(1, 1))
    studio.edit("songs.c.mix", {})
    plain = studio.result("mix:c")
    inserts = [{"convolution": {"impulse": "stems/ir-click.wav", "id": "room"}}]
    studio.edit("songs.c.stems.piano.inserts", inserts)
    curve = [[1, -20], [2, 0, "hold"]]
    studio.edit("songs.c.stems.piano.automation", {"room.gain_db": curve})
    found = studio.result("mix:c")
    gain = np.where(np.arange(len(plain)) < 2 * RATE_HZ, 0.1, 1.0)[:, np.newaxis]
    assert np.max(np.abs(found[: len(plain)] - plain * gain)) < 1e-6


def test_its_length_stays(roomy: Studio) -> None:
    roomy.edit("songs.b.stems.pad.inserts.0.convolution.id", "room")
    roomy.edit("songs.b.stems.pad.automation", {"room.length_s": [[0, 1], [1, 2]]})
    said = roomy.run("make")
    assert said.code == 2
    assert "it makes another impulse" in said.err
