"""What users get wrong, and all that they read about it: `slug.yaml` → `slug.txt`."""

import re
from pathlib import Path

import pytest

from albumbuild.manifest.album import load
from albumbuild.model.problem import ProblemError
from albumbuild.model.problem_text import render_problem
from tests.packages import install_broken
from tests.pictures import jpeg, png

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.yaml"))
OF_PACKAGES = ("broken-package", "packages-alike", "refused-settings", "shadowed-package")
TOLD_ELSEWHERE = {
    "no-album",
    "device-failed",
    "impulse-channels",
    "impulse-too-long",
    "silent-reference",
}
"""Of no manifest at all, of a device at work, and of sounds once they are looked at."""
SOUNDS = ("stems/kick.wav", "stems/vox.wav", "art/cover.png", "songs/tide.yaml")


def told(manifest: str, root: Path) -> str:
    """Everything that is told about an album of that manifest."""
    for name in SOUNDS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("stems: {kick: ../stems/kick.wav}\n")
    (root / "stems/empty.wav").touch()
    (root / "art/cover.png").write_bytes(png())
    (root / "art/cut.jpg").write_bytes(jpeg(3_000, 3_000)[:-2])
    (root / "art/logo.png").write_text("<svg></svg>")
    (root / "album.yaml").write_text(manifest)
    try:
        problems = load(root).warnings
    except ProblemError as error:
        problems = error.problems
    text = "\n\n".join(render_problem(problem) for problem in problems)
    return text.replace(str(root.parent), "/music") + "\n"


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_place_its_reason_and_its_fix(case, tmp_path, monkeypatch):
    if case.startswith(OF_PACKAGES):
        install_broken(tmp_path / "packages")
        monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    if case == "codec-not-installed":
        monkeypatch.setattr("albumbuild.manifest.availability.is_installed", lambda: False)
    text = told((HERE / f"{case}.yaml").read_text(), tmp_path)
    assert text == (HERE / f"{case}.txt").read_text()


@pytest.mark.parametrize("case", [case for case in CASES if case != "five-at-once"])
def test_a_golden_file_is_named_for_what_it_shows(case):
    assert f"[{case.partition('--')[0]}]: " in (HERE / f"{case}.txt").read_text()


@pytest.mark.parametrize("case", CASES)
def test_every_problem_tells_how_to_mend_it(case):
    problems = (HERE / f"{case}.txt").read_text().split("\n\n")
    assert [problem for problem in problems if " = fix: " not in problem] == []


def test_five_mistakes_of_five_kinds_are_told_at_once():
    slugs = re.findall(r"^error\[(.*?)\]", (HERE / "five-at-once.txt").read_text(), re.MULTILINE)
    assert len(set(slugs)) >= 5


def test_every_problem_of_a_manifest_has_a_golden_file():
    house = HERE.parents[1] / "albumbuild"
    paths = [*(house / "manifest").glob("*.py"), *(house / "processors").glob("*.py")]
    found = re.findall(r'slug="([a-z-]+)"', "".join(path.read_text() for path in paths))
    slugs = {*found} - TOLD_ELSEWHERE
    assert slugs <= {case.partition("--")[0] for case in CASES}
