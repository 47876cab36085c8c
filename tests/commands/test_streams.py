"""Streams that are closed, full, of another alphabet, or whose reader goes away."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import Said, Studio

EDIT = ("songs.a.stems.vox.gain_db", 1.5)


def shell(studio: Studio, command: str, redirects: str, **environment: str) -> Said:
    """A command in bash, with what comes after it; the exit code is that of the command."""
    line = f"{sys.executable} -m albumbuild -C {studio.root} {command} {redirects}"
    done = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, **environment},
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_build_needs_no_streams(studio: Studio, closed: str) -> None:
    studio.edit(*EDIT)
    said = shell(studio, "make", closed)
    assert said.code == 0
    assert "mistake" not in said.err
    assert ("ok: " in said.out) == (closed == "2>&-")
    assert studio.make() == set()


def test_a_closed_stream_is_not_taken_for_a_file(studio: Studio) -> None:
    studio.edit(*EDIT)
    assert shell(studio, f"make --events {studio.told}", ">&- 2>&-").code == 0
    stray = [path for path in studio.root.rglob("*.json*") if "ok: " in path.read_text()]
    assert stray == []


@pytest.mark.parametrize("reader", ["2>&1 | true", "2>&1 | head -1", "2>&1 >/dev/null | head -1"])
def test_a_build_outlives_its_reader(studio: Studio, reader: str) -> None:
    studio.edit(*EDIT)
    assert shell(studio, "make -j 1", reader).code == 0
    studio.unseal()
    assert studio.make() == set()


def test_the_exit_code_is_that_of_the_command(studio: Studio) -> None:
    assert shell(studio, "graph --format json", "| head -c 10").code == 0
    assert shell(studio, "--help", "| true") == (0, "", "")
    studio.edit("songs.a.stems.kick.bus", "nowhere")
    for command in ("make", "cache gc", "plan"):
        assert shell(studio, command, "2>&1 | true").code == 2


def test_results_that_the_disk_refuses_are_no_success(studio: Studio) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no full device here")
    said = shell(studio, "graph", ">/dev/full")
    assert said.code == 4
    assert "no space left" in said.err
    assert said.err.count("\n") == 3
    assert shell(studio, "graph", "2>/dev/full").code == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "ascii:strict"])
def test_an_alphabet_that_lacks_a_letter_is_no_error(studio: Studio, encoding: str) -> None:
    studio.edit(*EDIT)
    said = shell(studio, "explain bus:a/fx", "", PYTHONIOENCODING=encoding)
    assert said.code == 0
    assert re.search(r"vox.gain_db: 0 \? 1.5", said.out)
    said = shell(studio, "make 'mix:\u00fc\u2192'", "", PYTHONIOENCODING=encoding)
    assert said.code == 2
    assert "unknown-target" in said.err
