"""The archive: what it holds builds the same album, and tells what it was made of."""

import copy
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albumbuild.engine.fingerprint import library_version
from tests.pictures import png
from tests.studio import ALBUM, Studio, write_stems

TIDE = """
title: Tide
lyrics: ../words.txt
stems:
  kick: {file: ../stems/a-kick.wav, inserts: [{preset: warm}]}
  vox: {file: ../stems/a-vox.wav, start: "0:00.5", sends: {hall: -6}}
returns: {hall: {inserts: [{convolution: {impulse: ../stems/b-kick.wav}}]}}
mix: {end: 2.5}
versions: {dub: {mute: [vox]}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """An album in several files, in git."""
    album = copy.deepcopy(ALBUM)
    del album["songs"]["c"], album["sequence"][2]
    album["songs"]["a"] = "songs/tide.yaml"
    album["cover"] = "cover.png"
    album["presets"] = {"warm": [{"saturator": {"drive_db": 3}}]}
    album["deliverables"] = {
        "archive": {"type": "archive"},
        "safe": {"type": "streaming", "profile": "bandcamp"},
    }
    album["checks"] = [{"song": "*", "true_peak_dbtp": "<= -0.9"}]
    studio = Studio(tmp_path_factory.mktemp("archive") / "album", album)
    (studio.root / "songs").mkdir()
    (studio.root / "songs/tide.yaml").write_text(TIDE)
    (studio.root / "cover.png").write_bytes(png())
    (studio.root / "words.txt").write_text("la\n")
    write_stems(studio, ["a-kick", "a-vox", "b-kick", "b-pad"])
    git(studio, "init", "-q")
    commit(studio)
    studio.make()
    return studio


def git(studio: Studio, *arguments: str) -> str:
    """What git says."""
    said = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments]
    return subprocess.run(said, cwd=studio.root, check=True, capture_output=True, text=True).stdout


def commit(studio: Studio) -> str:
    """The revision of a new commit of everything."""
    git(studio, "add", "-A")
    git(studio, "commit", "-q", "--allow-empty", "-m", "as it is")
    return git(studio, "rev-parse", "HEAD").strip()


def provenance(studio: Studio) -> dict[str, Any]:
    """Its `provenance.json`."""
    return dict(json.loads((studio.root / "build/archive/provenance.json").read_text()))


def test_masters_are_the_premasters_as_float(made: Studio) -> None:
    tracks = made.delivery("archive")["tracks"]
    assert [track["file"] for track in tracks] == [
        "masters/a.wav",
        "masters/a+dub.wav",
        "masters/b.wav",
    ]
    for track in tracks:
        subject = Path(track["file"]).stem
        assert np.array_equal(
            made.sound(f"archive/{track['file']}"), made.result(f"premaster:{subject}")
        )


def test_its_manifest_builds_the_same_album(made: Studio, tmp_path: Path) -> None:
    studio = made.copied_to(tmp_path / "again")
    text = (studio.root / "build/archive/album.json").read_text()
    (studio.root / "songs/tide.yaml").unlink()
    (studio.root / "album.yaml").write_text(text)
    assert studio.run("plan", "--exit-code").code == 0
    assert studio.make() == set()
    studio.run("cache", "clear")
    assert "deliver:archive" in studio.make("--force")
    ours, theirs = studio.digests(), made.digests()
    told = {name for name in ours if name.split("/")[-1] in TOLD}
    assert {name: ours[name] for name in ours.keys() - told} == {
        name: theirs[name] for name in theirs.keys() - told
    }


TOLD = ("deliverable.json", "provenance.json", "SHA256SUMS")
"""Files that tell the revision, and whether all is as it has it."""


def test_provenance_tells_revision_versions_and_what_it_was_made_of(made: Studio) -> None:
    told = provenance(made)
    assert told["source"] == {"revision": git(made, "rev-parse", "HEAD").strip(), "clean": True}
    assert told["source"] == made.delivery("archive")["source"]
    sums = {each["path"]: each["sha256"] for each in told["material"]}
    assert {*sums} == {
        *("cover.png", "words.txt"),
        *(f"stems/{name}.wav" for name in ("a-kick", "a-vox", "b-kick", "b-pad")),
    }
    for name, digest in sums.items():
        assert hashlib.sha256((made.root / name).read_bytes()).hexdigest() == digest
    made_with = told["made_with"]
    assert {*made_with["devices"]} == {"saturator", "convolution", "eq"}
    assert {"ingest", "mix", "premaster"} <= {*made_with["steps"]}
    assert made_with["libraries"]["soxr"] == library_version("soxr")


def test_all_of_it_is_listed_and_summed(made: Studio) -> None:
    folder = made.root / "build/archive"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    summed = (folder / "SHA256SUMS").read_text().splitlines()
    assert {line.split("  ", 1)[1] for line in summed} == files - {"SHA256SUMS"}
    listed = made.delivery("archive")["files"]
    assert {file["path"] for file in listed} == files - {"SHA256SUMS", "deliverable.json"}
    for file in listed:
        assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert made.run("verify", "build").code == 0


def test_a_commit_alone_makes_nothing_again(made: Studio, tmp_path: Path) -> None:
    studio = made.copied_to(tmp_path / "album")
    before = studio.digests()
    revision = commit(studio)
    assert studio.make() == set()
    after = studio.digests()
    changed = {name for name in after if before[name] != after[name]}
    assert {name for name in changed if name.startswith("archive/")} == {
        f"archive/{name}" for name in TOLD
    }
    assert provenance(studio)["source"] == {"revision": revision, "clean": True}


@pytest.mark.parametrize(
    ("path", "value", "ran"),
    [
        ("songs.b.title", "Low", {"deliver:archive", "deliver:safe"}),
        ("deliverables.safe.format", "wav", {"deliver:archive", "deliver:safe"}),
        ("checks", [{"song": "b", "duration": "> 1"}], {"deliver:archive"}),
    ],
)
def test_whatever_the_manifest_says_is_in_it(
    made: Studio, tmp_path: Path, path: str, value: Any, ran: set[str]
) -> None:
    studio = made.copied_to(tmp_path / "album")
    studio.edit(path, value)
    assert studio.make() == ran


def test_a_song_that_is_only_in_the_archive_is_judged_there(made: Studio, tmp_path: Path) -> None:
    studio = made.copied_to(tmp_path / "album")
    studio.edit("deliverables.safe", None)
    for asked, code in (("> 2", 0), ("> 60", 3)):
        studio.edit("checks", [{"song": "a", "duration": asked}])
        assert studio.run("make").code == code
