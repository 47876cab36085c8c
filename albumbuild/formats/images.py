"""Images as a cover needs them known: their kind and size, and that they are whole."""

import re
import struct
from typing import Literal

import msgspec

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop file"),
)
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)  # less those inside of a scan
_END_OF_IMAGE = 0xD9
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that is whole; width and height in pixels."""

    kind: Literal["jpeg", "png"]
    width: int
    height: int


class ImageError(Exception):
    """What cannot be used as a picture: `what` it is, said of a file, and `why`."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why


def read_image(data: bytes) -> Image:
    """The picture that `data` is, by its content and from its header to its end.

    Source: PNG (W3C, third edition), 5.2 and 11.2.1; ITU-T T.81, B.1.1 and B.2.2.

    Raises:
        ImageError: it is no JPEG or PNG, or not all of one.
    """
    if data.startswith(_PNG):
        return _read_png(data)
    if data.startswith(_JPEG):
        return _read_jpeg(data)
    kind = _kind_of(data)
    what = f"is {kind}, not a JPEG or a PNG" if kind else "is neither a JPEG nor a PNG"
    raise ImageError(what, "by its content, whatever its name; tags hold no other picture")


def _read_png(data: bytes) -> Image:
    size = None
    at = len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR" and length >= 8 and at + 16 <= len(data):
            size = struct.unpack_from(">II", data, at + 8)
        at += 12 + length
        if kind == b"IEND" and at <= len(data):
            return _whole("png", size)
    raise _cut("a PNG", size)


def _read_jpeg(data: bytes) -> Image:
    size = None
    at = 2
    while found := _MARKER.search(data, at):
        at = found.end()
        marker = found[1][0]
        if marker == _END_OF_IMAGE:
            return _whole("jpeg", size)
        if at + 2 > len(data):
            break
        if marker in _FRAMES and at + 7 <= len(data):
            size = struct.unpack_from(">HH", data, at + 3)[::-1]
        at += struct.unpack_from(">H", data, at)[0]
    raise _cut("a JPEG", size)


def _whole(kind: Literal["jpeg", "png"], size: tuple[int, ...] | None) -> Image:
    if size is None or 0 in size:
        raise ImageError("holds no picture", "its header gives no width and height")
    return Image(kind=kind, width=size[0], height=size[1])


def _cut(kind: str, size: tuple[int, ...] | None) -> ImageError:
    part = f"{size[0]} × {size[1]} pixels are announced, and its" if size else "its"
    return ImageError(f"is {kind} that was cut short", f"{part} end is missing")


def _kind_of(data: bytes) -> str:
    """What a file is that people take for a cover; empty for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP"
    if data[4:12] in (b"ftypavif", b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "an AVIF or HEIC"
    found = next((name for opening, name in _OTHERS if data.startswith(opening)), None)
    if found is None and b"<svg" in data[:4096].lower():
        return "an SVG"
    return found or ""
