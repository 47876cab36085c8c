"""What stands under `build/`: whole folders, the user's own files, and edits that are kept."""

import shutil
import time

import pytest

from tests.engine.fakes import OUT, Bench, step


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def disc(value=0):
    return [step("deliver:cd", value=value, place="cd")]


def sums(_, outputs):
    return {"SHA256SUMS": "".join(outputs.values()).encode(), "ddp/DDPID": b"id"}


def test_generated_files_go_with_the_outputs(bench):
    bench.make(disc(), generate=sums)
    assert sorted(bench.placed()) == ["cd/SHA256SUMS", "cd/ddp/DDPID", f"cd/{OUT}"]


def test_outputs_that_begin_with_a_dot_are_not_placed(bench):
    from albumbuild.engine.placing import Placer

    store = bench.store()
    store.prepare()
    digests = {}
    for name in ("a.wav", ".facts"):
        (store.root / "new").write_text(name)
        digests[name] = store.put(store.root / "new")
    placer = Placer(store, bench.build_dir)
    placer.begin()
    placer.place("cd", digests, generated={}, force=False)
    assert list(bench.placed()) == ["cd/a.wav"]
    assert digests[".facts"] in placer.lacking("cd", digests, force=False)


def test_what_is_placed_is_a_copy_that_can_be_written(bench):
    result = bench.make(disc())
    path = bench.build_dir / "cd" / OUT
    blob = bench.store().blob_path(result.steps["deliver:cd"].outputs[OUT])
    assert path.stat().st_ino != blob.stat().st_ino
    assert path.stat().st_mode & 0o200


def test_an_edited_output_is_kept_and_told(bench):
    bench.make(disc())
    (bench.build_dir / "cd" / OUT).write_text("mine")
    for value in (0, 1):
        result = bench.make(disc(value))
        assert result.status == "failed"
        assert [problem.slug for problem in result.kept] == ["output-edited"]
        assert bench.placed() == {f"cd/{OUT}": "mine"}


def test_force_replaces_an_edited_output_and_keeps_a_backup(bench):
    bench.make(disc())
    for number in (1, 2):
        (bench.build_dir / "cd" / OUT).write_text(f"mine {number}")
        assert bench.make(disc(), force=True).status == "ok"
    assert bench.placed() == {
        f"cd/{OUT}": "0()",
        f"cd.edited-1/{OUT}": "mine 1",
        f"cd.edited-2/{OUT}": "mine 2",
    }


def test_an_edited_generated_file_is_kept_too(bench):
    bench.make(disc(), generate=sums)
    (bench.build_dir / "cd" / "ddp" / "DDPID").write_text("mine")
    assert bench.make(disc(1), generate=sums).status == "failed"
    assert bench.placed()[f"cd/{OUT}"] == "0()"


def test_a_make_that_read_the_manifest_earlier_does_not_undo_a_later_one(bench):
    later = time.time_ns() - 1_000
    bench.make([*disc(2), step("deliver:lp", place="lp")], since_ns=later)
    placed = bench.placed()
    assert set(placed) == {f"cd/{OUT}", f"lp/{OUT}"}
    assert bench.make(disc(1), since_ns=later - 1).status == "ok"
    assert bench.placed() == placed
    bench.make(disc(1), since_ns=later + 1)
    assert bench.placed() == {f"cd/{OUT}": "1()"}


def test_a_clock_that_was_put_back_keeps_nothing_from_its_place(bench):
    bench.make(disc(1), since_ns=time.time_ns() + 10**12)
    bench.make(disc(2), since_ns=time.time_ns())
    assert bench.placed() == {f"cd/{OUT}": "2()"}


def test_a_deleted_output_is_put_back(bench):
    bench.make(disc())
    shutil.rmtree(bench.build_dir)
    assert bench.ran(disc()) == set()
    assert bench.placed() == {f"cd/{OUT}": "0()"}


def test_files_of_the_user_beside_the_outputs_stay(bench):
    bench.make(disc())
    (bench.build_dir / "cd" / "notes").mkdir()
    (bench.build_dir / "cd" / "notes" / "to-plant.txt").write_text("hello")
    bench.make(disc(1))
    assert bench.placed() == {"cd/notes/to-plant.txt": "hello", f"cd/{OUT}": "1()"}
    bench.make([step("other")])
    assert bench.placed() == {"cd/notes/to-plant.txt": "hello"}


def test_a_folder_of_a_removed_deliverable_goes(bench):
    bench.make([*disc(), step("deliver:lp", place="lp")])
    bench.make([step("deliver:lp", place="lp")])
    assert list(bench.placed()) == [f"lp/{OUT}"]
    assert not (bench.build_dir / "cd").exists()


def test_a_deliverable_that_was_not_asked_for_is_left_alone(bench):
    steps = [*disc(), step("deliver:lp", place="lp", value=1)]
    bench.make(steps)
    before = bench.placed()
    bench.make(steps, "lp")
    assert bench.placed() == before


def test_a_build_folder_that_outlived_its_store_is_taken_over(bench):
    bench.make([*disc(), step("deliver:lp", place="lp")])
    shutil.rmtree(bench.root / ".albumbuild")
    result = bench.make([*disc(1), step("deliver:lp", place="lp")])
    assert result.status == "ok"
    assert bench.placed() == {
        f"cd/{OUT}": "1()",
        f"cd.edited-1/{OUT}": "0()",
        f"lp/{OUT}": "0()",
    }


def test_a_damaged_ledger_says_nothing(bench):
    bench.make(disc())
    (bench.root / ".albumbuild" / "placed.json").write_bytes(b"{")
    assert bench.make(disc()).status == "ok"


def test_a_lost_result_is_made_again_to_be_placed(bench):
    digest = bench.make(disc()).steps["deliver:cd"].outputs[OUT]
    path = bench.store().blob_path(digest)
    path.chmod(0o644)
    path.write_text("damaged")
    (bench.build_dir / "cd" / OUT).unlink()
    assert bench.ran(disc()) == {"deliver:cd"}
    assert bench.placed() == {f"cd/{OUT}": "0()"}


def test_unchanged_files_of_a_folder_are_not_written_again(bench):
    bench.make(disc(), generate=lambda *_: {"a": b"1"})
    before = (bench.build_dir / "cd" / OUT).stat()
    bench.make(disc(), generate=lambda *_: {"a": b"2"})
    after = (bench.build_dir / "cd" / OUT).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert bench.placed() == {"cd/a": "2", f"cd/{OUT}": "0()"}
