"""Files that manifests name: what may be read, and what is refused."""

import pytest

from albumbuild.model.problem import ProblemError

SONG = "songs: {{tide: {{stems: {{kick: {}}}}}}}\n"


def slug(read, path: str, **rest: str) -> str:
    with pytest.raises(ProblemError) as error:
        read(SONG.format(path) + rest.get("more", ""))
    (problem,) = error.value.problems
    return problem.slug


@pytest.fixture
def outside(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "kick.wav").write_text("sound")
    return folder


def test_a_link_that_leaves_the_album_is_refused(read, tmp_path, outside):
    (tmp_path / "kick.wav").symlink_to(outside / "kick.wav")
    (tmp_path / "lib").symlink_to(outside)
    assert slug(read, "kick.wav") == "path-outside"
    assert slug(read, "lib/kick.wav") == "path-outside"


def test_a_link_inside_of_the_album_is_followed(read, tmp_path):
    (tmp_path / "kick.wav").symlink_to(tmp_path / "stems/kick.wav")
    stems = read(SONG.format("kick.wav")).album.songs["tide"].stems
    assert stems["kick"].file == "kick.wav"


def test_dots_inside_of_the_album_are_allowed(read):
    stems = read(SONG.format("./songs/../stems/kick.wav")).album.songs["tide"].stems
    assert stems["kick"].file == "stems/kick.wav"


def test_a_folder_outside_is_read_when_the_album_allows_it(read, outside):
    allowed = f"allow_paths: ['{outside}']\n"
    stems = read(SONG.format(outside / "kick.wav") + allowed).album.songs["tide"].stems
    assert stems["kick"].file == str(outside / "kick.wav")
    assert slug(read, "/etc/hostname", more=allowed) == "path-outside"


@pytest.mark.parametrize("path", ["stems", '""', "x" * 3_000 + ".wav", "stems/kick.wav/more"])
def test_what_is_no_file_is_missing(read, path):
    assert slug(read, path) == "missing-file"


def test_a_path_with_a_nul_is_refused(read):
    assert slug(read, '"a\\0b"') == "not-one-line"


def test_a_loop_of_links_is_no_file(read, tmp_path):
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    assert slug(read, "loop.wav") == "missing-file"
