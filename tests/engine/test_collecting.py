"""What gc takes, what it spares, and what a check of the whole store finds."""

import pytest

from albumbuild.engine.collecting import clear, collect, stats, verify
from albumbuild.engine.files import StorageError
from albumbuild.engine.forecast import present_state
from albumbuild.engine.plan import Plan
from albumbuild.engine.states import State, good_states, keep_good_state, pin, pins, unpin
from tests.engine.fakes import OUT, Bench, step


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def album(gain=0):
    return [
        step("mix:a", value=gain),
        step("mix:b", value=9),
        step("deliver:cd", "mix:a", "mix:b", place="cd"),
    ]


def collected(bench, steps, **settings):
    store = bench.store()
    return collect(store, present_state(Plan(steps), store=store), **settings)


def held(bench):
    """The texts of all results in the store."""
    return {path.read_text() for path in (bench.root / ".albumbuild" / "cas").glob("*/*")}


def test_gc_takes_what_neither_the_album_nor_its_last_good_states_hold(bench):
    for gain in range(5):
        bench.make(album(gain))
    found = collected(bench, album(4))
    assert found.removed == 4  # two states of mix:a and deliver:cd
    assert held(bench) >= {"2()", "3()", "4()", "9()"}
    assert not {"0()", "1()"} & held(bench)
    assert bench.ran(album(4)) == set()
    assert bench.ran(album(2)) == set()


def test_gc_keeps_what_the_present_manifest_holds_however_long_ago_it_was_built(bench):
    for gain in range(5):
        bench.make(album(gain))
    collected(bench, album(0))
    assert "0()" in held(bench)
    assert bench.ran(album(0)) == set()


def test_under_a_cap_the_cheapest_goes_first_and_only_as_much_as_must(bench):
    for gain in (1, 22, 333, 4444, 55555):
        bench.make(album(gain))
    store = bench.store()
    total = stats(store).bytes
    rehearsed = collected(bench, album(55555), max_bytes=total - 1, rehearse=True)
    assert rehearsed.removed == 1
    assert stats(store).bytes == total
    found = collected(bench, album(55555), max_bytes=total - 1)
    assert (found.removed, found.left_bytes) == (1, total - found.removed_bytes)
    assert {"55555()", "4444()", "333()"} <= held(bench), "the last good states go last"


def test_a_cap_never_costs_what_the_present_state_needs(bench):
    for gain in range(5):
        bench.make(album(gain))
    found = collected(bench, album(4), max_bytes=0)
    assert found.left_bytes == found.present_bytes > 0
    assert held(bench) == {"4()", "9()", "0(4(),9())"}
    assert bench.ran(album(4)) == set()


def test_records_outlive_their_bytes(bench):
    bench.make(album(0))
    bench.make(album(1))
    collected(bench, album(1), max_bytes=0)
    assert stats(bench.store()).records == 5
    assert bench.ran(album(0), "mix:a") == set(), "what it came to is known"
    assert bench.ran(album(0)) == {"mix:a", "deliver:cd"}, "and made again where it is wanted"


def test_a_pin_holds_a_state_until_it_is_unpinned(bench):
    store = bench.store()
    bench.make(album(0))
    pin(store, "sent-to-the-plant", present_state(Plan(album(0)), store=store))
    for gain in range(1, 6):
        bench.make(album(gain))
    collected(bench, album(5), max_bytes=0)
    assert {"0()", "0(0(),9())"} <= held(bench)
    assert unpin(store, "sent-to-the-plant")
    assert not unpin(store, "sent-to-the-plant")
    collected(bench, album(5), max_bytes=0)
    assert "0()" not in held(bench)


def test_a_part_does_not_push_out_the_whole(bench):
    bench.make(album(0))
    for gain in range(1, 6):
        bench.make(album(gain), "mix:a")
    collected(bench, album(5))
    assert held(bench) >= {"0()", "0(0(),9())"}, "the last whole state"
    assert held(bench) >= {"3()", "4()", "5()"}, "and the last parts"
    assert not {"1()", "2()"} & held(bench)


def test_three_good_states_are_of_the_whole_and_three_of_parts(bench):
    store = bench.store()
    for number, whole in enumerate([True, True, True, True, False, False, False, False]):
        run = store.root / "runs" / f"{number}"
        run.mkdir(parents=True)
        keep_good_state(store, run, State({"mix:a": f"{number}"}, whole=whole))
    assert [run.name for run, _ in good_states(store)] == ["7", "6", "5", "3", "2", "1"]


def test_a_damaged_pin_can_be_forgotten_whatever_it_is(bench):
    store = bench.store()
    bench.make(album(0))
    (store.root / "pins" / "x" / "y").mkdir(parents=True)
    with pytest.raises(StorageError, match="this pin is damaged"):
        pins(store)
    assert unpin(store, "x")
    assert pins(store) == {}
    (store.root / "pins" / "z").symlink_to("nowhere")
    assert unpin(store, "z")
    assert not unpin(store, "z")


def test_a_damaged_pin_stops_gc(bench):
    store = bench.store()
    bench.make(album(0))
    pin(store, "x", present_state(Plan(album(0)), store=store))
    path = store.root / "pins" / "x"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StorageError, match="this pin is damaged"):
        pins(store)
    with pytest.raises(StorageError):
        collected(bench, album(0))


def test_gc_clears_away_what_the_dead_left(bench):
    bench.make(album(0))
    root = bench.root / ".albumbuild"
    (root / "actions" / "ab").mkdir(exist_ok=True)
    (root / "actions" / "ab" / ".key.1.0.tmp").write_text("half")
    for name in ("quarantine", "tmp", "inflight"):
        (root / name).mkdir(exist_ok=True)
        (root / name / "left").write_text("over")
    collected(bench, album(0))
    assert not list(root.rglob(".*.tmp"))
    assert not list(root.rglob("left"))


def test_gc_of_nothing_takes_nothing(bench):
    assert collected(bench, album(0)).removed == 0
    assert list(bench.root.iterdir()) == []


def test_a_check_of_the_store_names_what_is_damaged_and_puts_it_aside(bench):
    digest = bench.make(album(0)).steps["mix:b"].outputs[OUT]
    path = bench.store().blob_path(digest)
    path.chmod(0o644)
    path.write_text("8()")
    record = next((bench.root / ".albumbuild" / "actions").glob("*/*"))
    record.write_bytes(record.read_bytes()[:-9])
    found = verify(bench.store())
    assert found.damaged == {digest: "mix:b"} or found.damaged == {digest: ""}
    assert (found.sound, found.records) == (2, 1)
    assert not record.exists()
    assert (bench.root / ".albumbuild" / "quarantine" / digest).exists()
    again = verify(bench.store())
    assert (again.sound, again.damaged, again.records) == (2, {}, 0)


def test_stats_tell_what_there_is_by_kind(bench):
    bench.make(album(0))
    found = stats(bench.store())
    assert (found.results, found.records, found.orphan_bytes) == (3, 3, 0)
    assert found.bytes == len("0()" + "9()" + "0(0(),9())")
    assert {name: kind.results for name, kind in found.kinds.items()} == {"mix": 2, "deliver": 1}


def test_cleared_is_empty_and_what_was_placed_is_still_ours(bench):
    bench.make(album(0))
    assert clear(bench.store()) > 0
    left = {path.name for path in (bench.root / ".albumbuild").iterdir()}
    assert left <= {"CACHEDIR.TAG", ".gitignore", "VERSION", "lock", "placed.json", "placing.lock"}
    assert bench.placed() == {f"cd/{OUT}": "0(0(),9())"}
    assert bench.ran(album(1)) == {"mix:a", "mix:b", "deliver:cd"}
    assert bench.placed() == {f"cd/{OUT}": "0(1(),9())"}
