"""What git is asked: whether the files that an album hears are as a commit has them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from albumbuild.formats.git import Revision, revision_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with two takes, a link to each, and a link to a folder of them; committed."""
    folder = tmp_path / "album"
    for name in ("one", "two"):
        (folder / "takes" / name).mkdir(parents=True)
        (folder / "takes" / name / "kick.wav").write_text(name)
    (folder / "kick.wav").symlink_to("takes/one/kick.wav")
    (folder / "stems").symlink_to("takes/one")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=As it was")
    return folder


def git(folder: Path, *arguments: str) -> None:
    """A command of git, heard by nobody's settings."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    me = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    subprocess.run(["git", *me, *arguments], cwd=folder, env=os.environ | settings, check=True)


def is_clean(root: Path, *names: str) -> bool | None:
    return revision_of(root, [root / name for name in names]).clean


def test_outside_of_git_nothing_is_known(tmp_path: Path) -> None:
    assert revision_of(tmp_path, [tmp_path / "kick.wav"]) == Revision()


def test_a_file_that_nobody_hears_may_differ(root: Path) -> None:
    (root / "notes.txt").write_text("call the plant")
    (root / "takes/two/kick.wav").write_text("three")
    assert is_clean(root, "kick.wav", "stems/kick.wav") is True
    assert is_clean(root, "takes/two/kick.wav") is False


def test_what_a_link_leads_to_counts(root: Path) -> None:
    (root / "takes/one/kick.wav").write_text("three")
    assert is_clean(root, "kick.wav") is False
    assert is_clean(root, "stems/kick.wav") is False


@pytest.mark.parametrize(
    ("link", "target", "heard"),
    [("kick.wav", "takes/two/kick.wav", "kick.wav"), ("stems", "takes/two", "stems/kick.wav")],
)
def test_a_link_that_leads_elsewhere_counts(root: Path, link: str, target: str, heard: str) -> None:
    (root / link).unlink()
    (root / link).symlink_to(target)
    assert is_clean(root, heard) is False
    assert is_clean(root, "takes/one/kick.wav", "takes/two/kick.wav") is True


def test_a_name_of_any_bytes_is_taken(root: Path) -> None:
    (root / os.fsdecode(b"b\xe4nd.txt")).write_text("latin")
    assert is_clean(root, "kick.wav") is True
