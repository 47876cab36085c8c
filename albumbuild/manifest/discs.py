"""CDs: what cannot be on one, the plant that presses it, and the songs its texts name."""

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from albumbuild.manifest.order import unknown_song
from albumbuild.manifest.wording import Path
from albumbuild.model.album import Album
from albumbuild.model.deliverable import Cd
from albumbuild.model.node import Places
from albumbuild.model.plant import Plant
from albumbuild.model.problem import Problem, did_you_mean
from albumbuild.model.timeline import sector_of


def cd_problems(
    cd: Cd,
    path: Path,
    *,
    album: Album,
    songs: Collection[str],
    plants: Mapping[str, Plant],
    places: Places,
) -> Iterator[Problem]:
    """What a CD cannot be asked for."""
    yield from _form_problems(cd, path, places)
    for language, block in cd.cd_text.blocks.items():
        for name in block.songs:
            if name not in songs:
                place = (*path, "cd_text", "blocks", language, "songs", name)
                problem = unknown_song(name, place, known=songs, places=places)
                yield replace(problem, at=places.key_of(*place))
    plant = plants.get(cd.ddp_profile)
    if plant is None:
        yield Problem(
            slug="unknown-ddp-profile",
            at=places.of(*path, "ddp_profile"),
            what=f"unknown DDP profile `{cd.ddp_profile}`",
            fix=did_you_mean(cd.ddp_profile, plants),
        )
    elif cd.max_leadout and sector_of(cd.max_leadout) > sector_of(plant.max_leadout):
        yield Problem(
            slug="late-leadout",
            severity="warning",
            at=places.of(*path, "max_leadout"),
            what=f"`max_leadout: {cd.max_leadout}` is later than what `{cd.ddp_profile}` takes",
            why=f"that is {plant.max_leadout}",
            fix="ask the plant for a waiver",
        )
    entries = album.sequence if cd.sequence is None else cd.sequence
    for index, entry in enumerate(entries):
        if entry.pre_emphasis and entry.hidden:
            own = (*path, "sequence") if cd.sequence is not None else ("sequence",)
            yield Problem(
                slug="hidden-pre-emphasis",
                at=places.of(*own, index, "pre_emphasis"),
                what=f"the hidden song `{entry.song}` cannot have pre-emphasis of its own",
                why="it lies in the pregap of track 1, which has the flags of track 1",
                fix="set `pre_emphasis` on the song after it, or on neither",
            )


def _form_problems(cd: Cd, path: Path, places: Places) -> Iterator[Problem]:
    for key, value, wanted in (("rate_hz", cd.rate_hz, 44_100), ("bit_depth", cd.bit_depth, 16)):
        if value not in (None, wanted):
            yield Problem(
                slug="cd-format",
                at=places.of(*path, key),
                what=f"`{key}: {value}` cannot be on a CD",
                why="a CD is 16-bit at 44100 Hz",
                fix=f"take it out, or write `{key}: {wanted}`",
            )
