"""The review page: its data drawn and written by templates, with style and scripts inside."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albumbuild.deliverables.page import drawing, layers, words

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_SCRIPTS = ("listening.js", "player.js", "controls.js", "account.js")
_PLAYED = ("step", "set", "label", "plays", "from_s")


def page_html(review: Mapping[str, Any]) -> str:
    """The page of an album, or of two states of it that are compared; it needs no other file.

    `review` is what `deliverables.review` gathers.
    """
    template = _environment().get_template("page.html.j2")
    return template.render(
        review=review,
        style=_text("page.css"),
        scripts=[_text(name) for name in _SCRIPTS],
        played=_script(played(review)),
        picture=_picture(review["graph"]),
    )


def played(review: Mapping[str, Any]) -> dict[str, Any]:
    """What the player must know: the sounds of each song, and where songs stand on each side."""
    return {
        "songs": [
            {
                "id": song["id"],
                "title": song["title"],
                "sounds": [
                    {
                        **{name: sound[name] for name in _PLAYED},
                        "lufs": sound["figures"]["integrated_lufs"],
                        "seconds": sound["figures"]["duration_s"],
                    }
                    for sound in song["sounds"]
                ],
            }
            for song in review["songs"]
        ],
        "sides": [
            {
                "set": made["name"],
                "side": side["name"],
                "songs": [
                    {name: song[name] for name in ("song", "start_s", "end_s")}
                    for song in side["songs"]
                ],
                "seconds": side["seconds"],
            }
            for made in review["sets"]
            for side in made["sides"]
        ],
    }


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": words.clock,
        "hundredths": words.hundredths,
        "level": words.level,
        "khz": words.khz,
    }
    environment.globals |= {
        "waveform": drawing.waveform,
        "line": drawing.line,
        "reduction_paths": drawing.reduction_paths,
        "reduction_words": words.reduction_words,
        "figure_rows": words.figure_rows,
        "compare_rows": words.compare_rows,
        "shown_first": words.first_shown,
        "BOX": layers.BOX,
    }
    return environment


def _picture(graph: Mapping[str, Any]) -> layers.Picture:
    return layers.picture([node["id"] for node in graph["nodes"]], graph["edges"])


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _script(value: Any) -> str:
    """JSON that may stand within a script: it cannot end it."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
