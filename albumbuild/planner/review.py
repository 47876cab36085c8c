"""The review page as steps: what it shows of an album, where that is measured, and previews."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from albumbuild.deliverables.preview import CODECS as CODECS_OUTPUT
from albumbuild.deliverables.review import (
    CODECS,
    COVER,
    Report,
    figures_role,
    layout_role,
    trace_role,
)
from albumbuild.engine.plan import Need, Plan, Step
from albumbuild.model.album import Album
from albumbuild.model.deliverable import Streaming
from albumbuild.model.review import PlanShape, ReviewedSet, ReviewedSong, ReviewedSound
from albumbuild.planner.credits import album_credits, track_credits
from albumbuild.planner.medium import Medium
from albumbuild.planner.songs import subject
from albumbuild.registry import DELIVERABLES
from albumbuild.steps.figures import FIGURES
from albumbuild.steps.ingest import Ingest
from albumbuild.steps.listen import Listen
from albumbuild.steps.master import Master
from albumbuild.steps.mix import Mix
from albumbuild.steps.sequence import LAYOUT, Sequence, side_output
from albumbuild.steps.stream import AUDIO
from albumbuild.steps.traces import TRACE

REPORT = "report"


def review_step(
    root: Path, album: Album, media: Mapping[str, Medium], steps: Mapping[str, Step]
) -> Step:
    """The page of an album; it shows what `steps` make for the sets, and makes no more itself.

    Of an album without sets it shows all.
    """
    shown = _made(steps)
    in_order = sorted(media.values(), key=_place)
    songs = tuple(_songs(album, in_order, shown))
    sets = tuple(_set(each, shown) for each in in_order)
    needs: dict[str, Need] = {}
    for song in songs:
        for sound in song.sounds:
            needs[figures_role(sound.step)] = Need(sound.step, FIGURES)
            needs |= {trace_role(each): Need(each, TRACE) for each in (*sound.chain, sound.step)}
    for made in sets:
        if made.sequence is not None:
            needs[figures_role(made.sequence)] = Need(made.sequence, FIGURES)
            needs[layout_role(made.sequence)] = Need(made.sequence, LAYOUT)
        if made.preview is not None:
            needs[f"{made.preview}/{CODECS}"] = Need(made.preview, CODECS_OUTPUT)
    return Step(
        id=REPORT,
        action=Report(
            album=album_credits(album), songs=songs, sets=sets, shape=_shape(shown.values())
        ),
        needs=needs,
        sources={COVER: root / album.cover} if album.cover else {},
        place=REPORT,
    )


def _place(medium: Medium) -> tuple[int, str]:
    """Where a set stands on the page, whatever its place in the manifest."""
    return [*DELIVERABLES].index(medium.settings.type), medium.name


def _made(steps: Mapping[str, Step]) -> dict[str, Step]:
    """The steps that lead to what is placed, in order; all where nothing is."""
    waiting = [step.id for step in steps.values() if step.place is not None]
    found = set(waiting)
    while waiting:
        needed = {need.step for need in steps[waiting.pop()].needs.values()} - found
        found |= needed
        waiting += needed
    return {name: step for name, step in steps.items() if name in found or not found}


def _songs(
    album: Album, media: Collection[Medium], shown: Mapping[str, Step]
) -> Iterator[ReviewedSong]:
    """The songs that are heard, in the order of the sets, then by their names."""
    ordered = (song for medium in media for song in medium.order)
    for song in dict.fromkeys((*ordered, *sorted(album.songs))):
        versions = (None, *sorted(album.songs[song].versions))
        mixes = ((f"{Mix.kind}:{subject(song, version)}", version) for version in versions)
        sounds = [
            ReviewedSound(step=step, label=f"mix, {version}" if version else "mix")
            for step, version in mixes
            if step in shown
        ]
        for medium in media:
            step = f"{Master.kind}:{song}@{medium.name}"
            if step in shown:
                chain = (shown[step].needs["premaster"].step,)
                sounds.append(
                    ReviewedSound(step=step, label=medium.name, set=medium.name, chain=chain)
                )
        if sounds:
            yield ReviewedSong(credits=track_credits(album, song), sounds=tuple(sounds))


def _set(medium: Medium, shown: Mapping[str, Step]) -> ReviewedSet:
    settings = medium.settings
    sequence, preview = f"sequence:{medium.name}", f"preview:{medium.name}"
    mastered = settings.mastered
    return ReviewedSet(
        name=medium.name,
        type=settings.type,
        format=settings.format if isinstance(settings, Streaming) else None,
        rate_hz=medium.rate_hz,
        bits=medium.bits,
        profile=settings.profile if isinstance(settings, Streaming) else None,
        target_lufs=medium.loudness.target_lufs if mastered else None,
        ceiling_dbtp=medium.ceiling_dbtp if mastered and medium.limited else None,
        songs={key: song for song, key in medium.keys.items()},
        files={medium.keys[song]: name for song, name in medium.files.items()}
        if isinstance(settings, Streaming)
        else {},
        sequence=sequence if sequence in shown else None,
        preview=preview if preview in shown else None,
    )


def _shape(steps: Collection[Step]) -> PlanShape:
    """The steps as the page draws them, stems of a song as one, whatever their order."""
    nodes = {step.id: _node(step) for step in steps}
    needs: dict[str, dict[str, None]] = {}
    for step in steps:
        needed = dict.fromkeys(nodes[need.step] for need in step.needs.values())
        needs.setdefault(nodes[step.id], {}).update(needed)
    return PlanShape(
        kinds={nodes[step.id]: step.kind for step in steps},
        counts={node: count for node, count in Counter(nodes.values()).items() if count > 1},
        needs={node: tuple(sorted(needed)) for node, needed in needs.items() if needed},
    )


def _node(step: Step) -> str:
    return step.id.partition("/")[0] if isinstance(step.action, Ingest) else step.id


def listening_steps(planned: Plan) -> Iterator[Step]:
    """A preview of every mix and of every side of a set; mixes are looked through for faults."""
    page = planned[REPORT].action
    assert isinstance(page, Report)
    for song in page.songs:
        for sound in song.sounds:
            mix = planned[sound.step].action
            if isinstance(mix, Mix):
                yield Step(
                    id=f"{Listen.kind}:{sound.step.partition(':')[2]}",
                    action=Listen(rate_hz=mix.rate_hz, faults=True),
                    needs={AUDIO: Need(sound.step, AUDIO)},
                )
    for made in page.sets:
        if made.sequence is None:
            continue
        sequence = planned[made.sequence].action
        assert isinstance(sequence, Sequence)
        for side in sequence.order:
            yield Step(
                id=f"{Listen.kind}:{side}@{made.name}",
                action=Listen(rate_hz=made.rate_hz),
                needs={AUDIO: Need(made.sequence, side_output(side))},
            )
