"""What stands under `build/`: whole folders, the user's own files, and edits that are kept."""

import shutil
import time

import pytest

from albumbuild.engine.files import StorageError
from albumbuild.engine.placing import Placer
from albumbuild.engine.seal import look
from albumbuild.engine.store import MissingBlob
from tests.engine.fakes import OUT, Bench, QuickDisk, step


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def disc(value=0):
    return [step("deliver:cd", value=value, place="cd")]


def sums(_, outputs):
    return {"SHA256SUMS": "".join(outputs.values()).encode(), "ddp/DDPID": b"id"}


def cue(*_):
    """A sheet that stays as it is, whatever the sound."""
    return {"cd.cue": b"TRACK 01"}


def while_placing(call, deed):
    """A disk on which the user does something just before it is first asked to `call`."""
    disk = QuickDisk()
    asked = getattr(disk, call)

    def first(*arguments):
        setattr(disk, call, asked)
        deed()
        return asked(*arguments)

    setattr(disk, call, first)
    return disk


def save_anew(path, text):
    """Save as most editors do: another file takes the name."""
    path.with_suffix(".saving").write_text(text)
    path.with_suffix(".saving").rename(path)


def slugs(result):
    return [problem.slug for problem in result.kept]


def test_generated_files_go_with_the_outputs(bench):
    bench.make(disc(), generate=sums)
    assert sorted(bench.placed()) == ["cd/SHA256SUMS", "cd/ddp/DDPID", f"cd/{OUT}"]


def test_outputs_that_begin_with_a_dot_are_not_placed(bench):
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


@pytest.mark.parametrize("text", [b"{", b'{"folders":{"\xff":{}}}'])
def test_a_damaged_ledger_says_nothing(bench, text):
    bench.make(disc())
    (bench.root / ".albumbuild" / "placed.json").write_bytes(text)
    assert bench.make(disc()).status == "ok"
    assert bench.placed() == {f"cd/{OUT}": "0()"}


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


def test_an_output_written_to_while_its_folder_is_made_is_kept_and_told(bench):
    bench.make(disc(), generate=cue)
    sheet = bench.build_dir / "cd" / "cd.cue"
    disk = while_placing("copy", lambda: sheet.write_text("mine"))
    assert slugs(Bench(bench.root, disk=disk).make(disc(1), generate=cue)) == ["output-edited"]
    assert bench.placed() == {f"cd/{OUT}": "1()", "cd/cd.cue": "mine"}
    assert slugs(bench.make(disc(1), generate=cue)) == ["output-edited"]
    assert bench.placed()["cd/cd.cue"] == "mine"


@pytest.mark.parametrize("name", ["cd.cue", OUT])
@pytest.mark.parametrize("save", [save_anew, lambda path, text: path.write_text(text)])
def test_an_output_saved_while_it_is_replaced_is_put_aside_and_told(bench, name, save):
    sheet = {"cd.cue": b"1"}
    bench.make(disc(), generate=lambda *_: sheet)
    sheet = {"cd.cue": b"2"}
    disk = while_placing("copy", lambda: save(bench.build_dir / "cd" / name, "mine"))
    result = Bench(bench.root, disk=disk).make(disc(1), generate=lambda *_: sheet)
    assert slugs(result) == ["edited-meanwhile"]
    new = {f"cd/{OUT}": "1()", "cd/cd.cue": "2", f"cd.edited-1/{name}": "mine"}
    assert bench.placed() == new
    assert bench.make(disc(1), generate=lambda *_: sheet).status == "ok"
    assert bench.placed() == new


def test_what_the_user_does_beside_the_outputs_meanwhile_stays(bench):
    bench.make(disc())
    folder = bench.build_dir / "cd"
    (folder / "notes.txt").write_text("first")

    def work():
        save_anew(folder / "notes.txt", "second")
        (folder / "sub").mkdir()
        (folder / "sub" / "my.txt").write_text("new")

    assert Bench(bench.root, disk=while_placing("copy", work)).make(disc(1)).status == "ok"
    user = {"cd/notes.txt": "second", "cd/sub/my.txt": "new"}
    assert bench.placed() == {f"cd/{OUT}": "1()", **user}
    disk = while_placing("rename", lambda: (folder / "last.txt").write_text("saved"))
    assert Bench(bench.root, disk=disk).make([step("other")]).status == "ok"
    assert bench.placed() == {**user, "cd/last.txt": "saved"}


def test_a_file_that_the_user_removes_meanwhile_is_no_trouble(bench):
    bench.make(disc())
    passing = bench.build_dir / "cd" / "passing.swp"
    passing.touch()
    disk = while_placing("link", passing.unlink)
    assert Bench(bench.root, disk=disk).make(disc(1)).status == "ok"
    assert bench.placed() == {f"cd/{OUT}": "1()"}


def test_all_that_was_placed_is_told_for_the_seal_also_what_is_gone_since(bench):
    steps = [*disc(), step("deliver:lp", place="lp")]
    bench.make(steps)
    gone = bench.build_dir / "cd" / OUT
    steps[1] = step("deliver:lp", place="lp", value=1)
    result = Bench(bench.root, disk=while_placing("swap", gone.unlink)).make(steps)
    assert set(result.looked) == {gone, bench.build_dir / "lp" / OUT}
    assert result.looked[gone] is not None
    assert look(gone) is None


IN_THE_WAY = {
    "a file": lambda path, _: path.write_text("mine"),
    "a link to a folder": lambda path, root: path.symlink_to(root / "elsewhere"),
    "a link to nothing": lambda path, _: path.symlink_to("nothing"),
    "a link to itself": lambda path, _: path.symlink_to(path.name),
}


@pytest.mark.parametrize("put", IN_THE_WAY.values(), ids=IN_THE_WAY)
@pytest.mark.parametrize("name", ["cd", "cd/ddp", "cd/ddp/DDPID"])
def test_what_is_in_the_way_of_a_folder_is_kept_and_told(bench, name, put):
    (bench.root / "elsewhere").mkdir()
    (bench.root / "elsewhere" / "my.txt").write_text("mine")
    bench.make(disc(), generate=sums)
    path = bench.build_dir / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    put(path, bench.root)
    was = path.lstat().st_ino
    for value in (0, 1):
        result = bench.make(disc(value), generate=sums)
        assert slugs(result) == ["output-edited"]
        assert f"`build/{name}`" in result.kept[0].what
        assert path.lstat().st_ino == was
    assert bench.make(disc(), generate=sums, force=True).status == "ok"
    kept = bench.build_dir / name.replace("cd", "cd.edited-1", 1)
    assert kept.lstat().st_ino == was
    assert (bench.build_dir / "cd" / "ddp" / "DDPID").read_text() == "id"
    assert [each.name for each in (bench.root / "elsewhere").iterdir()] == ["my.txt"]
    assert not list(bench.build_dir.glob(".*"))


def test_force_replaces_an_output_that_became_a_folder(bench):
    bench.make(disc())
    path = bench.build_dir / "cd" / OUT
    path.unlink()
    (path / "takes").mkdir(parents=True)
    (path / "takes" / "one").write_text("mine")
    (path / "empty").mkdir()
    assert slugs(bench.make(disc())) == ["output-edited"]
    assert bench.make(disc(), force=True).status == "ok"
    assert bench.placed() == {f"cd/{OUT}": "0()", f"cd.edited-1/{OUT}/takes/one": "mine"}
    assert (bench.build_dir / "cd.edited-1" / OUT / "empty").is_dir()


def test_links_to_folders_and_empty_folders_of_the_user_stay(bench):
    bench.make(disc(), generate=sums)
    (bench.root / "art").mkdir()
    (bench.root / "art" / "cover.txt").write_text("art")
    folder = bench.build_dir / "cd"
    (folder / "art").symlink_to(bench.root / "art")
    (folder / "ddp" / "empty" / "deep").mkdir(parents=True)
    bench.make(disc(1), generate=cue)
    assert (folder / "art").readlink() == bench.root / "art"
    assert (folder / "ddp" / "empty" / "deep").is_dir()
    bench.make(disc(1))
    assert (folder / "art" / "cover.txt").read_text() == "art"


def test_a_folder_that_held_only_ours_goes_with_it(bench):
    bench.make(disc(), generate=sums)
    bench.make(disc())
    assert not (bench.build_dir / "cd" / "ddp").exists()


def test_a_folder_that_may_not_be_read_is_refused(bench, monkeypatch):
    bench.make(disc())

    def denied(*_, onerror):
        onerror(PermissionError(13, "Permission denied"))
        return []

    monkeypatch.setattr("albumbuild.engine.standing.os.walk", denied)
    with pytest.raises(StorageError, match="cd: Permission denied"):
        bench.make(disc(1))


def test_an_older_make_does_not_undo_what_a_later_one_found_right(bench):
    early = time.time_ns() - 1_000
    bench.make(disc(), since_ns=early)
    before = outside_runs(bench)
    assert bench.make(disc(), since_ns=early + 2).status == "ok"
    assert outside_runs(bench) == before
    bench.make([*disc(1), step("deliver:lp", place="lp")], since_ns=early + 1)
    assert bench.placed() == {f"cd/{OUT}": "0()"}
    bench.make([*disc(1), step("deliver:lp", place="lp")], since_ns=early + 3)
    assert set(bench.placed()) == {f"cd/{OUT}", f"lp/{OUT}"}


def test_a_make_of_one_deliverable_says_nothing_of_the_others(bench):
    early = time.time_ns() - 1_000
    steps = [*disc(), step("deliver:lp", place="lp")]
    bench.make(steps, since_ns=early)
    bench.make(steps, "lp", since_ns=early + 2)
    bench.make([*disc(1), steps[1]], since_ns=early + 1)
    assert bench.placed() == {f"cd/{OUT}": "1()", f"lp/{OUT}": "0()"}


def outside_runs(bench):
    """All files of an album but those of its runs, as they look."""
    files = (path for path in bench.root.rglob("*") if "runs" not in path.parts)
    return {path: look(path) for path in files}


def test_a_backup_takes_no_name_of_a_deliverable(bench):
    steps = [*disc(), step("deliver:other", place="cd.edited-1", value=5)]
    bench.make(steps, "deliver:cd")
    (bench.build_dir / "cd" / OUT).write_text("mine")
    (bench.build_dir / "cd.edited-2").symlink_to("nothing")
    assert bench.make(steps, "deliver:cd", force=True).status == "ok"
    assert bench.placed() == {f"cd/{OUT}": "0()", f"cd.edited-3/{OUT}": "mine"}


def test_a_lost_result_leaves_the_folder_as_it_was(bench):
    bench.make(disc())
    (bench.build_dir / "cd" / OUT).write_text("mine")
    placer = Placer(bench.store(), bench.build_dir)
    placer.begin()
    with pytest.raises(MissingBlob):
        placer.place("cd", {OUT: "0" * 64}, generated={}, force=True)
    assert [path.name for path in bench.build_dir.iterdir()] == ["cd"]
    assert bench.placed() == {f"cd/{OUT}": "mine"}
