"""An album's manifests, read and checked: album.yaml and the songs it names."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from albumbuild.formats.document import read_document
from albumbuild.manifest.availability import availability_problems
from albumbuild.manifest.checks import album_problems
from albumbuild.manifest.packages import Devices, Offer, UsableDevices
from albumbuild.manifest.paths import Lend, Locator
from albumbuild.manifest.plants import plants_of
from albumbuild.manifest.presets import Presets
from albumbuild.manifest.profiles import house_profile, profile_names, with_profile
from albumbuild.manifest.reader import BROKEN, Reader
from albumbuild.model.album import FORMAT_VERSION, Album
from albumbuild.model.deliverable import Deliverable, Streaming
from albumbuild.model.node import Entry, Fields, Items, Node, Places, Scalar
from albumbuild.model.problem import Problem, ProblemError
from albumbuild.model.profile import Profile
from albumbuild.model.sequence import Entry as SequenceEntry
from albumbuild.model.song import Song
from albumbuild.registry import DELIVERABLES

NAME = "album.yaml"
STAND_INS: dict[type[msgspec.Struct], dict[str, Any]] = {
    Album: {"title": "", "artist": "", "songs": {}},
    Song: {"stems": {}},
}
"""What is read in place of what is missing, so that the rest is checked in the same go."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """An album that can be built, and where each part of it was read.

    A place is found by the keys a user writes; an insert is its number in the chain and
    then its setting: `("songs", "tide", "mix", "inserts", 0, "ratio")`. `packages` are those
    that some of its devices come from.
    """

    root: Path
    album: Album
    places: Places
    files: tuple[Path, ...]
    packages: tuple[Offer, ...] = ()
    warnings: tuple[Problem, ...] = ()


def find_album(start: Path) -> Path | None:
    """The album.yaml of `start` or of the nearest folder around it."""
    start = start.resolve()
    folders = (start, *start.parents)
    return next((each / NAME for each in folders if (each / NAME).is_file()), None)


def album_root(start: Path) -> Path:
    """The folder of the album.yaml of `start` or of the nearest folder around it.

    Raises: ProblemError, where there is none.
    """
    found = find_album(start)
    if found is None:
        raise ProblemError([_no_album()])
    return found.parent


def load(
    start: Path,
    *,
    home: Path | None = None,
    within: Iterable[Path] = (),
    lend: Lend | None = None,
) -> Manifest:
    """The album whose album.yaml is in `start` or in a folder around it.

    An album that is not where it is worked on has its `home` there, for the folders that it
    allows; `within` and `lend` are those of a `Locator`.

    Raises: ProblemError, with every problem that was found.
    """
    root = album_root(start)
    return _Loading(root, home=home or root, within=tuple(within), lend=lend).manifest()


def _no_album() -> Problem:
    """No album.yaml here or above."""
    return Problem(
        slug="no-album",
        what=f"there is no {NAME} in this folder or in one around it",
        fix="go to your album's folder, or begin one with `albumbuild init`",
    )


class _Loading:
    """One reading of an album: what was read so far."""

    def __init__(
        self, root: Path, *, home: Path, within: tuple[Path, ...], lend: Lend | None
    ) -> None:
        self._root = root
        self._home = home
        self._within = within
        self._lend = lend
        self._files = [NAME]
        self._problems: list[Problem] = []
        self._lost: set[tuple[str | int, ...]] = set()

    def manifest(self) -> Manifest:
        node = read_document(self._root / NAME, NAME)
        if not isinstance(node, Fields):
            what = "the manifest is not a mapping of keys and values"
            fix = "begin it with `title: …`"
            raise ProblemError([Problem(slug="wrong-type", at=node.span, what=what, fix=fix)])
        _refuse_newer(node)
        allowed = _allowed(node)
        within = [*self._within, *((self._home / each).resolve() for each in allowed)]
        locator = Locator(self._root, allowed, within=within, lend=self._lend)
        node = self._with_songs(node, locator)
        devices = Devices()
        presets = Presets(self._definitions(node, locator), UsableDevices())
        reader = Reader(
            processors=devices,
            deliverables=DELIVERABLES,
            resolve=locator.locate,
            stand_ins=STAND_INS,
            write_out=presets.write_out,
        )
        album = self._read(node, reader, presets)
        self._problems += [*devices.warnings(), *locator.problems, *presets.problems]
        self._lost |= presets.lost
        if album is not BROKEN:
            album = self._checked(album, reader, presets)
        self._problems = _once(sorted(self._problems, key=self._place_in_text))
        if any(problem.severity == "error" for problem in self._problems):
            raise ProblemError(self._problems)
        return Manifest(
            root=self._root,
            album=album,
            places=reader.places,
            files=tuple(self._root / name for name in self._files),
            packages=devices.offers(),
            warnings=tuple(self._problems),
        )

    def _read(self, node: Fields, reader: Reader, presets: Presets) -> Any:
        """The album; what is wrong in a preset is told there, and not where it is used."""
        reader.places.add((), key=None, value=node.span)
        given = node.entries.get("presets")
        rest = {key: entry for key, entry in node.entries.items() if key != "presets"}
        whole = node
        kept: dict[str, Any] = {}
        if given is not None and isinstance(given.node, Fields):
            reader.places.add(("presets",), key=given.key_span, value=given.node.span)
            kept = presets.read(reader)
            whole = Fields(rest, node.span)
        told = [*reader.problems]
        reader.problems.clear()
        album = reader.record(whole, Album, (), owner="the album")
        told += [each for each in reader.problems if presets.home(each) is None]
        self._problems += told
        return album if album is BROKEN else msgspec.structs.replace(album, presets=kept)

    def _checked(self, album: Album, reader: Reader, presets: Presets) -> Album:
        profiles = _house_profiles(album.deliverables.values())
        profiles |= album.profiles
        album = _completed(album, profiles, reader.places)
        self._problems += album_problems(
            album,
            broken=reader.broken | self._lost,
            profiles={**dict.fromkeys(profile_names(), Profile()), **profiles},
            places=presets.seen_from_uses(reader.places),
        )
        self._problems += availability_problems(album, reader.places)
        return album

    def _with_songs(self, node: Fields, locator: Locator) -> Fields:
        """The album's tree, with songs from files of their own in place."""
        songs = node.entries.get("songs")
        if songs is None or not isinstance(songs.node, Fields):
            return node
        entries = {}
        for name, entry in songs.node.entries.items():
            song = self._own_file(entry.node, ("songs", name, "manifest"), locator)
            if song is None:
                self._lost.add(("songs", name))
            else:
                entries[name] = Entry(entry.key_span, song)
        whole = Entry(songs.key_span, Fields(entries, songs.node.span))
        return Fields({**node.entries, "songs": whole}, node.span)

    def _definitions(self, node: Fields, locator: Locator) -> dict[str, Entry | None] | None:
        """What stands under `presets:`, those in files of their own in place."""
        presets = node.entries.get("presets")
        if presets is None or (isinstance(presets.node, Scalar) and presets.node.value is None):
            return {}
        if not isinstance(presets.node, Fields):
            return None
        definitions: dict[str, Entry | None] = {}
        for name, entry in presets.node.entries.items():
            inserts = self._own_file(entry.node, ("presets", name, "file"), locator)
            definitions[name] = None if inserts is None else Entry(entry.key_span, inserts)
        return definitions

    def _own_file(self, node: Node, part: tuple[str, ...], locator: Locator) -> Node | None:
        """What a file holds that is named in place of `part`; None when it cannot be read."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return node
        before = len(locator.problems)
        path = locator.locate(node, part)
        if len(locator.problems) > before:
            return None
        if path not in self._files:
            self._files.append(path)
        try:
            return read_document(self._root / path, path)
        except ProblemError as error:
            self._problems += error.problems
            return None

    def _place_in_text(self, problem: Problem) -> tuple[int, int, int]:
        if problem.at is None:
            return (-1, 0, 0)
        name = problem.at.source.name
        order = self._files.index(name) if name in self._files else 0
        return (order, problem.at.line, problem.at.column)


def _refuse_newer(node: Fields) -> None:
    """Nothing else is told of a manifest whose format is not known yet."""
    entry = node.entries.get("albumbuild")
    number = entry.node.value if entry is not None and isinstance(entry.node, Scalar) else None
    if entry is None or type(number) is not int or number <= FORMAT_VERSION:
        return
    raise ProblemError(
        [
            Problem(
                slug="newer-manifest",
                at=entry.node.span,
                what=f"this manifest is for a newer version of albumbuild: its format is {number}",
                why=f"this version reads format {FORMAT_VERSION}",
                fix="install a newer albumbuild, or ask whoever wrote the manifest",
            )
        ]
    )


def _allowed(node: Fields) -> list[str]:
    entry = node.entries.get("allow_paths")
    if entry is None or not isinstance(entry.node, Items):
        return []
    parts = [each.value for each in entry.node.items if isinstance(each, Scalar)]
    return [each for each in parts if isinstance(each, str)]


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without those that were told already, of a part that is used twice."""
    seen: dict[Any, Problem] = {}
    for each in problems:
        place = (each.at.source.name, each.at.line, each.at.column) if each.at else None
        seen.setdefault((place, each.slug, each.what, each.why, each.fix), each)
    return [*seen.values()]


def _house_profiles(deliverables: Iterable[Deliverable]) -> dict[str, Profile]:
    """Those of the house, where anything asks for them: any may be asked how it would play."""
    if not any(isinstance(each, Streaming) for each in deliverables):
        return {}
    return {name: house_profile(name) for name in profile_names()}


def _completed(album: Album, profiles: dict[str, Profile], places: Places) -> Album:
    """The album with what its manifest leaves to others: titles, order, the house's profiles."""
    songs = {
        name: song if song.title else msgspec.structs.replace(song, title=name)
        for name, song in album.songs.items()
    }
    deliverables = {}
    for name, each in album.deliverables.items():
        profile = profiles.get(each.profile or "") if isinstance(each, Streaming) else None
        if isinstance(each, Streaming) and profile is not None:
            whole, said = ("deliverables", name), ("deliverables", name, "format")
            given = places.of(*said) != places.of(*whole)
            each = with_profile(each, profile, format_given=given)  # noqa: PLW2901
        deliverables[name] = each
    order = album.sequence or tuple(SequenceEntry(song=name) for name in songs)
    return msgspec.structs.replace(
        album,
        songs=songs,
        deliverables=deliverables,
        sequence=order,
        profiles=profiles,
        plants=plants_of(album),
    )
