"""Edits one after the other: each build equals a clean one, runs no more than it said, and ends."""

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.soak.album import Living, State, difference, digests_of, living_album
from tests.soak.edits import HEARD
from tests.soak.unheard import UNHEARD
from tests.studio import Said


class Round(NamedTuple):
    """What was done in one round, and what went wrong; nothing, if all was well."""

    said: str
    wrong: str = ""


class Drawn(NamedTuple):
    """An edit that the album now has; one that is not heard may run nothing."""

    said: str
    heard: bool


MOST_DRAWS = 60


def edit_rounds(folder: Path, *, count: int, seed: int) -> Iterator[Round]:
    """Edit, build, compare; what goes wrong is kept, and the album begins anew."""
    living = living_album(folder)
    draw = random.Random(seed)
    yield from [Round("first build", wrong) for wrong in [_built(living)] if wrong]
    past: list[State] = [living.state]
    for number in range(count):
        drawn = _edited(living, past, draw)
        wrong = drawn.said if drawn.said.startswith("!") else _faults(living, drawn)
        yield Round(f"edit {number}: {drawn.said}", wrong)
        if wrong:
            shutil.copytree(living.root, folder / f"wrong-{number}", symlinks=True)
            for name in (".albumbuild", "build"):
                shutil.rmtree(living.root / name, ignore_errors=True)
            past = []
            if _built(living):
                return
        past.append(living.state)


def _built(living: Living) -> str:
    said = living.run("make")
    return "" if said.code == 0 else f"exit code {said.code}\n{said.err}"


def _edited(living: Living, past: list[State], draw: random.Random) -> Drawn:
    """Edit until an edit is taken; one that is refused is taken back, and has built nothing."""
    for _ in range(MOST_DRAWS):
        before, built = living.state, digests_of(living.root / "build")
        way = draw.random()
        if way < 0.1 and len(past) > 1:
            back = draw.randrange(len(past))
            living.state = past[back]
            return Drawn(f"back to state {back} of {len(past)}", heard=False)
        edit = draw.choice(UNHEARD if way < 0.25 else HEARD)
        try:
            said = f"{edit.__name__}: {edit(living, draw)}"
        except (IndexError, KeyError, ValueError):
            living.state = before  # nothing there to be edited like that
            continue
        living.save()
        checked = living.run("check")
        if checked.code == 0:
            return Drawn(said, heard=edit in HEARD)
        refused = living.run("make")
        if checked.code != 2 or refused.code != 2:
            return Drawn(f"! {said}: check says {checked}, make says {refused}", heard=True)
        if difference(built, digests_of(living.root / "build")):
            return Drawn(f"! {said}: a refused build has changed build/", heard=True)
        living.state = before
    raise AssertionError("no edit is taken any more")


def _faults(living: Living, drawn: Drawn) -> str:
    """Build after an edit; what is wrong with it, or nothing."""
    foreseen = living.run("plan", "--json")
    if foreseen.code != 0:
        return f"plan ends in {foreseen.code}\n{foreseen.err}"
    ends, said = _make(living)
    if said.code != 0:
        return f"make ends in {said.code}\n{said.err}"
    ran = {step for step, status in ends.items() if status == "ran"}
    if ran and not drawn.heard:
        return f"an edit without a meaning runs {sorted(ran)}"
    steps = {row["id"]: row["certainty"] for row in json.loads(foreseen.out)}
    if not ran <= set(steps):
        return f"runs what `plan` did not say: {sorted(ran - set(steps))}"
    certain = {step for step, certainty in steps.items() if certainty == "certain"}
    if {step for step in certain if ends.get(step) in (None, "current")}:
        return f"does not run what `plan` was certain of: {sorted(certain - ran)}"
    if unlike := difference(digests_of(living.root / "build"), living.clean_digests()):
        return f"a clean build has other bytes: {unlike}"
    return nothing_left(living)


def nothing_left(living: Living) -> str:
    """Whether another build has something to do, told at a glance and after a look at it all."""
    for seal in ("with", "without"):
        ends, said = _make(living)
        busy = {step: status for step, status in ends.items() if status != "current"}
        if said.code or busy:
            return f"a second make {seal} a seal ends in {said.code} and has {busy}\n{said.err}"
        (living.root / ".albumbuild/seal").unlink(missing_ok=True)
    return ""


def _make(living: Living) -> tuple[dict[str, str], Said]:
    """How every step of a `make` ended, and what it said."""
    events = living.root / "events.jsonl"
    events.unlink(missing_ok=True)
    said = living.run("make", "-j", "2", "--events", str(events))
    lines = events.read_text().splitlines() if events.exists() else []
    ends = [event for event in map(json.loads, lines) if event["event"] == "step_finished"]
    return {event["id"]: event["status"] for event in ends}, said
