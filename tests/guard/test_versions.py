"""No device and no step changes its sound without a new version, nor its code unseen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.guard.devices import DEVICES, UNPLAYED, played, read
from tests.guard.fields import records_in, unheard
from tests.guard.golden import Record, faults, other_libraries, read_golden
from tests.guard.kinds import KINDS
from tests.guard.material import write_material
from tests.guard.subjects import available_devices, kinds_of_step, records, subjects

KEPT = read_golden()


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    """Every subject as it is now."""
    return records(tmp_path_factory.mktemp("guard"))


@pytest.mark.parametrize("name", sorted(KEPT.keys() | subjects().keys()))
def test_a_subject_is_as_it_was_accepted(now: dict[str, Record], name: str) -> None:
    assert faults(now.get(name), KEPT.get(name)) == []
    if reason := other_libraries(now[name], KEPT[name]):
        pytest.skip(reason)


def test_every_device_that_can_be_heard_is_guarded() -> None:
    assert {name: {type(each) for each in cases} for name, cases in DEVICES.items()} == {
        name: {device} for name, device in available_devices().items()
    }


def test_every_kind_of_step_is_guarded() -> None:
    assert {kind: {type(case.action) for case in cases()} for kind, cases in KINDS.items()} == {
        kind: {kind} for kind in kinds_of_step()
    }


@pytest.mark.parametrize("name", DEVICES)
def test_every_setting_of_a_device_is_heard_in_its_cases(name: str, tmp_path: Path) -> None:
    write_material(tmp_path)
    sound, key = read(tmp_path / "stereo.wav"), read(tmp_path / "key.wav")
    heard = {
        field
        for device in DEVICES[name]
        for field, reset in resets(device)
        if played(device, sound, key=key, rate_hz=44_100).tobytes()
        != played(reset, sound, key=key, rate_hz=44_100).tobytes()
    }
    assert heard == {
        f"{record.__name__}.{field.name}"
        for record in records_in(type(DEVICES[name][0]))
        for field in msgspec.structs.fields(record)
        if not field.required and field.name not in unheard(record) | UNPLAYED
    }


def resets(value: Any) -> Iterator[tuple[str, Any]]:
    """Each field in a value that is not at its default, and the value with it there."""
    if isinstance(value, tuple):
        for index, each in enumerate(value):
            for name, reset in resets(each):
                yield name, (*value[:index], reset, *value[index + 1 :])
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            now = getattr(value, field.name)
            if not field.required and now != field.default:
                reset = msgspec.structs.replace(value, **{field.name: field.default})
                yield f"{type(value).__name__}.{field.name}", reset
            for name, part in resets(now):
                yield name, msgspec.structs.replace(value, **{field.name: part})
