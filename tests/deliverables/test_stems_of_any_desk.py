"""Whatever a desk is like, its stems add up to its mix, and the archive builds it again."""

import random
from typing import Any

import numpy as np
import pytest

from tests.studio import Studio, tune

DEVICES = (
    {"gain": {"level_db": -4}},
    {"reverb": {"decay_s": 0.2}},
    {"limiter": {"ceiling_dbtp": -10}},
    {"delay": {"time_ms": 30, "feedback_pct": 20}},
    {"compressor": {"threshold_db": -30, "lookahead_ms": 3}},
)
Part = dict[str, Any]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """An album whose song is drawn anew by each test."""
    made = Studio(tmp_path_factory.mktemp("desks") / "album", {"title": "Ebb", "artist": "Lights"})
    for number in range(3):
        made.stem(f"x{number}", tune(0.3 + 0.1 * number, seed=number, channels=1 + number % 2))
    made.album["deliverables"] = {
        "main": {"type": "stems"},
        "other": {"type": "stems", "version": "other"},
        "mixes": {"type": "mixes"},
        "archive": {"type": "archive"},
    }
    return made


@pytest.mark.parametrize("seed", range(8))
def test_stems_add_up_to_the_mix_of_any_desk(studio: Studio, seed: int) -> None:
    studio.album["songs"] = {"song": drawn_song(random.Random(seed))}
    studio.save()
    studio.make()
    for folder, mix in (("main", "song"), ("other", "song+other")):
        note = (studio.root / "build" / folder / "DELIVERY.md").read_text()
        row = next(line for line in note.splitlines() if f"`{mix}/`" in line)
        whole = studio.sound(f"mixes/{mix}.wav")
        direct = (studio.sound(f"{folder}/{mix}/{name}.wav") for name in row.split("`")[3::2])
        assert np.abs(sum(direct, np.zeros_like(whole)) - whole).max() < 1e-6
    (studio.root / "album.yaml").write_text((studio.root / "build/archive/album.json").read_text())
    assert studio.run("plan", "--exit-code").code == 0


def drawn_song(draw: random.Random) -> Part:
    """Strips, nested buses, kept or not, returns and a version, with devices at random."""
    strips = [f"s{number}" for number in range(draw.randint(1, 5))]
    buses = [f"b{number}" for number in range(draw.randint(0, 3))]
    returns = [f"r{number}" for number in range(draw.randint(0, 2))]
    song: Part = {"mix": {"start": draw.choice((0, 0.1)), "end": 0.9}}
    song["stems"] = {
        name: {"file": f"stems/x{draw.randrange(3)}.wav", "start": draw.choice((0, 0.15))}
        | strip(draw, buses=buses, returns=returns, keys=strips[:number])
        for number, name in enumerate(strips)
    }
    song["buses"] = {
        name: {"keep": draw.choice(("auto", "always", "never"))}
        | strip(draw, buses=buses[:number], returns=returns, keys=strips)
        for number, name in enumerate(buses)
    }
    song["returns"] = {
        name: strip(draw, buses=[], returns=returns[number + 1 :], keys=[])
        for number, name in enumerate(returns)
    }
    named = draw.sample(strips + buses, draw.randint(1, len(strips + buses)))
    song["versions"] = {"other": {draw.choice(("mute", "only")): named}}
    return song


def strip(draw: random.Random, *, buses: list[str], returns: list[str], keys: list[str]) -> Part:
    """Settings of a strip that goes to one of `buses` or none, and may hear one of `keys`."""
    inserts: list[Any] = draw.sample(DEVICES, draw.choice((0, 0, 1, 2)))
    if keys and draw.random() < 0.3:
        key = {"from": draw.choice(keys)}
        inserts.append({"compressor": {"threshold_db": -35, "sidechain": key}})
    found: Part = {"pan": draw.choice((0, -40, 30)), "gain_db": draw.randint(-9, 0)}
    if buses and draw.random() < 0.6:
        found["bus"] = draw.choice(buses)
    sent = {name: {"level_db": -6, "pre": draw.random() < 0.5} for name in returns}
    sends = {name: send for name, send in sent.items() if draw.random() < 0.5}
    return found | {"inserts": inserts, "sends": sends}
