"""Where the manifest says what a layout is made of: the entries of an order, texts of a disc."""

from collections.abc import Sequence

from albumbuild.deliverables.disc import DEFAULT_LANGUAGE
from albumbuild.model.deliverable import Sided
from albumbuild.model.node import Places
from albumbuild.model.problem import Span
from albumbuild.model.programme import PROGRAMME, Slot
from albumbuild.model.timeline import DiscPart, DiscProblem
from albumbuild.planner.medium import Medium

Path = tuple[str | int, ...]

KEYS: dict[DiscPart, tuple[str, ...]] = {
    "title": ("title",),
    "performer": ("artist",),
    "songwriter": ("lyricist",),
    "composer": ("composer",),
    "arranger": ("arranger",),
    "message": ("message",),
    "isrc": ("isrc",),
    "upc": ("upc",),
    "catalog": ("catalog",),
    "genre": ("genre",),
}
"""The keys of a song or of the album that texts of a disc come from."""


class Whereabouts:
    """The places of one deliverable's order."""

    def __init__(self, medium: Medium, places: Places) -> None:
        self._medium = medium
        self._places = places
        own = medium.settings.sequence
        self._path: Path = ("deliverables", medium.name, "sequence")
        if own is None:
            self._path = ("sequence",)
        self._entries = medium.album.sequence if own is None else own

    def whole(self, *keys: str) -> Span | None:
        """The deliverable, or one of its settings where it is written."""
        return self._places.of("deliverables", self._medium.name, *keys)

    def slot(self, side: str, index: int, *keys: str | int) -> Span | None:
        """A song in the order, or what is said of it there; else the song itself."""
        path = self._entry(side, index)
        if self._places.has(*path):
            return self._places.of(*path, *keys)
        song = self._medium.sides[side][index].song
        return self._places.key_of("songs", song)

    def disc(self, found: DiscProblem) -> Span | None:
        """What a problem of a disc is about."""
        slots = self._medium.sides[PROGRAMME]
        keys = KEYS.get(found.part)
        if keys is not None:
            song = ("songs", slots[found.track - 1 + _hidden(slots)].song) if found.track else ()
            block = ("deliverables", self._medium.name, "cd_text", "blocks", self._language(found))
            paths = ((*block, *song, *keys), (*song, *keys), (*block, *keys), keys)
            path = next((each for each in paths if self._places.has(*each)), None)
            return self._places.of(*path) if path else self.whole()
        if not found.track:
            return self.whole()
        below = {"index": ("indexes", found.index - 2), "start": ("mark",)}.get(found.part, ())
        return self.slot(PROGRAMME, found.track - 1 + _hidden(slots), *below)

    def _language(self, found: DiscProblem) -> str:
        """The block of CD-Text that a problem of a text is in."""
        return found.language or self._medium.album.language or DEFAULT_LANGUAGE

    def _entry(self, side: str, index: int) -> Path:
        if not isinstance(self._medium.settings, Sided):
            return (*self._path, index)
        song = self._medium.sides[side][index].song
        known = {entry.song: number for number, entry in enumerate(self._entries)}
        if song in known and self._places.has(*self._path, known[song]):
            return (*self._path, known[song])
        return ("deliverables", self._medium.name, "sides", side, index)


def _hidden(slots: Sequence[Slot]) -> int:
    """How many songs stand before track 1."""
    return 1 if slots and slots[0].hidden else 0
