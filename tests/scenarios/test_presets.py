"""A preset is edited: what uses it runs again, and nothing else."""

import pytest

from tests.processes import Watch
from tests.scenarios.edits import DOWN_FROM_A
from tests.scenarios.rows import matching
from tests.studio import Studio

ROOM = "- gain: {id: trim, level_db: -2}\n- delay: {time_ms: 30, feedback_pct: 5}\n"
"""The file `presets/room.yaml`."""


@pytest.fixture
def roomy(studio: Studio) -> Studio:
    """The album with a preset in place, used in B and C, and one in a file, used in A's bus."""
    studio.album["presets"] = {"soft": [{"gain": {"level_db": -1}}], "room": "presets/room.yaml"}
    for song, use in (("b", "soft"), ("c", {"name": "soft", "gain": {"level_db": -5}})):
        studio.album["songs"][song]["mix"]["inserts"] = [{"preset": use}]
    studio.album["songs"]["a"]["buses"]["fx"]["inserts"] = [{"preset": "room"}]
    (studio.root / "presets").mkdir()
    (studio.root / "presets/room.yaml").write_text(ROOM)
    studio.save()
    studio.make()
    return studio


def test_an_edit_of_a_preset_runs_what_uses_it(roomy: Studio) -> None:
    roomy.edit("presets.soft.0.gain.level_db", -2)
    statuses = roomy.statuses()
    ran = {step for step, status in statuses.items() if status == "ran"}
    assert {each for each in ran if each.startswith("mix:")} == {"mix:b"}  # C says its own level
    roomy.edit("presets.soft.0.gain.level_db", -1)
    assert roomy.make() == set()


def test_an_edit_of_the_file_of_a_preset_runs_what_uses_it(roomy: Studio) -> None:
    (roomy.root / "presets/room.yaml").write_text(ROOM.replace("-2", "-3"))
    said = roomy.run("explain", "bus:a/fx")
    assert "level_db: -2 → -3   (presets/room.yaml:1)" in said.out
    statuses = roomy.statuses()
    ran = {step for step, status in statuses.items() if status == "ran"}
    assert ran == matching(f"bus:a/fx {DOWN_FROM_A}", set(statuses))
    (roomy.root / "presets/room.yaml").write_text("# a note\n" + ROOM.replace("-2", "-3.0"))
    assert roomy.make() == set()


def test_a_build_of_presets_is_that_of_the_inserts_written_out(roomy: Studio) -> None:
    before = roomy.digests()
    room = [{"gain": {"level_db": -2}}, {"delay": {"time_ms": 30, "feedback_pct": 5}}]
    roomy.album["songs"]["a"]["buses"]["fx"]["inserts"] = room
    roomy.album["songs"]["b"]["mix"]["inserts"] = [{"gain": {"level_db": -1}}]
    roomy.album["songs"]["c"]["mix"]["inserts"] = [{"gain": {"level_db": -5}}]
    roomy.edit("presets", None)
    assert roomy.make() == set()
    assert roomy.digests() == before


def test_a_watch_builds_when_the_file_of_a_preset_is_saved(roomy: Studio) -> None:
    with Watch(roomy, roomy.root.parent / "watch") as watching:
        watching.wait_for(1)
        (roomy.root / "presets/room.yaml").write_text(ROOM.replace("-2", "-4"))
        watching.wait_for(2)
