"""The form of a cover: what a deliverable says of it, and what its profile asks for."""

from albumbuild.formats.pictures import Rendition
from albumbuild.model.deliverable import CoverArt
from albumbuild.model.profile import Profile


def rendition_of(art: CoverArt, profile: Profile | None) -> Rendition:
    """The rendition of a cover; what it says itself covers its profile."""
    asked = profile or Profile()
    return Rendition(
        size_px=art.size_px or asked.cover_px,
        fit=art.fit,
        kinds=(art.format,) if art.format else asked.cover_formats,
        srgb=asked.cover_srgb,
    )
