"""What a build would do, told without doing it."""

import pytest

from albumbuild.engine.forecast import dry_run, explain
from albumbuild.engine.placing import Placer
from albumbuild.engine.plan import Plan, UnknownTarget
from tests.engine.fakes import OUT, Bench, step, tree


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def album(gain=0, title=0):
    return [
        step("mix:a", value=gain),
        step("mix:b", value=5),
        step("sequence:cd", "mix:a", "mix:b"),
        step("deliver:cd", "sequence:cd", value=title, place="cd"),
    ]


def foreseen(bench, steps, *targets):
    store = bench.store()
    placer = Placer(store, bench.build_dir)
    return {each.id: each for each in dry_run(Plan(steps), targets, store=store, placer=placer)}


def test_nothing_is_written_and_everything_is_certain_at_first(bench):
    found = foreseen(bench, album())
    assert {each.certainty for each in found.values()} == {"certain"}
    assert list(found) == ["mix:a", "mix:b", "sequence:cd", "deliver:cd"]
    assert list(bench.root.iterdir()) == []


def test_what_may_stay_the_same_is_a_maybe(bench):
    bench.make(album())
    before = tree(bench.root)
    found = foreseen(bench, album(gain=1))
    assert {name: each.certainty for name, each in found.items()} == {
        "mix:a": "certain",
        "sequence:cd": "maybe",
        "deliver:cd": "maybe",
    }
    assert found["mix:a"].why == ("parameter changed: value: 0 → 1",)
    assert found["sequence:cd"].why == ("input may change: mix:a",)
    assert tree(bench.root) == before


def test_a_current_album_and_one_gone_back_foresee_nothing(bench):
    bench.make(album())
    bench.make(album(gain=1))
    assert foreseen(bench, album(gain=1)) == {}
    assert foreseen(bench, album()) == {}


def test_losses_that_matter_are_foreseen(bench):
    result = bench.make(album())
    for name in ("mix:a", "sequence:cd"):
        bench.store().blob_path(result.steps[name].outputs[OUT]).unlink()
    assert foreseen(bench, album()) == {}
    assert set(foreseen(bench, album(title=1))) == {"mix:a", "sequence:cd", "deliver:cd"}
    assert bench.ran(album(title=1)) == {"mix:a", "sequence:cd", "deliver:cd"}


def test_of_steps_with_one_key_one_is_foreseen(bench):
    steps = [step("mix:a"), step("mix:b"), step("sequence:cd", "mix:b", value=2)]
    planned = set(foreseen(bench, steps))
    assert planned == bench.ran(steps) == {"mix:b", "sequence:cd"}


def test_an_explanation_knows_of_losses_that_later_steps_feel(bench):
    result = bench.make(album())
    store = bench.store()
    store.blob_path(result.steps["sequence:cd"].outputs[OUT]).unlink()
    assert explain(Plan(album()), "sequence:cd", store=store).status == "current"
    found = explain(Plan(album(title=1)), "sequence:cd", store=store)
    assert (found.status, found.why) == ("certain", ("output missing",))
    store.blob_path(result.steps["deliver:cd"].outputs[OUT]).unlink()
    (bench.build_dir / "cd" / OUT).unlink()
    placer = Placer(store, bench.build_dir)
    found = explain(Plan(album()), "deliver:cd", store=store, placer=placer)
    assert (found.status, found.why) == ("certain", ("output missing",))


def test_an_explanation_tells_what_changed_or_what_did_last_time(bench):
    bench.make(album())
    would = explain(Plan(album(gain=1)), "mix:a", store=bench.store())
    assert (would.status, would.lines) == ("certain", ("value: 0 → 1",))
    bench.make(album(gain=1))
    did = explain(Plan(album(gain=1)), "mix:a", store=bench.store())
    assert (did.status, did.why) == ("current", ("parameter changed: value: 0 → 1",))


def test_an_explanation_of_a_current_step_tells_why_it_need_not_run(bench, tmp_path):
    kick = tmp_path / "kick.wav"
    kick.write_text("boom")
    steps = [
        step("ingest:kick", files={"file": kick}, keep=1),
        step("mix:a", "ingest:kick", value=2),
        step("deliver:cd", "mix:a", place="cd"),
    ]
    bench.make(steps)
    kick.write_text("bang")
    assert bench.ran(steps) == {"ingest:kick"}
    for name in ("mix:a", "deliver:cd"):
        found = explain(Plan(steps), name, store=bench.store())
        assert found.status == "current"
        assert found.why_not == (
            "all that it hears is as it was (settings: 2, inputs: 1)",
            "ingest:kick ran in the last build and came out the same",
        )


def test_an_unknown_target_names_a_likely_one():
    with pytest.raises(UnknownTarget) as caught:
        Plan(album()).select(["mix:c"])
    assert caught.value.fix == "did you mean `mix:b`?"
