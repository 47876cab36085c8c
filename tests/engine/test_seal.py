"""The fast path: a seal holds while nothing it was made of has changed, and costs no import."""

import os
import subprocess
import sys
import time

import pytest

from albumbuild.engine.seal import check, look
from albumbuild.engine.sealing import write_seal
from tests.engine.fakes import Bench, age, step


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "album.yaml"
    path.write_text("title: Salt")
    return path


def seal(bench, manifest, targets=("cd",)):
    """Build and seal, with what was looked at before."""
    seen = {manifest: look(manifest), bench.root / "songs.yaml": None}
    steps = [step("mix", files={"file": manifest}), step("cd", "mix", place="cd")]
    result = bench.make(steps)
    return write_seal(
        bench.root,
        store=bench.store(),
        targets=targets,
        version="1",
        album="Salt",
        steps=result.steps,
        looked=seen | result.looked,
    )


def holds(bench, targets=("cd",), version="1"):
    return check(bench.root, list(targets), version) is not None


def test_a_seal_holds_while_nothing_changes(bench, manifest):
    assert seal(bench, manifest)
    sealed = check(bench.root, ["cd"], "1")
    assert sealed is not None
    assert sealed.steps == ["mix", "cd"]


@pytest.mark.parametrize("name", ["album.yaml", "build/cd/out.txt"])
@pytest.mark.parametrize("old", [False, True])
def test_an_edit_breaks_it(bench, manifest, name, old):
    if old:
        age(manifest)
    seal(bench, manifest)
    (bench.root / name).write_text("x" * (bench.root / name).stat().st_size)
    assert not holds(bench)


def test_an_edit_within_the_tick_of_the_clock_breaks_it(bench, manifest):
    seal(bench, manifest)
    was = manifest.stat()
    manifest.write_text("title: Malt")
    os.utime(manifest, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert not holds(bench)


def test_a_file_that_comes_or_goes_breaks_it(bench, manifest):
    seal(bench, manifest)
    (bench.root / "songs.yaml").write_text("")
    assert not holds(bench)
    (bench.root / "songs.yaml").unlink()
    assert holds(bench)
    manifest.unlink()
    assert not holds(bench)


def test_it_is_for_its_targets_and_its_version_alone(bench, manifest):
    seal(bench, manifest)
    assert not holds(bench, targets=())
    assert not holds(bench, version="2")


def test_what_changed_while_it_was_built_gets_no_seal(bench, manifest):
    seen = {manifest: look(manifest)}
    time.sleep(0.02)
    manifest.write_text("title: Sand & Static")
    store = bench.store()
    store.prepare()
    arguments = {"store": store, "targets": [], "version": "1", "album": "Salt", "steps": []}
    assert not write_seal(bench.root, looked=seen, **arguments)
    assert not holds(bench, targets=())


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "1", "targets": ["cd"]}'])
def test_a_damaged_seal_does_not_hold(bench, manifest, text):
    seal(bench, manifest)
    (bench.root / ".albumbuild" / "seal").write_text(text)
    assert not holds(bench)


def test_checking_a_seal_imports_nothing_heavy():
    script = "import sys, albumbuild.engine.seal; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "networkx", "msgspec", "blake3", "scipy", "yaml"} & set(found)
