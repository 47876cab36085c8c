"""What changes beside the build: stems that are saved meanwhile, and a repository that comes."""

import copy
from pathlib import Path
from typing import Any

import pytest

from albumbuild.commands import building
from tests.scenarios.commands import git
from tests.studio import RATE_HZ, Studio, plain_song, tune, write_stems

HIGH_HZ = 2 * RATE_HZ


def clean_digests(studio: Studio, folder: Path, name: str, **stem: Any) -> dict[str, str]:
    """What a build from nothing makes of the album with that stem."""
    clean = Studio(folder / "clean", copy.deepcopy(studio.album))
    write_stems(clean)
    clean.stem(name, **stem)
    clean.make()
    return clean.digests()


@pytest.mark.parametrize(
    "stem",
    [
        {"block": tune(4.0, seed=6, channels=2, rate_hz=HIGH_HZ), "rate_hz": HIGH_HZ},
        {"block": tune(5.0, seed=6, channels=2)},
        {"block": tune(4.0, seed=6)},
    ],
    ids=["rate", "length", "channels"],
)
def test_a_stem_of_another_form_is_never_built_by_the_old_plan(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: dict[str, Any]
) -> None:
    before = studio.digests()
    studio.edit("songs.c.mix", None)  # the song ends with its stem
    build = building.build

    def saved_first(*arguments: Any, **settings: Any) -> Any:
        studio.stem("c-piano", **stem)
        return build(*arguments, **settings)

    monkeypatch.setattr(building, "build", saved_first)
    said = studio.run("make")
    assert said.code == 1
    assert "error[saved-since-planned]: `c-piano.wav` was saved" in said.err
    assert studio.digests() == before
    monkeypatch.setattr(building, "build", build)
    studio.make()
    assert studio.digests() == clean_digests(studio, tmp_path, "c-piano", **stem)


def test_a_stem_that_no_deliverable_hears_shapes_the_album_all_the_same(
    studio: Studio, tmp_path: Path
) -> None:
    studio.stem("spare", tune(1.0, seed=8))
    studio.edit("songs.spare", plain_song("spare"))
    studio.edit("deliverables.mixes", None)
    studio.make()
    assert studio.make() == set()
    high = {"block": tune(1.0, seed=8, rate_hz=HIGH_HZ), "rate_hz": HIGH_HZ}
    studio.stem("spare", **high)
    assert "mix:a" in studio.make()
    assert studio.digests() == clean_digests(studio, tmp_path, "spare", **high)


def test_a_repository_that_comes_after_the_build_is_noticed(studio: Studio) -> None:
    studio.make()
    assert studio.delivery("cd")["source"] == {"revision": None, "clean": None}
    git(studio, "init", "--quiet", "--initial-branch=main")
    git(studio, "add", "album.yaml", "stems")
    git(studio, "commit", "--quiet", "--message=As it is")
    assert studio.make() == set()
    assert studio.delivery("cd")["source"]["clean"] is True
    git(studio, "rm", "--quiet", "--cached", "stems/a-kick.wav")
    assert studio.make() == set()
    assert studio.delivery("cd")["source"]["clean"] is False
