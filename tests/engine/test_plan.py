"""The plan: its order, what targets name, and what is no plan at all."""

import pytest

from albumbuild.engine.plan import Plan
from tests.engine.fakes import step

STEPS = [
    step("deliver:cd", "mix:b", "mix:a", place="cd"),
    step("mix:a", "ingest:a/kick"),
    step("mix:b"),
    step("ingest:a/kick"),
    step("report", place="report"),
]


def test_each_step_comes_after_all_that_it_needs():
    plan = Plan(STEPS)
    place = {name: index for index, name in enumerate(plan.order())}
    assert all(place[need] < place[after] for need, after in plan.edges())
    assert plan.levels()[0] == ["mix:b", "ingest:a/kick", "report"]


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        ([], ["deliver:cd", "report"]),
        (["cd"], ["deliver:cd"]),
        (["mix:*"], ["mix:b", "mix:a"]),
        (["mix:a", "mix:a"], ["mix:a"]),
    ],
)
def test_a_target_is_an_id_a_place_or_a_glob(targets, found):
    assert Plan(STEPS).select(targets) == found


@pytest.mark.parametrize(
    ("steps", "what"),
    [
        ([step("a"), step("a")], "two steps are called a"),
        ([step("a", place="x"), step("b", place="x")], "two steps have the same place"),
        ([step("a", "b")], "which is not planned"),
        ([step("a", "b"), step("b", "a")], "steps need each other"),
    ],
)
def test_what_is_no_plan_is_refused(steps, what):
    with pytest.raises(ValueError, match=what):
        Plan(steps)
