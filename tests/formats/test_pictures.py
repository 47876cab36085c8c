"""Renditions of a cover, looked at by another decoder than the one that is asked for sizes."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from albumbuild.formats.images import ImageError, read_image
from albumbuild.formats.pictures import Rendition, for_tags, rendered, rendered_size
from tests.pictures import jpeg


def drawn(mode: str, size: tuple[int, int], kind: str, **told) -> bytes:
    """A picture that is darker to the left."""
    out = BytesIO()
    grey = Image.linear_gradient("L").rotate(90).resize(size)
    grey.convert("RGB" if mode == "CMYK" else mode).convert(mode).save(out, kind, **told)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("asked", [
    Rendition(), Rendition(size_px=900), Rendition(fit="crop", srgb=True),
])  # fmt: skip
def test_a_picture_as_it_is_asked_for_keeps_its_bytes(asked):
    data = drawn("RGB", (800, 800), "png")
    assert rendered(data, asked) == data


@pytest.mark.parametrize("kind", ["jpeg", "png"])
@pytest.mark.parametrize("size", [(1600, 1200), (700, 1000), (64, 64)])
@pytest.mark.parametrize("fit", ["keep", "crop", "pad"])
def test_sizes_are_as_foretold_and_nothing_is_blown_up(kind, size, fit):
    data = drawn("RGB", size, kind)
    for size_px in (None, 500, 5_000):
        asked = Rendition(size_px=size_px, fit=fit, kinds=("jpeg",))
        made = opened(rendered(data, asked))
        assert made.size == rendered_size(read_image(data), asked)
        assert made.format == "JPEG"
        assert max(made.size) <= min(size_px or 9_999, max(size))
        if fit != "keep":
            assert made.width == made.height


def test_what_is_cut_is_the_edge_and_what_is_added_is_white():
    data = drawn("L", (900, 300), "png")
    cropped = opened(rendered(data, Rendition(fit="crop")))
    assert cropped.getpixel((150, 150)) == pytest.approx(127, abs=3)
    assert 60 < cropped.getpixel((0, 150)) < 100
    padded = opened(rendered(data, Rendition(fit="pad")))
    assert padded.size == (900, 900)
    assert padded.getpixel((450, 10)) == 255
    assert padded.getpixel((450, 450)) == pytest.approx(127, abs=3)


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "png"), ("P", "png"), ("I;16", "png"), ("CMYK", "jpeg")]
)
def test_colours_become_plain(mode, kind):
    if mode == "I;16":
        out = BytesIO()
        Image.new("I;16", (50, 50), 32_768).save(out, kind)
        data = out.getvalue()
    else:
        data = drawn(mode, (50, 50), kind)
    made = opened(rendered(data, Rendition(srgb=True)))
    assert made.mode in ("RGB", "L")
    middle = made.convert("L").getpixel((25, 25))
    assert middle == pytest.approx(128, abs=6)


def test_what_is_transparent_is_white():
    out = BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "png")
    assert opened(rendered(out.getvalue(), Rendition(srgb=True))).getpixel((5, 5)) == (255,) * 3


def test_a_profile_is_applied_and_left_out():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    wide = ImageCms.createProfile("sRGB")
    told = ImageCms.ImageCmsProfile(wide).tobytes()
    data = drawn("RGB", (40, 40), "jpeg", icc_profile=told)
    made = opened(rendered(data, Rendition(srgb=True)))
    assert "icc_profile" not in made.info
    assert made.getpixel((20, 20)) == pytest.approx(opened(data).getpixel((20, 20)), abs=4)
    odd = drawn("RGB", (40, 40), "jpeg", icc_profile=profile.tobytes())
    assert opened(rendered(odd, Rendition(srgb=True))).mode == "RGB"


def test_a_picture_on_its_side_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = drawn("RGB", (80, 40), "jpeg", exif=exif)
    made = opened(rendered(data, Rendition(srgb=True)))
    assert made.size == (40, 80)
    assert not made.getexif()


def test_the_same_picture_gives_the_same_bytes():
    data = drawn("RGB", (300, 200), "png")
    asked = Rendition(size_px=100, fit="crop", kinds=("jpeg",), srgb=True)
    assert rendered(data, asked) == rendered(data, asked)


def test_tags_hold_a_light_picture():
    noise = Image.effect_noise((2_300, 2_300), 60)
    out = BytesIO()
    noise.save(out, "png")
    light = read_image(for_tags(out.getvalue()))
    assert (light.kind, light.width) == ("jpeg", 1_600)
    small = drawn("RGB", (800, 800), "png")
    assert for_tags(small) == small


def test_what_no_decoder_takes_is_told():
    with pytest.raises(ImageError, match="cannot be decoded"):
        rendered(jpeg(600, 600), Rendition(size_px=100))
