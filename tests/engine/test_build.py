"""What runs after an edit, a loss or a failure, and what does not."""

import os
import threading
import time
from collections import Counter

import pytest

from albumbuild.engine.action import Progress
from albumbuild.engine.events import BuildFinished, Log, StepFinished, StepStarted
from albumbuild.engine.sources import Ground, signature
from tests.engine.fakes import OUT, Bench, age, hooks, in_thread, step


@pytest.fixture
def bench(tmp_path):
    yield Bench(tmp_path)
    hooks.clear()


@pytest.fixture
def kick(tmp_path):
    path = tmp_path / "kick.wav"
    path.write_text("boom")
    age(path)
    return path


def album(kick, *, gain=0, title=0, keep=1_000_000):
    return [
        step("ingest:a/kick", files={"file": kick}, keep=keep),
        step("mix:a", "ingest:a/kick", value=gain),
        step("mix:b"),
        step("sequence:cd", "mix:a", "mix:b"),
        step("deliver:cd", "sequence:cd", value=title, place="cd"),
    ]


def blob(bench, steps, name):
    """The file in the store of a step's output."""
    return bench.store().blob_path(bench.make(steps).steps[name].outputs[OUT])


def test_a_first_build_runs_all_and_a_second_nothing(bench, kick):
    assert len(bench.ran(album(kick))) == 5
    result = bench.make(album(kick))
    assert result.counts == {"ran": 0, "restored": 0, "current": 5, "failed": 0, "skipped": 0}


def test_a_second_build_writes_nothing_outside_runs(bench, kick):
    bench.make(album(kick))

    def state():
        store, build = bench.root / ".albumbuild", bench.build_dir
        files = [*build.rglob("*"), *(f for f in store.rglob("*") if "runs" not in f.parts)]
        return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}

    before = state()
    bench.make(album(kick))
    assert state() == before


def test_a_touched_source_runs_nothing(bench, kick):
    bench.make(album(kick))
    os.utime(kick)
    assert bench.ran(album(kick)) == set()


def test_a_changed_source_runs_what_hears_it(bench, kick):
    bench.make(album(kick))
    kick.write_text("bang")
    assert bench.ran(album(kick)) == {"ingest:a/kick", "mix:a", "sequence:cd", "deliver:cd"}
    assert bench.placed()[f"cd/{OUT}"] == "0(0(0(0(bang)),0()))"


def test_a_step_that_comes_out_the_same_ends_the_rebuild(bench, kick):
    bench.make(album(kick, keep=1))
    kick.write_text("bang")
    assert bench.ran(album(kick, keep=1)) == {"ingest:a/kick"}


def test_going_back_restores_and_runs_nothing(bench, kick):
    bench.make(album(kick))
    bench.make(album(kick, gain=1))
    result = bench.make(album(kick))
    assert result.counts["ran"] == 0
    assert result.counts["restored"] == 3
    assert bench.make(album(kick)).counts["current"] == 5


def test_a_renamed_step_is_restored(bench):
    bench.make([step("mix:a"), step("deliver:cd", "mix:a", place="cd")])
    result = bench.make([step("mix:new"), step("deliver:lp", "mix:new", place="lp")])
    assert result.counts["restored"] == 2
    assert list(bench.placed()) == [f"lp/{OUT}"]


def test_one_file_used_twice_is_made_once(bench, kick):
    steps = [step(f"ingest:{name}/kick", files={"file": kick}) for name in "ab"]
    assert bench.make(steps).counts["ran"] == 1


def test_why_a_step_ran_is_told(bench, kick):
    bench.make(album(kick))
    kick.write_text("bang")
    bench.make(album(kick, gain=0.5))
    why = {event.id: event.why for event in bench.events if isinstance(event, StepStarted)}
    assert why["ingest:a/kick"] == ["input changed: kick.wav"]
    assert why["mix:a"] == ["input changed: ingest:a/kick", "parameter changed: value: 0 → 0.5"]
    assert why["sequence:cd"] == ["input changed: mix:a"]


def test_every_step_finishes_exactly_once_in_the_events(bench, kick):
    for steps in (album(kick), album(kick, gain=1), album(kick, gain=1)):
        bench.make(steps)
        ends = Counter(each.id for each in bench.events if isinstance(each, StepFinished))
        assert ends == Counter(each.id for each in steps)


def test_a_lost_result_that_nobody_needs_is_not_made_again(bench, kick):
    blob(bench, album(kick), "mix:a").unlink()
    assert bench.ran(album(kick)) == set()


def test_a_lost_result_is_made_again_when_it_is_needed(bench, kick):
    blob(bench, album(kick), "sequence:cd").unlink()
    assert bench.ran(album(kick, title=1)) == {"sequence:cd", "deliver:cd"}


def test_losses_are_made_good_up_the_chain(bench, kick):
    for name in ("sequence:cd", "mix:a", "ingest:a/kick"):
        blob(bench, album(kick), name).unlink()
    wanted = {"ingest:a/kick", "mix:a", "sequence:cd", "deliver:cd"}
    assert bench.ran(album(kick, title=1)) == wanted


def test_a_flipped_bit_is_put_aside_and_made_again(bench, kick):
    path = blob(bench, album(kick), "sequence:cd")
    path.chmod(0o644)
    path.write_text("1" + path.read_text()[1:])
    assert bench.ran(album(kick, title=1)) == {"sequence:cd", "deliver:cd"}
    assert bench.placed()[f"cd/{OUT}"] == "1(0(0(0(boom)),0()))"
    assert (bench.root / ".albumbuild" / "quarantine" / path.name).is_file()
    warnings = [event for event in bench.events if isinstance(event, Log)]
    assert [event.id for event in warnings] == ["sequence:cd"]
    assert path.name in warnings[0].message


def test_a_failure_stops_what_has_not_begun(bench):
    steps = [step("mix:a", fails=True), step("mix:b", "mix:a"), step("mix:c", "mix:b")]
    result = bench.make(steps)
    assert result.status == "failed"
    assert [end.status for end in result.steps.values()] == ["failed", "skipped", "skipped"]
    assert result.failed["mix:a"].what == "mix:a fails"


def test_after_a_failure_nothing_new_is_begun(bench):
    steps = [step("mix:a", fails=True), *(step(f"mix:b{n}", value=n) for n in range(5))]
    result = bench.make(steps, jobs=1)
    skipped = [end for name, end in result.steps.items() if name != "mix:a"]
    assert {end.status for end in skipped} <= {"skipped", "ran"}
    first_skipped = [end.status for end in skipped].index("skipped")
    assert {end.status for end in skipped[first_skipped:]} == {"skipped"}
    assert skipped[-1].why == ("mix:a failed",)


def test_keeping_going_builds_all_that_does_not_need_the_failure(bench):
    def steps(fails):
        return [
            step("a", fails=fails),
            step("b", "a", place="b"),
            step("c", value=1),
            step("d", "c", place="d"),
        ]

    result = bench.make(steps(True), keep_going=True)
    assert {name: end.status for name, end in result.steps.items()} == {
        "a": "failed",
        "b": "skipped",
        "c": "ran",
        "d": "ran",
    }
    assert bench.ran(steps(False)) == {"a", "b"}


def test_old_deliverables_stay_when_a_step_fails(bench):
    bench.make([step("a"), step("b", "a", place="b")])
    before = bench.placed()
    bench.make([step("a", value=1, fails=True), step("b", "a", place="b")], keep_going=True)
    assert bench.placed() == before


def test_a_fault_of_ours_is_a_failed_step_with_its_traceback(bench):
    def stumble(_):
        raise KeyError("strip")

    hooks["mix:a"] = stumble
    result = bench.make([step("mix:a")])
    assert result.failed["mix:a"].slug == "fault"
    assert "KeyError" in result.faults["mix:a"]
    assert "KeyError" in (result.run / "mix:a.log").read_text()


def test_a_source_that_is_gone_is_the_users_problem(bench, kick):
    steps = album(kick)
    kick.unlink()
    assert bench.make(steps).failed["ingest:a/kick"].slug == "source-unreadable"


def test_a_source_saved_while_its_step_runs_is_read_again(bench, kick):
    saves = iter(["bang"])

    def save(_):
        for text in saves:
            kick.write_text(text)

    hooks["ingest:a/kick"] = save
    result = bench.make(album(kick))
    assert result.status == "ok"
    assert bench.placed()[f"cd/{OUT}"] == "0(0(0(0(bang)),0()))"
    assert bench.ran(album(kick)) == set()


def test_a_source_that_keeps_changing_is_an_error(bench, kick):
    hooks["ingest:a/kick"] = lambda _: kick.write_text(kick.read_text() + "!")
    result = bench.make(album(kick))
    assert result.failed["ingest:a/kick"].what == "`kick.wav` keeps changing"


def test_a_source_that_was_another_for_a_while_leaves_no_result(bench, kick):
    """The step may have heard what stood there in between."""
    saves = iter(["bang"])

    def save(_):
        for text in saves:
            kick.write_text(text)
            (bench.root / "heard").write_text(kick.read_text())

    def restore(_):
        kick.write_text("boom")

    hooks["mix:a"] = lambda progress: (save(progress), restore(progress))
    steps = [
        step("ingest:k", files={"file": kick}),
        step("mix:a", "ingest:k", reads={"file": kick}, place="cd"),
    ]
    result = bench.make(steps)
    warnings = [event.message for event in bench.events if isinstance(event, Log)]
    assert result.failed["mix:a"].slug == "keeps-changing"
    assert len(warnings) == 4
    hooks.clear()
    assert bench.make(steps).status == "ok"
    assert bench.placed()[f"cd/{OUT}"] == "0(0(boom),boom)"


def test_a_source_that_the_plan_does_not_hold_for_is_not_built_with(bench, kick):
    ground = Ground(looked={kick: signature(kick)}, fits=lambda _: False)
    kick.write_text("a longer boom")
    result = bench.make(album(kick), ground=ground)
    assert result.failed["ingest:a/kick"].slug == "saved-since-planned"


@pytest.mark.parametrize("known", [False, True])
def test_a_file_read_behind_its_ingest_is_watched_too(bench, kick, known):
    steps = [
        step("ingest:k", files={"file": kick}),
        step("mix:a", "ingest:k", reads={"file": kick}, place="cd"),
    ]
    if known:
        bench.make(steps[:1])
    saves = iter(["bang"])

    def save(_):
        for text in saves:
            kick.write_text(text)

    hooks["mix:a"] = save
    result = bench.make(steps)
    assert result.status == "ok"
    assert bench.placed()[f"cd/{OUT}"] == "0(0(bang),bang)"
    ends = [event for event in bench.events if isinstance(event, StepFinished)]
    told = Counter(event.id for event in ends)
    assert told == {"ingest:k": 1 if known else 2, "mix:a": 1}
    last = {event.id: event.outputs[OUT] for event in ends}
    assert last == {name: f"blake3:{end.outputs[OUT]}" for name, end in result.steps.items()}
    assert bench.ran(steps) == set()


def test_the_last_word_on_each_step_agrees_with_the_counts(bench, kick):
    """Also where a step that had ended well is done again, and fails."""
    steps = [
        step("ingest:k", files={"file": kick}),
        step("mix:a", "ingest:k", reads={"file": kick}, place="cd"),
    ]
    hooks["mix:a"] = lambda _: kick.unlink()
    bench.make(steps)
    last = {each.id: each.status for each in bench.events if isinstance(each, StepFinished)}
    assert last == {"ingest:k": "failed", "mix:a": "skipped"}
    end = bench.events[-1]
    assert isinstance(end, BuildFinished)
    assert (end.ran, end.failed, end.skipped) == (0, 1, 1)


@pytest.mark.parametrize("other_first", [True, False])
def test_a_source_saved_midway_is_heard_by_all_that_need_it(bench, kick, other_first):
    """Also by a step that had ended, or was running, when another noticed."""
    read_twice, looks = threading.Event(), Counter()
    saves = iter(["bang"])

    def ingest(_):
        looks["ingest"] += 1
        if looks["ingest"] == 2:
            read_twice.set()

    def save(_):
        for text in saves:
            kick.write_text(text)

    def wait(_):
        read_twice.wait(5)
        time.sleep(0.1)

    hooks.update({"ingest:k": ingest, "mix:b": save} | ({} if other_first else {"mix:a": wait}))
    steps = [
        step("ingest:k", files={"file": kick}),
        step("mix:a", "ingest:k", value=1, place="a"),
        step("mix:b", "ingest:k", reads={"file": kick}, value=2, place="b"),
    ]
    assert bench.make(steps, jobs=1 if other_first else 2).status == "ok"
    assert bench.placed() == {f"a/{OUT}": "1(0(bang))", f"b/{OUT}": "2(0(bang),bang)"}
    hooks.clear()
    assert bench.ran(steps) == set()


def test_an_interrupted_build_goes_on_where_it_stopped(bench):
    cancelled, began = threading.Event(), threading.Event()

    def long(progress: Progress):
        began.set()
        while True:
            progress.add(0)
            time.sleep(0.005)

    steps = [step("a"), step("b", "a"), step("c", "b")]
    hooks["b"] = long
    stopper = in_thread(lambda: began.wait() and cancelled.set())
    result = bench.make(steps, cancelled=cancelled)
    stopper.join()
    assert result.status == "interrupted"
    hooks.clear()
    assert bench.ran(steps) == {"b", "c"}


def test_forced_targets_run_and_nothing_else(bench, kick):
    bench.make(album(kick))
    assert bench.ran(album(kick), "mix:*", force=True) == {"mix:a", "mix:b"}


def test_two_builds_at_once_make_each_key_once(bench, kick):
    made = Counter()

    def count(_):
        made["mix"] += 1
        time.sleep(0.1)

    hooks["mix:a"] = count
    other = Bench(bench.root)
    threads = [in_thread(lambda b=b: b.make(album(kick))) for b in (bench, other)]
    for thread in threads:
        thread.join()
    assert made["mix"] == 1
    assert bench.ran(album(kick)) == set()


def test_two_builds_at_once_make_good_a_loss_once(bench):
    made = Counter()

    def count(_):
        made["mix"] += 1
        time.sleep(0.1)

    steps = [step("mix:a"), step("deliver:cd", "mix:a", place="cd", value=1)]
    blob(bench, steps[:1], "mix:a").unlink()
    hooks["mix:a"] = count
    others = (bench, Bench(bench.root))
    threads = [in_thread(lambda each=each: each.make(steps)) for each in others]
    for thread in threads:
        thread.join()
    assert made["mix"] == 1


def test_a_result_that_cannot_be_read_is_put_aside_and_made_again(bench, kick):
    path = blob(bench, album(kick), "sequence:cd")
    path.unlink()
    path.mkdir()  # reading it is refused by the system
    assert bench.ran(album(kick, title=1)) == {"sequence:cd", "deliver:cd"}
    assert (bench.root / ".albumbuild" / "quarantine" / path.name).is_dir()


@pytest.mark.parametrize("how", ["gone", "flipped"])
def test_a_result_that_is_wanted_is_made_good_where_nothing_is_placed(bench, kick, how):
    path = blob(bench, album(kick), "mix:a")
    path.unlink()
    if how == "flipped":
        path.write_text("1(0(boom))")
    settings = {"build_dir": None, "wanted": ("mix:a",)}
    assert bench.ran(album(kick), "mix:a", **settings) == {"mix:a"}
    assert path.read_text() == "0(0(boom))"
    assert bench.ran(album(kick), "mix:a", **settings) == set()


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_work_shared_among_idle_threads_keeps_its_order(bench, jobs):
    found = []

    def share(progress: Progress):
        nested = lambda n: progress.map(lambda m: n * m, range(3))  # noqa: E731
        found.extend(progress.map(nested, range(20)))

    hooks["a"] = share
    bench.make([step("a"), step("b")], jobs=jobs)
    assert found == [[0, n, 2 * n] for n in range(20)]


def test_an_error_in_shared_work_reaches_the_step(bench):
    def share(progress: Progress):
        progress.map(lambda n: 1 / n, [1, 0])

    hooks["a"] = share
    assert "ZeroDivisionError" in bench.make([step("a")], jobs=4).faults["a"]
