"""Files of checksums that coreutils check."""

import shutil
import subprocess

import pytest

from albumbuild.formats.sums import write_sums


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_sums_are_sorted_and_check(tmp_path, kind):
    (tmp_path / "ddp").mkdir()
    names = ["b file.wav", "a.flac", "ddp/IMAGE.DAT"]
    for name in names:
        (tmp_path / name).write_text(name)
    path = write_sums(tmp_path, names, kind=kind, known={})
    assert path.name == {"sha256": "SHA256SUMS", "md5": "MD5SUMS"}[kind]
    assert [line.split("  ")[1] for line in path.read_text().splitlines()] == sorted(names)
    if shutil.which(f"{kind}sum"):
        command = [f"{kind}sum", "--check", "--strict", path.name]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
