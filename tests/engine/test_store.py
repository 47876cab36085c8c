"""The store believes nothing that it cannot check."""

import pytest

from albumbuild.engine.records import Record, sealed, unsealed
from albumbuild.engine.store import MissingBlob, Store
from tests.engine.fakes import QuickDisk


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / ".albumbuild", disk=QuickDisk())
    store.prepare()
    return store


def put(store, text):
    path = store.root / "new"
    path.write_text(text)
    return store.put(path)


def reopened(store):
    return Store(store.root, disk=QuickDisk())


RECORD = Record(key="k" * 64, step="mix:tide", recipe="a = 1\n", outputs={"mix.wav": "d" * 64})


def test_a_record_cut_at_any_length_counts_as_none():
    whole = sealed(RECORD)
    assert unsealed(whole, Record) == RECORD
    for length in range(len(whole)):
        assert unsealed(whole[:length], Record) is None


def test_a_record_with_any_byte_changed_counts_as_none():
    whole = sealed(RECORD)
    for at in range(len(whole)):
        assert unsealed(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], Record) is None


@pytest.mark.parametrize("garbage", [b"", b"\n", b"{}\n", b"\xff" * 100, b"null\nblake3:\n"])
def test_garbage_counts_as_none(garbage):
    assert unsealed(garbage, Record) is None


def test_a_record_under_another_key_counts_as_none(store):
    store.keep(RECORD)
    path = store.root / "actions" / "kk" / RECORD.key
    other = store.root / "actions" / "xx" / ("x" * 64)
    other.parent.mkdir()
    path.rename(other)
    assert store.record("x" * 64) is None


def test_a_blob_is_read_only_and_verified_when_it_is_used_first(store):
    digest = put(store, "sound")
    path = reopened(store).blob(digest)
    assert path.read_text() == "sound"
    assert path.stat().st_mode & 0o222 == 0


def test_a_damaged_blob_is_put_aside(store):
    digest = put(store, "sound")
    store.blob_path(digest).chmod(0o644)
    store.blob_path(digest).write_text("Sound")
    other = reopened(store)
    with pytest.raises(MissingBlob) as caught:
        other.blob(digest)
    assert caught.value.damaged
    assert not other.has(digest)
    with pytest.raises(MissingBlob) as caught:
        other.blob(digest)
    assert not caught.value.damaged


def test_a_blob_that_is_put_again_replaces_a_damaged_one(store):
    digest = put(store, "sound")
    store.blob_path(digest).chmod(0o644)
    store.blob_path(digest).write_text("Sound")
    assert put(store, "sound") == digest
    assert reopened(store).blob(digest).read_text() == "sound"


def test_the_last_key_is_kept_for_ids_of_every_length(store):
    ids = [
        "mix:tide",
        "ingest:tide/kick",
        "ingest:tide.kick",
        "mix:" + "ä" * 200,
        "mix:" + "ä" * 201,
    ]
    for number, step in enumerate(ids):
        store.set_last(step, f"key {number}")
    assert [store.last_key(step) for step in ids] == [f"key {number}" for number in range(len(ids))]
    assert store.last_key("mix:none") is None


def test_the_folder_says_that_it_is_a_cache(store):
    assert (store.root / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172")
    assert (store.root / ".gitignore").read_text() == "*\n"
