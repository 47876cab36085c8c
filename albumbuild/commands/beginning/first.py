"""The album of two small songs that a plain `init` writes."""

from functools import partial

from albumbuild.commands.beginning.drafting import GITIGNORE, TEMPLATES, Draft, schemas
from albumbuild.commands.beginning.score import SCORES, stem_writers


def first_album() -> Draft:
    """Its files: manifests that teach, and stems that are played as they are written."""
    texts = ["album.yaml", *(f"songs/{song}.yaml" for song in SCORES), "README.md"]
    return {
        **{name: (TEMPLATES / name).read_text(encoding="utf-8") for name in texts},
        ".gitignore": GITIGNORE,
        **schemas(),
        **{
            f"stems/{song}/{name}.wav": partial(write, score)
            for song, score in SCORES.items()
            for name, write in stem_writers().items()
        },
    }
