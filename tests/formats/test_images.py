"""Pictures are known by what they hold, and only whole ones are taken."""

import shutil
import subprocess

import pytest

from albumbuild.formats.images import Image, ImageError, read_image
from tests.pictures import jpeg, png


def test_a_picture_tells_its_size():
    assert read_image(png(30, 20)) == Image(kind="png", width=30, height=20)
    assert read_image(jpeg(300, 2_000)) == Image(kind="jpeg", width=300, height=2_000)


def test_what_stands_behind_the_end_is_left_alone():
    assert read_image(png(3, 2) + b"more").width == 3
    assert read_image(jpeg(3, 2) + bytes(9) + b"trailer").width == 3


@pytest.mark.parametrize(("whole", "opening"), [(png(3, 2), 8), (jpeg(3, 2), 3)])
def test_a_picture_that_was_cut_short_anywhere_is_refused(whole, opening):
    for length in range(opening, len(whole)):
        with pytest.raises(ImageError, match="cut short"):
            read_image(whole[:length])


def test_a_picture_of_no_size_is_refused():
    with pytest.raises(ImageError, match="holds no picture"):
        read_image(png(0, 2))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"GIF89a" + bytes(20), "a GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP"),
        (b'<?xml version="1.0"?>\n<SVG xmlns="">', "an SVG"),
        (b"BM" + bytes(20), "a BMP"),
        (bytes(4) + b"ftypavif", "an AVIF or HEIC"),
    ],
)
def test_what_is_no_picture_for_tags_is_named(data, what):
    with pytest.raises(ImageError, match=f"is {what}, not a JPEG or a PNG"):
        read_image(data)


@pytest.mark.parametrize("data", [b"a shopping list", b"\x89PN", b"\xff\xd8", b""])
def test_anything_else_is_no_picture(data):
    with pytest.raises(ImageError, match="neither a JPEG nor a PNG"):
        read_image(data)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_pictures_of_others_are_read(tmp_path, name):
    path = tmp_path / name
    source = ["-f", "lavfi", "-i", "testsrc=size=321x123", "-frames:v", "1"]
    subprocess.run(["ffmpeg", "-v", "error", *source, path], check=True)
    data = path.read_bytes()
    assert (read_image(data).width, read_image(data).height) == (321, 123)
    with pytest.raises(ImageError):
        read_image(data[:-2])
