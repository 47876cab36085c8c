"""The one law: whatever was edited, broken or lost, a build equals a clean one, and runs the least.

Random graphs of fake steps, beside a model that knows what each must say and which keys were made.
"""

import errno
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from blake3 import blake3
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from albumbuild.engine.collecting import collect
from albumbuild.engine.events import StepFinished
from albumbuild.engine.files import StorageError
from albumbuild.engine.fingerprint import key_of, recipe
from albumbuild.engine.forecast import present_state
from albumbuild.engine.plan import Plan, Step
from tests.engine.fakes import OUT, Bench, Fake, step
from tests.engine.test_crashes import FailingDisk, Killed

some = st.integers(0, 99)


def digest(text: str) -> str:
    """The digest of a text."""
    return blake3(text.encode()).hexdigest()


class Album(RuleBasedStateMachine):
    """A graph that grows and changes. A record or a blob is in the model if it is in the store."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.bench = Bench(self.root)
        self.needs: dict[str, list[str]] = {}
        self.settings: dict[str, dict[str, int]] = {}
        self.places: dict[str, str | None] = {}
        self.files: dict[str, str] = {}
        self.recorded: set[str] = set()
        self.blobs: set[str] = set()
        self.placed: dict[str, str] = {}
        self.count = 0

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @rule(value=st.integers(0, 2), picks=st.lists(some, max_size=3), file=st.booleans(), end=some)
    def add_step(self, value: int, picks: list[int], file: bool, end: int) -> None:
        name = f"fake:{self.count:03}"
        known = list(self.needs)
        self.needs[name] = sorted({known[pick % len(known)] for pick in picks if known})
        self.settings[name] = {"value": value}
        self.places[name] = name[5:] if end % 2 else None
        if file or not self.needs[name]:
            self._write(name, "ab"[value % 2])
        self.count += 1

    @precondition(lambda self: self.needs)
    @rule(pick=some, name=st.sampled_from(["value", "keep"]), value=st.integers(0, 3))
    def edit_parameter(self, pick: int, name: str, value: int) -> None:
        self.settings[self._pick(self.needs, pick)][name] = value

    @precondition(lambda self: self.files)
    @rule(pick=some, text=st.sampled_from("abc"))
    def edit_file(self, pick: int, text: str) -> None:
        self._write(self._pick(self.files, pick), text)

    @precondition(lambda self: self.needs)
    @rule(pick=some)
    def remove_end(self, pick: int) -> None:
        needed = {each for needs in self.needs.values() for each in needs}
        name = self._pick(set(self.needs) - needed, pick)
        del self.needs[name], self.settings[name], self.places[name]
        self.files.pop(name, None)

    @precondition(lambda self: self.blobs)
    @rule(pick=some, how=st.sampled_from(["delete", "flip", "grow"]))
    def lose_blob(self, pick: int, how: str) -> None:
        name = self._pick(self.blobs, pick)
        path = self.bench.store().blob_path(name)
        data = path.read_bytes()
        path.unlink()
        if how != "delete":
            path.write_bytes(data + b"?" if how == "grow" else bytes([data[0] ^ 1]) + data[1:])
        self.blobs.discard(name)

    @precondition(lambda self: self.recorded)
    @rule(pick=some, share=st.floats(0, 0.999))
    def lose_record(self, pick: int, share: float) -> None:
        key = self._pick(self.recorded, pick)
        path = self.root / ".albumbuild" / "actions" / key[:2] / key
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        self.recorded.discard(key)

    @precondition(lambda self: self.placed)
    @rule(pick=some)
    def delete_placed(self, pick: int) -> None:
        place = self._pick(self.placed, pick)
        (self.bench.build_dir / place / OUT).unlink()
        del self.placed[place]

    @precondition(lambda self: self.needs)
    @rule(pick=some)
    def make_one(self, pick: int) -> None:
        self._make(self._pick(self.needs, pick))

    @precondition(lambda self: self.needs)
    @rule()
    def make_all(self) -> None:
        self._make()
        assert not self._make()

    @precondition(lambda self: self.needs)
    @rule(pick=some)
    def make_with_a_failure(self, pick: int) -> None:
        name = self._pick(self.needs, pick)
        self.settings[name]["fails"] = True
        self._make(keep_going=True)
        del self.settings[name]["fails"]

    @precondition(lambda self: self.needs)
    @rule(at=st.integers(1, 80), error=st.sampled_from([None, None, errno.ENOSPC, errno.EIO]))
    def crash(self, at: int, error: int | None) -> None:
        bench = Bench(self.root, disk=FailingDisk(at, error), jobs=1)
        with suppress(Killed, StorageError):
            bench.make([self._step(name) for name in self.needs])
        ends = [event for event in bench.events if isinstance(event, StepFinished)]
        finished = {event.id for event in ends if event.status == "ran"}
        self._look_again()
        _, keys = self._model(list(self._plan().order()))
        assert {keys[each] for each in finished} <= self.recorded, "what was finished is lost"
        self._make()

    @precondition(lambda self: self.needs)
    @rule(cap=st.sampled_from([None, 0, 40]))
    def collect_garbage(self, cap: int | None) -> None:
        self._make()
        store = self.bench.store()
        collect(store, present_state(self._plan(), store=store), max_bytes=cap)
        self._look_again()
        assert not self._make(), "gc took what the present state needs"

    @invariant()
    def nothing_half_made_is_left(self) -> None:
        assert not list(self.bench.build_dir.glob(".*"))
        assert not list((self.root / ".albumbuild").glob("tmp/*"))

    def _make(self, *targets: str, keep_going: bool = False) -> list[str]:
        steps = [self._step(name) for name in self.needs]
        plan = self._plan()
        chosen = plan.order(plan.ancestors(plan.select(targets)))
        texts, keys = self._model(chosen)
        stale = {each for each in chosen if keys[each] not in self.recorded}
        intact = all(digest(texts[each]) in self.blobs or each in stale for each in chosen)
        failing = {each for each in chosen if self.settings[each].get("fails")}
        twins = any(keys[each] == keys[one] for each in failing for one in set(chosen) - {each})
        bad = {each for each in chosen if plan.ancestors([each]) & failing & stale}

        ends = self.bench.make(steps, *targets, keep_going=keep_going).steps
        ran = [each for each in chosen if ends[each].status == "ran"]
        good = [each for each in chosen if ends[each].status in ("ran", "restored", "current")]
        made = {keys[each] for each in ran}
        assert len(made) == len(ran), "a key was made twice"
        assert failing or made >= {keys[each] for each in stale}
        lost = {keys[each] for each in chosen if digest(texts[each]) not in self.blobs}
        assert made <= {keys[each] for each in stale} | lost, "more than the least ran"
        if intact and not twins:
            assert set(good) == set(chosen) - bad
            assert made == {keys[each] for each in stale - bad}
        if not keep_going:
            assert good == chosen
        for each in good:
            assert ends[each].outputs == {OUT: digest(texts[each])}
        self._note(good, ran, texts=texts, keys=keys)
        return ran

    def _note(
        self, good: list[str], ran: list[str], *, texts: dict[str, str], keys: dict[str, str]
    ) -> None:
        self.recorded |= {keys[each] for each in ran}
        self.blobs |= {digest(texts[each]) for each in ran}
        for each in good:
            if place := self.places[each]:
                assert (self.bench.build_dir / place / OUT).read_text() == texts[each]
                self.placed[place] = texts[each]
        for place in set(self.placed) - set(self.places.values()):
            del self.placed[place]
            assert not (self.bench.build_dir / place).exists()

    def _model(self, chosen: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        """What each step must say, and the key it must have."""
        texts: dict[str, str] = {}
        keys: dict[str, str] = {}
        for each in chosen:
            action = Fake(**self.settings[each])  # type: ignore[arg-type]
            heard = [texts[need] for need in self.needs[each]]
            needs = {f"need{index}": digest(text) for index, text in enumerate(heard)}
            files = {"file": digest(self.files[each])} if each in self.files else {}
            heard += [self.files[each]] if each in self.files else []
            texts[each] = f"{action.value}({','.join(one[: action.keep] for one in heard)})"
            keys[each] = key_of(recipe(action, needs, files))
        return texts, keys

    def _look_again(self) -> None:
        """Take from the store what the model cannot know: what a crash or gc has left."""
        store = self.bench.store()
        records = {path.name for path in store.root.glob("actions/*/*")}
        self.recorded = {key for key in records if store.record(key) is not None}
        blobs = store.root.glob("cas/*/*")
        self.blobs = {path.name for path in blobs if digest(path.read_text()) == path.name}
        files = {name: self.bench.build_dir / name / OUT for name in self.placed}
        self.placed = {name: path.read_text() for name, path in files.items() if path.exists()}

    def _plan(self) -> Plan:
        return Plan([self._step(name) for name in self.needs])

    def _step(self, name: str) -> Step:
        files = {"file": self.root / name} if name in self.files else {}
        place = self.places[name]
        return step(name, *self.needs[name], files=files, place=place, **self.settings[name])

    def _write(self, name: str, text: str) -> None:
        self.files[name] = text
        (self.root / name).write_text(text)

    def _pick(self, among: object, pick: int) -> str:
        names = sorted(among)  # type: ignore[call-overload]
        return str(names[pick % len(names)])


TestAlbum = Album.TestCase
TestAlbum.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
