"""`cache`: the store looked after from the command line, and the lock that it takes."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from albumbuild.commands.cache import size_of
from albumbuild.engine.lock import hold
from tests.studio import Studio


def numbers(studio: Studio, *arguments: str) -> dict[str, object]:
    """What an action of `cache` tells as JSON."""
    said = studio.run("cache", *arguments, "--json")
    assert said.code == 0, said.err
    return dict(json.loads(said.out))


def test_stats_tell_kinds_of_steps_and_sizes(studio: Studio) -> None:
    found = numbers(studio, "stats")
    assert found["results"] > 20
    assert {"mix", "master", "sequence", "deliver"} <= set(found["kinds"])
    said = studio.run("cache", "stats")
    assert f"{found['results']} results, " in said.out


def test_gc_under_a_cap_and_then_a_make_that_runs_nothing(studio: Studio) -> None:
    studio.edit("songs.a.stems.kick.gain_db", -2)
    studio.make()
    before = numbers(studio, "stats")
    rehearsed = numbers(studio, "gc", "--max-size", "1M", "-n")
    assert rehearsed["removed"] > 0
    assert numbers(studio, "stats") == before
    found = numbers(studio, "gc", "--max-size", "1M")
    assert found == rehearsed
    assert found["left_bytes"] == found["present_bytes"] == numbers(studio, "stats")["bytes"]
    assert "they are kept" in studio.run("cache", "gc", "--max-size", "1M").err
    (studio.root / ".albumbuild/seal").unlink()
    assert studio.make() == set()


def test_gc_spares_the_state_before_and_what_is_pinned(studio: Studio) -> None:
    assert studio.run("cache", "pin", "v1").code == 0
    studio.edit("songs.a.stems.kick.gain_db", -2)
    studio.make()
    assert numbers(studio, "gc")["removed"] == 0
    assert numbers(studio, "gc", "--max-size", "0")["removed"] == 0
    assert numbers(studio, "stats")["pins"] == ["v1"]
    assert studio.run("cache", "unpin", "v1").code == 0
    assert numbers(studio, "gc", "--max-size", "0")["removed"] > 0
    said = studio.run("cache", "unpin", "v1")
    assert said.code == 2
    assert "error[no-pin]" in said.err


def test_a_pin_of_nothing_is_refused(studio: Studio) -> None:
    shutil.rmtree(studio.root / ".albumbuild")
    said = studio.run("cache", "pin", "v1")
    assert said.code == 2
    assert "error[nothing-to-pin]" in said.err
    assert "albumbuild make" in said.err


@pytest.mark.parametrize("action", ["gc", "verify", "clear", "pin"])
def test_what_an_action_leaves_is_not_for_git(studio: Studio, action: str) -> None:
    shutil.rmtree(studio.root / ".albumbuild")
    studio.run("cache", action, *(["v1"] if action == "pin" else []))
    left = {path.name for path in (studio.root / ".albumbuild").iterdir()}
    assert left >= {".gitignore", "VERSION", "CACHEDIR.TAG"}


def test_stats_leave_nothing(studio: Studio) -> None:
    shutil.rmtree(studio.root / ".albumbuild")
    assert studio.run("cache", "stats").code == 0
    assert not (studio.root / ".albumbuild").exists()


def test_a_folder_among_the_pins_can_be_forgotten_as_the_message_says(studio: Studio) -> None:
    (studio.root / ".albumbuild/pins/b/c").mkdir(parents=True)
    said = studio.run("cache", "gc")
    assert said.code == 4
    assert "albumbuild cache unpin b" in said.err
    assert studio.run("cache", "unpin", "b") == (0, "unpinned b\n", "")
    assert studio.run("cache", "gc").code == 0


def test_revisions_cannot_be_kept_yet(studio: Studio) -> None:
    said = studio.run("cache", "gc", "--keep-revs", "3")
    assert said.code == 2
    assert "error[not-available-yet]: `--keep-revs` is not available yet" in said.err


def test_verify_names_the_step_of_a_flipped_bit(studio: Studio) -> None:
    assert studio.run("cache", "verify").code == 0
    blob = max((studio.root / ".albumbuild/cas").glob("*/*"), key=lambda path: path.stat().st_size)
    data = bytearray(blob.read_bytes())
    data[1000] ^= 1
    blob.unlink()
    blob.write_bytes(data)
    said = studio.run("cache", "verify")
    assert said.code == 1
    assert f"{blob.name} of " in said.out
    assert studio.run("cache", "verify").code == 0


def test_a_cleared_store_is_built_anew_over_what_stands_in_build(studio: Studio) -> None:
    before = studio.digests()
    assert studio.run("cache", "clear").code == 0
    assert len(studio.make()) == 30
    assert studio.digests() == before


@pytest.mark.parametrize("command", [("make", "-j", "1"), ("cache", "gc"), ("plan",)])
def test_a_locked_album_says_by_whom_and_since_when(
    studio: Studio, command: tuple[str, ...]
) -> None:
    (studio.root / ".albumbuild/seal").unlink()
    with hold(studio.root / ".albumbuild/lock", "exclusive", who="cache gc"):
        said = studio.run(*command, "--no-wait")
    assert said.code == 5
    assert "error[locked]: the album is locked by cache gc since 20" in said.err
    assert studio.run(*command, "--no-wait").code == 0


def test_a_make_waits_for_gc_and_says_so(studio: Studio) -> None:
    (studio.root / ".albumbuild/seal").unlink()
    with hold(studio.root / ".albumbuild/lock", "exclusive", who="cache gc"):
        waiting = subprocess.Popen(
            [sys.executable, "-m", "albumbuild", "-C", str(studio.root), "make"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        assert waiting.stderr is not None
        assert waiting.stderr.readline().startswith("waiting: the album is locked by cache gc")
        assert waiting.poll() is None
    out, _ = waiting.communicate(timeout=20)
    assert waiting.returncode == 0
    assert "up to date" in out


@pytest.mark.parametrize(
    ("text", "size"),
    [("20G", 20_000_000_000), ("1.5M", 1_500_000), ("4Ki", 4_096), ("12", 12), ("2kB", 2_000)],
)
def test_a_size_has_a_unit(text: str, size: int) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["G", "-1G", "20X", "", "1e3", "20 G B"])
def test_what_is_no_size_is_refused(studio: Studio, text: str) -> None:
    said = studio.run("cache", "gc", f"--max-size={text}")
    assert said.code == 2
    assert "is no size" in said.err
