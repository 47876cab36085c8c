"""The guard itself: what it takes for a change, what it says, and what it refuses."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from albumbuild.dsp.glide import Glide
from albumbuild.processors.gain import Gain
from tests.guard.__main__ import accept
from tests.guard.golden import (
    ACCEPT,
    RAISE,
    Record,
    accepted,
    faults,
    other_libraries,
    read_golden,
    write_golden,
)
from tests.guard.material import Block, write_material
from tests.guard.sources import c_code, code_digest, python_code, reached, read_sources
from tests.guard.subjects import Subject, plays, record, subjects

SOURCES = read_sources()
RECORD = Record(version=1, libraries={"soxr": "1.0"}, code="c", outputs={"k": "x", "l": "y"})


def change(**fields: Any) -> Record:
    """The record with other fields."""
    return replace(RECORD, **fields)


def longer(path: str, more: str) -> dict[str, str]:
    """The sources with `more` at the end of one of them."""
    return SOURCES | {path: f"{SOURCES[path]}\n{more}\n"}


def changed_by(sources: dict[str, str]) -> set[str]:
    """The subjects whose code is another."""
    modules = {name: subject.module for name, subject in subjects().items()}
    return {
        name
        for name, module in modules.items()
        if code_digest(module, sources) != code_digest(module, SOURCES)
    }


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (RECORD, []),
        (change(outputs={"k": "x", "l": "z"}), [RAISE]),
        (change(outputs={"k": "x", "l": "z"}, code="d"), [RAISE]),
        (change(code="d"), [f"its code changed: {ACCEPT}"]),
        (
            change(version=2, outputs={"m": "x", "n": "z"}),
            [f"its version is 2, and 1 was accepted: {ACCEPT}"],
        ),
        (change(outputs={"k": "x", "m": "z"}), [f"its keys changed: {ACCEPT}"]),
        (change(libraries={"soxr": "1.1"}, outputs={"m": "x", "n": "z"}), []),
        (
            change(libraries={"soxr": "1.1"}, outputs={"m": "x", "n": "z"}, code="d"),
            [f"its code changed: {ACCEPT}"],
        ),
        (None, [f"it is in golden.json alone: {ACCEPT}"]),
    ],
)
def test_each_change_is_told_with_what_mends_it(now: Record | None, told: list[str]) -> None:
    assert faults(now, RECORD) == told


def test_a_new_subject_is_told() -> None:
    assert faults(RECORD, None) == [f"it is not in golden.json: {ACCEPT}"]


def test_sound_of_other_libraries_is_not_compared_and_it_is_said_why() -> None:
    assert other_libraries(RECORD, RECORD) is None
    reason = other_libraries(change(libraries={"soxr": "1.1"}), RECORD)
    assert reason == "accepted with soxr 1.0, here is soxr 1.1: sound is not compared"


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (change(outputs={"k": "z", "l": "y"}), True),
        (change(outputs={"k": "z", "m": "y"}, code="d"), True),
        (change(code="d"), False),
        (change(version=2, outputs={"m": "z", "n": "z"}, code="d"), False),
        (change(libraries={"soxr": "1.1"}, outputs={"m": "z", "n": "z"}), False),
    ],
)
def test_another_sound_under_the_same_key_is_refused(now: Record, refused: bool) -> None:
    found = accepted({"a": now, "new": RECORD}, {"a": RECORD, "gone": RECORD})
    assert found == ({"a": RECORD if refused else now, "new": RECORD}, ["a"] if refused else [])


def test_a_device_that_sounds_other_must_have_another_version(tmp_path: Path) -> None:
    class Louder(Gain, frozen=True, kw_only=True):
        __module__ = Gain.__module__

        def process(self, block: Block, state: Glide, key: Block | None = None) -> Block:
            return super().process(block, state, key) * 1.000_001

    class Raised(Louder, frozen=True, kw_only=True):
        __module__ = Gain.__module__
        version: ClassVar[int] = Gain.version + 1

    write_material(tmp_path)
    plain, louder, raised = (
        record(Subject(device, plays((device(level_db=-3.5),))), tmp_path, SOURCES)
        for device in (Gain, Louder, Raised)
    )
    assert faults(plain, plain) == []
    assert faults(louder, plain) == [RAISE]
    assert faults(raised, plain)[0].startswith("its version is")
    assert accepted({"gain": louder}, {"gain": plain}) == ({"gain": plain}, ["gain"])
    assert accepted({"gain": raised}, {"gain": plain}) == ({"gain": raised}, [])


def test_accepting_writes_what_may_and_names_what_may_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = tmp_path / "golden.json"
    write_golden({}, golden)
    assert accept(golden, tmp_path) == 0
    assert "gain: it is not in golden.json\n" in capsys.readouterr().out
    kept = read_golden(golden)
    gain = replace(kept["gain"], outputs=dict.fromkeys(kept["gain"].outputs, "other"))
    write_golden(kept | {"gain": gain, "eq": replace(kept["eq"], code="")}, golden)
    assert accept(golden, tmp_path) == 1
    said = capsys.readouterr()
    assert said.out == "eq: its code changed\ngain: its sound changed\n"
    assert said.err == f"refused: gain: {RAISE}\n"
    assert read_golden(golden) == kept | {"gain": gain}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("x = 1", "x = 1  # one", True),
        ("x = 1", "x = (\n    1\n)", True),
        ("x = 1", '"""Caption."""\nx = 1\n"""One."""', True),
        ("def f(): pass", 'def f():\n    """Does."""\n    pass', True),
        ("class A:\n    '''A.'''\n    x: int", "class A:\n    x: int\n    '''Of x.'''", True),
        ("x = 1", "x = 2", False),
        ("x = 1", "x = True", False),
        ("x = 1", "x = 1.0", False),
        ("x = a + b", "x = b + a", False),
        ("x = 'a'", "x = 'b'", False),
        ("f('a')", "f()", False),
        ("def f(a, b=0): pass", "def f(a, *, b=0): pass", False),
        ("class A(x=True): pass", "class A(x=False): pass", False),
    ],
)
def test_only_what_python_does_counts(old: str, new: str, same: bool) -> None:
    assert (python_code(old) == python_code(new)) == same


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("x = 1.0 + y;", "x=1.0+y; // sum", True),
        ("x = 1.0 + y;", "x =\n    1.0 /* of\n all */ + y;", True),
        ("#define A 1\nx", "#define  A  1 /* a */\n\n  x", True),
        ("x = 1e-5;", "x = 1e-6;", False),
        ("x = 0x1p-3;", "x = 0x1p+3;", False),
        ("x - -y", "x--y", False),
        ("#define A 1\nx", "#define A 1 x", False),
        ('f("a  // b")', 'f("a // b")', False),
        ("int x", "intx", False),
    ],
)
def test_only_what_c_does_counts(old: str, new: str, same: bool) -> None:
    assert (c_code(old) == c_code(new)) == same


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("processors/gain.py", "# a word\n"),
        ("dsp/maths.py", '"""A word."""'),
        ("dsp/kernels/maths.h", "/* a\n * word */ // more"),
        ("dsp/kernels/build.py", "WHEEL = 1"),  # packs, and is not heard
    ],
)
def test_words_for_readers_change_no_code(path: str, more: str) -> None:
    assert changed_by(longer(path, more)) == set()


def test_an_edit_changes_the_code_of_all_that_reach_it() -> None:
    assert changed_by(longer("processors/reverb.py", "MORE = 1")) == {"reverb"}
    steps = {name for name in subjects() if name.startswith("step ")}
    assert changed_by(longer("formats/wave.py", "MORE = 1")) == steps - {"step cover"}


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("dsp/kernels/delay.c", "enum { MORE = 1 };"),
        ("dsp/kernels/maths.h", "#define MORE 1"),
        ("dsp/kernels/compile.py", "MORE = 1"),
        ("dsp/kernels.py", "MORE = 1"),
    ],
)
def test_a_kernel_is_code_of_all_that_reach_kernels(path: str, more: str) -> None:
    through = {
        name
        for name, subject in subjects().items()
        if "dsp/kernels.py" in reached(subject.module, SOURCES)
    }
    assert changed_by(longer(path, more)) == through
    assert through >= {"gain", "reverb", "step mix", "step deliver mixes"}


def test_a_constant_in_a_kernel_is_code() -> None:
    maths = SOURCES["dsp/kernels/maths.h"]
    other = maths.replace("#define PI 3.14159265358979323846", "#define PI 3.1416")
    assert other != maths
    assert "gain" in changed_by(SOURCES | {"dsp/kernels/maths.h": other})


def test_no_subject_reaches_the_engine() -> None:
    found = {path for each in subjects().values() for path in reached(each.module, SOURCES)}
    assert {path.split("/")[0] for path in found} == {
        *("model", "dsp", "formats", "processors", "steps", "deliverables")
    }
