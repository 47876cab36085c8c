"""Songs that have got another name, told by what they are made of."""

from collections.abc import Mapping

from albumbuild.commands.comparing.bench import Finished
from albumbuild.steps.ingest import PCM

_ALIKE = 0.5  # of all stems of both


def renamed_songs(old: Finished, new: Finished) -> dict[str, str]:
    """The songs that only their names tell apart from one that is gone: new → old."""
    before, after = stems_of(old), stems_of(new)
    gone = [song for song in before if song not in after]
    come = [song for song in after if song not in before]
    likely = sorted(
        ((_likeness(before[was], after[now]), was, now) for was in gone for now in come),
        key=lambda each: (-each[0], each[1:]),
    )
    found: dict[str, str] = {}
    for likeness, was, now in likely:
        if likeness >= _ALIKE and now not in found and was not in found.values():
            found[now] = was
    return found


def stems_of(made: Finished) -> dict[str, dict[str, str | None]]:
    """What each stem of each song sounds like, by a digest."""
    return {
        name: {stem: made.digest(f"ingest:{name}/{stem}", PCM) for stem in song.stems}
        for name, song in made.side.opened.manifest.album.songs.items()
    }


def _likeness(old: Mapping[str, str | None], new: Mapping[str, str | None]) -> float:
    """The share of stems that both songs have."""
    first, second = set(old.values()) - {None}, set(new.values()) - {None}
    return len(first & second) / len(first | second) if first | second else 0.0
