"""The cover of a streaming set, as the deliverable and its profile ask for it."""

from pathlib import Path
from typing import ClassVar

from albumbuild.engine.action import Action, Needs, Progress, StepError
from albumbuild.formats.images import ImageError, read_image
from albumbuild.formats.pictures import Rendition, for_tags, rendered
from albumbuild.model.problem import Problem

COVER = "cover"
"""The output, and what the user's file is called."""

IN_TAGS = "cover-in-tags"
"""The output that stands in the files of tracks."""

ENDINGS = {"jpeg": "jpg", "png": "png"}


class Cover(Action, frozen=True, kw_only=True):
    """Makes a rendition of a picture; the same bytes where it is as it is asked for."""

    kind: ClassVar[str] = "cover"
    libraries: ClassVar[tuple[str, ...]] = ("pillow",)

    rendition: Rendition

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:  # noqa: ARG002
        """Write the picture, and the one for tags.

        Raises: StepError when it cannot be decoded.
        """
        try:
            data = rendered(needs.source(COVER).read_bytes(), self.rendition)
            light = for_tags(data)
        except ImageError as error:
            raise StepError(
                Problem(
                    slug="wrong-cover",
                    what=f"the cover {error.what}",
                    why=error.why,
                    fix="export it again as a JPEG or a PNG",
                )
            ) from error
        (into / COVER).write_bytes(data)
        (into / IN_TAGS).write_bytes(light)


def cover_file(data: bytes) -> str:
    """What a cover is called in a delivered folder."""
    return f"cover.{ENDINGS[read_image(data).kind]}"
