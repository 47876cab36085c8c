"""What a build would do and why, found out without running or writing anything."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from albumbuild.engine.action import StepError
from albumbuild.engine.fingerprint import differences, leaves, recipe
from albumbuild.engine.placing import Placer
from albumbuild.engine.plan import Plan, Step
from albumbuild.engine.resolve import UNKNOWN, differing, reasons, resolve
from albumbuild.engine.runs import last_statuses
from albumbuild.engine.sources import Sources
from albumbuild.engine.states import State
from albumbuild.engine.store import Store


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A step that would run: for certain, or if what it needs comes out otherwise."""

    id: str
    certainty: Literal["certain", "maybe"]
    why: tuple[str, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a step would run, or why it does not and why it ran last.

    `lines` are the recipe's, old → new; `why_not` says what would have to change.
    """

    status: Literal["certain", "maybe", "current"]
    why: tuple[str, ...]
    lines: tuple[str, ...] = ()
    why_not: tuple[str, ...] = ()


def dry_run(
    plan: Plan,
    targets: Iterable[str],
    *,
    store: Store,
    placer: Placer | None = None,
    force: bool = False,
) -> list[Planned]:
    """The steps that a build would run, in order.

    Raises:
        UnknownTarget: a target names no step.
        StorageError: the store is of another version.
    """
    forecast = _Forecast(plan, plan.select(targets), store=store, placer=placer, force=force)
    return forecast.planned()


def at_hand(plan: Plan, step_ids: Iterable[str], *, store: Store) -> set[str]:
    """Those of the steps whose results, as they would be made now, are in the store."""
    tried = [each for each in step_ids if store.last_key(each) is not None]
    keys = _Forecast(plan, tried, store=store, placer=None, force=False).keys
    records = {each: store.record(keys[each]) for each in tried if each in keys}
    return {
        each
        for each, record in records.items()
        if record is not None and all(map(store.has, record.outputs.values()))
    }


def present_state(plan: Plan, *, store: Store) -> State:
    """The key of every step of the plan whose result is on record."""
    every = [step.id for step in plan]
    return State(_Forecast(plan, every, store=store, placer=None, force=False).keys)


def explain(plan: Plan, step_id: str, *, store: Store, placer: Placer | None = None) -> Explanation:
    """Why a step would run when all is made, or why it need not, and why it ran last.

    Raises:
        UnknownTarget: there is no such step.
    """
    chosen = plan.select([step_id])
    every = [*plan.select([]), *chosen]
    forecast = _Forecast(plan, every, store=store, placer=placer, force=False)
    found = {each.id: each for each in forecast.planned()}.get(chosen[0])
    old = store.last(chosen[0])
    text = forecast.recipe(plan[chosen[0]])
    if found is None:
        return Explanation(
            status="current",
            why=old.why if old is not None else (),
            why_not=_why_not(plan, chosen[0], text, store=store),
        )
    lines = [] if old is None else [*differences(old.recipe, text, but=UNKNOWN)]
    return Explanation(status=found.certainty, why=found.why, lines=tuple(lines))


def _why_not(plan: Plan, step_id: str, text: str, *, store: Store) -> tuple[str, ...]:
    """What a current step hears, all of it as it was, and which steps before it ended a rebuild."""
    heard = leaves(text)
    inputs = sum(path.startswith(("@need.", "@source.")) for path in heard)
    settings = sum(not path.startswith("@") for path in heard)
    ran = {each for each, status in last_statuses(store).items() if status == "ran"}
    ends = [
        f"{each} ran in the last build and came out the same"
        for each in plan.order(plan.ancestors([step_id]) & ran - {step_id})
        if not ran.issuperset(plan.needed_by(each))
    ]
    return (f"all that it hears is as it was (settings: {settings}, inputs: {inputs})", *ends)


class _Forecast:
    """One walk over the plan with only what is on record."""

    def __init__(
        self,
        plan: Plan,
        chosen: list[str],
        *,
        store: Store,
        placer: Placer | None,
        force: bool,
    ) -> None:
        store.check_version()
        self._plan = plan
        self._store = store
        self._placer = placer
        self._force = force
        self._forced = set(chosen) if force else set()
        self._sources = Sources(store.root / "stat.sqlite")
        self.keys: dict[str, str] = {}
        self._outputs: dict[str, dict[str, str]] = {}
        self._planned: dict[str, Planned] = {}
        self._twins: dict[str, list[str]] = {}
        self._selection = plan.order(plan.ancestors(chosen))
        for step_id in self._selection:
            self._look(plan[step_id])
        for step_id in reversed(self._selection):
            self._look_for_losses(plan[step_id])
        self._leave_out_twins()

    def planned(self) -> list[Planned]:
        """What would run, in order."""
        return [self._planned[each] for each in self._selection if each in self._planned]

    def recipe(self, step: Step) -> str:
        """The recipe of a step, with a word in the place of what is not known."""
        needs = {
            role: self._outputs.get(need.step, {}).get(need.output, UNKNOWN)
            for role, need in step.needs.items()
        }
        sources = {}
        for role, path in step.sources.items():
            try:
                sources[role] = self._sources.digest(path)
            except OSError:
                sources[role] = UNKNOWN
        return recipe(step.action, needs, sources)

    def _look(self, step: Step) -> None:
        old = self._store.last(step.id)
        unknown = [need.step for need in step.needs.values() if need.step not in self._outputs]
        if unknown:
            own = ("never built",) if old is None else differing(step, old, self.recipe(step))
            inputs = tuple(f"input may change: {each}" for each in dict.fromkeys(unknown))
            self._plan_for(step, "certain" if own else "maybe", own or inputs)
            return
        try:
            resolved = resolve(step, self._outputs, self._sources)
        except StepError as error:
            self._plan_for(step, "certain", (error.problem.what,))
            return
        record = self._store.record(resolved.key)
        if record is None:
            self._twins.setdefault(resolved.key, []).append(step.id)
            self._plan_for(step, "certain", reasons(step, old, resolved.recipe))
            return
        if step.id in self._forced:
            self._plan_for(step, "certain", ("forced",))
        self.keys[step.id] = resolved.key
        self._outputs[step.id] = record.outputs
        if self._placer is not None and step.place is not None:
            wanted = self._placer.lacking(step.place, record.outputs, force=self._force)
            if not all(map(self._store.has, wanted)):
                self._plan_for(step, "certain", ("output missing",))

    def _look_for_losses(self, step: Step) -> None:
        """Where a step would run, what it needs must be in the store, or be made again."""
        if step.id not in self._planned:
            return
        for need in step.needs.values():
            known = self._outputs.get(need.step)
            if known is None or need.step in self._planned:
                continue
            if not self._store.has(known[need.output]):
                certainty = self._planned[step.id].certainty
                self._plan_for(self._plan[need.step], certainty, ("output missing",))

    def _leave_out_twins(self) -> None:
        """Of steps with one key the one that others wait for longest runs."""
        remaining = self._plan.remaining()
        for twins in self._twins.values():
            for step_id in sorted(twins, key=lambda each: (-remaining[each], each))[1:]:
                del self._planned[step_id]

    def _plan_for(
        self, step: Step, certainty: Literal["certain", "maybe"], why: tuple[str, ...]
    ) -> None:
        self._planned.setdefault(step.id, Planned(id=step.id, certainty=certainty, why=why))
