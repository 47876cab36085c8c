"""Renditions of a cover through Pillow: its size, its shape, its colours and its format."""

from io import BytesIO
from typing import Any, Literal

import msgspec

from albumbuild.formats.images import Image, ImageError, read_image

Kind = Literal["jpeg", "png"]
Fit = Literal["keep", "crop", "pad"]

WHITE = (255, 255, 255)
JPEG_QUALITY = 95
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = 1


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """What a cover is to be: no larger than `size_px` a side, and of one of `kinds`.

    `fit` makes a square of another shape: its middle, or all of it on white. With `srgb` its
    colours are plain sRGB, 8 bits each and without a profile. What is not set is not asked for.
    """

    size_px: int | None = None
    fit: Fit = "keep"
    kinds: tuple[Kind, ...] = ()
    srgb: bool = False


HEAVY_BYTES = 4 * 2**20
LIGHT = Rendition(size_px=1_600, kinds=("jpeg",), srgb=True)


def rendered(data: bytes, asked: Rendition) -> bytes:
    """The picture as it is asked for: the same bytes where it is so already.

    What is made anew is upright, plain sRGB without metadata, and never larger than it was.

    Raises:
        ImageError: it cannot be decoded.
    """
    image = read_image(data)
    kinds = asked.kinds or (image.kind,)
    is_large = asked.size_px is not None and max(image.width, image.height) > asked.size_px
    is_oblong = asked.fit != "keep" and image.width != image.height
    if image.kind in kinds and not (is_large or is_oblong or asked.srgb):
        return data
    picture = _decoded(data)
    if image.kind in kinds and not (is_large or is_oblong) and _is_plain(picture):
        return data
    plain = _fitted(_plain(picture), asked.fit)
    if asked.size_px is not None and max(plain.size) > asked.size_px:
        plain.thumbnail((asked.size_px, asked.size_px), _library().Resampling.LANCZOS)
    return _encoded(plain, kinds[0] if image.kind not in kinds else image.kind)


def for_tags(data: bytes) -> bytes:
    """The picture as tags hold it: a heavy one as a smaller JPEG.

    Every track carries it, and a block of FLAC's metadata ends at 16 MiB.

    Raises:
        ImageError: it cannot be decoded.
    """
    return data if len(data) <= HEAVY_BYTES else rendered(data, LIGHT)


def rendered_size(image: Image, asked: Rendition) -> tuple[int, int]:
    """The width and height, in pixels, of a picture once it is rendered."""
    width, height = image.width, image.height
    if asked.fit != "keep":
        width = height = min(width, height) if asked.fit == "crop" else max(width, height)
    shrink = 1.0 if asked.size_px is None else min(asked.size_px / max(width, height), 1.0)
    return max(round(width * shrink), 1), max(round(height * shrink), 1)


def _library() -> Any:
    from PIL import Image  # only here: a cover is seldom made anew

    return Image


def _decoded(data: bytes) -> Any:
    library = _library()
    try:
        picture = library.open(BytesIO(data))
        picture.load()
    except (OSError, SyntaxError, ValueError, library.DecompressionBombError) as error:
        raise ImageError("cannot be decoded", str(error).rstrip(".")) from error
    return picture


def _is_plain(picture: Any) -> bool:
    """Whether it is upright, and RGB or grey without a profile."""
    upright = picture.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT
    return upright and picture.mode in ("RGB", "L") and "icc_profile" not in picture.info


def _plain(picture: Any) -> Any:
    """The picture upright, in sRGB or grey, what is transparent on white."""
    from PIL import ImageCms, ImageOps  # only here: a cover is seldom made anew

    profile = picture.info.get("icc_profile")
    upright: Any = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # grey of 16 bits
        upright = upright.convert("I").point(lambda level: level / 256).convert("L")
    if "A" in upright.getbands() or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        upright = _library().new("RGB", seen.size, WHITE)
        upright.paste(seen, mask=seen.getchannel("A"))
    if profile and upright.mode in ("RGB", "CMYK", "L"):
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            upright = ImageCms.profileToProfile(upright, own, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile of another kind of colour says nothing
    return upright if upright.mode in ("RGB", "L") else upright.convert("RGB")


def _fitted(picture: Any, fit: Fit) -> Any:
    from PIL import ImageOps  # only here: a cover is seldom made anew

    width, height = picture.size
    if fit == "crop":
        side = min(width, height)
        return ImageOps.fit(picture, (side, side))
    if fit == "pad":
        side = max(width, height)
        return ImageOps.pad(picture, (side, side), color=WHITE[: len(picture.getbands())])
    return picture


def _encoded(picture: Any, kind: Kind) -> bytes:
    """The bytes of a file without metadata."""
    out = BytesIO()
    picture.info.clear()
    told = {"quality": JPEG_QUALITY, "subsampling": 0} if kind == "jpeg" else {}
    picture.save(out, kind, optimize=True, **told)
    return out.getvalue()
