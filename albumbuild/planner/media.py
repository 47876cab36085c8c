"""The steps of one deliverable: masters, their balance, the sequence and the files."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from albumbuild.deliverables.cassette import DeliverCassette
from albumbuild.deliverables.cd import DeliverCd
from albumbuild.deliverables.cover import COVER, IN_TAGS, Cover
from albumbuild.deliverables.delivery import Deliver
from albumbuild.deliverables.disc import DiscWords
from albumbuild.deliverables.preview import CODECS, Preview
from albumbuild.deliverables.services import service_of
from albumbuild.deliverables.streaming import DeliverStreaming
from albumbuild.deliverables.vinyl import DeliverVinyl
from albumbuild.engine.plan import Need, Step
from albumbuild.model.deliverable import Cassette, Cd, Sided, Streaming, Vinyl
from albumbuild.model.programme import PROGRAMME
from albumbuild.planner.credits import album_credits, track_credits
from albumbuild.planner.desks import resolved
from albumbuild.planner.lathe import house_lathe, record_sizes
from albumbuild.planner.medium import Medium
from albumbuild.planner.songs import subject
from albumbuild.planner.sounds import sources
from albumbuild.steps.balance import Balance
from albumbuild.steps.coded import coding_named
from albumbuild.steps.figures import FIGURES
from albumbuild.steps.master import Master
from albumbuild.steps.pressing import GAIN
from albumbuild.steps.sequence import LAYOUT, Sequence, side_output
from albumbuild.steps.sounds import CHAIN, roles
from albumbuild.steps.stream import AUDIO


def medium_steps(medium: Medium) -> Iterator[Step]:
    """Every step of a deliverable that has masters of its own, from these to its files."""
    if medium.is_balanced:
        yield _balance_step(medium)
    for song_id in medium.keys:
        yield _master_step(medium, song_id)
    yield _sequence_step(medium)
    if medium.previewed:
        yield _preview_step(medium)
    if medium.cover is not None:
        yield _cover_step(medium, medium.cover)
    yield _deliver_step(medium)


def _balance_step(medium: Medium) -> Step:
    keys = medium.keys
    return Step(
        id=f"measure:album@{medium.name}",
        action=Balance(
            target_lufs=medium.loudness.target_lufs or 0.0,
            offsets_lu={
                key: medium.songs[song].song.master.loudness_offset_lu for song, key in keys.items()
            },
            inserts=resolved(medium.settings.inserts, None),
            rate_in_hz=medium.rate_in_hz,
            rate_hz=medium.rate_hz,
            limiter=medium.limiter,
            peak_dbtp=medium.peak_dbtp,
            codings=medium.headroom,
        ),
        needs={f"premaster/{key}": _premaster(medium, song) for song, key in keys.items()},
        sources=_sounds(medium),
    )


def _master_step(medium: Medium, song_id: str) -> Step:
    loudness = medium.loudness
    target_lufs = None
    if not medium.is_balanced and loudness.target_lufs is not None and loudness.mode != "none":
        offset_lu = medium.songs[song_id].song.master.loudness_offset_lu
        target_lufs = loudness.target_lufs + offset_lu
    needs = {"premaster": _premaster(medium, song_id)}
    if medium.is_balanced:
        needs["gain"] = Need(f"measure:album@{medium.name}", medium.keys[song_id])
    return Step(
        id=f"master:{song_id}@{medium.name}",
        action=Master(
            inserts=resolved(medium.settings.inserts, None),
            limiter=medium.limiter,
            peak_dbtp=medium.peak_dbtp,
            rate_in_hz=medium.rate_in_hz,
            rate_hz=medium.rate_hz,
            target_lufs=target_lufs,
            codings=() if medium.is_balanced else medium.headroom,
        ),
        needs=needs,
        sources=_sounds(medium),
    )


def _sounds(medium: Medium) -> dict[str, Path]:
    """What the inserts of a deliverable read."""
    return sources(roles(resolved(medium.settings.inserts, None), CHAIN), medium.root)


def _premaster(medium: Medium, song_id: str) -> Need:
    return Need(f"premaster:{subject(song_id, medium.version_of(song_id))}", AUDIO)


def _sequence_step(medium: Medium) -> Step:
    overlaps = any(slot.crossfade_s for slots in medium.sides.values() for slot in slots)
    heard = [("master", AUDIO)]
    if medium.runs:
        heard.append(("figures", FIGURES))
    if overlaps and medium.headroom:
        heard.append(("gain", GAIN))
    return Step(
        id=f"sequence:{medium.name}",
        action=Sequence(
            order=tuple(medium.sides),
            sides={
                side: tuple(replace(slot, song=medium.keys[slot.song]) for slot in slots)
                for side, slots in medium.sides.items()
            },
            runs=medium.runs,
            rate_hz=medium.rate_hz,
            limiter=medium.limiter if overlaps else None,
            lead_in=medium.lead_in,
            sector=medium.sector,
        ),
        needs={
            f"{role}/{key}": Need(f"master:{song}@{medium.name}", output)
            for song, key in medium.keys.items()
            for role, output in heard
        },
    )


def _preview_step(medium: Medium) -> Step:
    sequence = f"sequence:{medium.name}"
    return Step(
        id=f"preview:{medium.name}",
        action=Preview(
            codings={name: coding_named(name, rate_hz=medium.rate_hz) for name in medium.previewed},
            rate_hz=medium.rate_hz,
            bits=medium.bits,
            dither=medium.settings.dither,
        ),
        needs={
            PROGRAMME: Need(sequence, side_output(PROGRAMME)),
            LAYOUT: Need(sequence, LAYOUT),
        },
    )


def _cover_step(medium: Medium, cover: str) -> Step:
    return Step(
        id=f"cover:{medium.name}",
        action=Cover(rendition=medium.rendition),
        sources={COVER: medium.root / cover},
    )


def _deliver_step(medium: Medium) -> Step:
    sequence = f"sequence:{medium.name}"
    needs = {side: Need(sequence, side_output(side)) for side in medium.sides}
    outputs = (LAYOUT, FIGURES) if isinstance(medium.settings, Streaming) else (LAYOUT,)
    needs |= {output: Need(sequence, output) for output in outputs}
    if medium.previewed:
        needs[CODECS] = Need(f"preview:{medium.name}", CODECS)
    if medium.cover is not None:
        needs |= {output: Need(f"cover:{medium.name}", output) for output in (COVER, IN_TAGS)}
    return Step(
        id=f"deliver:{medium.name}",
        action=_deliver_action(medium),
        needs=needs,
        sources=_sources(medium),
        place=medium.name,
    )


def _deliver_action(medium: Medium) -> Deliver:
    settings = medium.settings
    album = album_credits(medium.album)
    tracks = {key: track_credits(medium.album, song) for song, key in medium.keys.items()}
    said: dict[str, Any] = {"name": medium.name, "album": album, "tracks": tracks}
    if isinstance(settings, Cd):
        words = disc_words(medium, medium.keys)
        return DeliverCd(
            **said,
            dither=settings.dither,
            cd_text=settings.cd_text.write,
            blocks=words.blocks,
            copy=words.copy,
            emphasised=words.emphasised,
            plant=medium.plant,
            duplicator=settings.duplicator,
        )
    if isinstance(settings, Sided):
        return _sided_action(medium, settings, said)
    assert isinstance(settings, Streaming)
    services = {
        name: service_of(profile)
        for name, profile in medium.album.profiles.items()
        if profile.kind == "service" and profile.target_lufs is not None
    }
    return DeliverStreaming(
        name=medium.name,
        services=services,
        album=album,
        tracks=tracks,
        files={medium.keys[song]: name for song, name in medium.files.items()},
        format=settings.format,
        rate_hz=medium.rate_hz,
        bits=medium.bits,
        dither=settings.dither,
        bitrate_kbps=settings.bitrate_kbps,
        quality=settings.quality,
        tags=_is_tagged(medium),
        gapless=settings.cut == "gapless",
        untried=medium.untried,
    )


def _sided_action(medium: Medium, settings: Sided, said: Mapping[str, Any]) -> Deliver:
    common: dict[str, Any] = {
        "files": medium.files,
        "rate_hz": medium.rate_hz,
        "bits": medium.bits,
        "dither": settings.dither,
        "limited": medium.limited,
        "why_these_sides": medium.why_these_sides,
    }
    if isinstance(settings, Cassette):
        return DeliverCassette(**said, **common, tape=settings.tape)
    assert isinstance(settings, Vinyl)
    size = record_sizes()[settings.disc]
    return DeliverVinyl(**said, **common, disc=settings.disc, size=size, lathe=house_lathe())


def disc_words(medium: Medium, keys: Mapping[str, str]) -> DiscWords:
    """What a CD is beside its sound; songs are called by `keys`."""
    settings = medium.settings
    assert isinstance(settings, Cd)
    entries = medium.album.sequence if settings.sequence is None else settings.sequence
    blocks = {
        language: replace(
            block, songs={keys[song]: said for song, said in block.songs.items() if song in keys}
        )
        for language, block in settings.cd_text.blocks.items()
    }
    return DiscWords(
        name=medium.name,
        album=album_credits(medium.album),
        tracks={key: track_credits(medium.album, song) for song, key in keys.items()},
        blocks=blocks,
        copy=settings.copy,
        emphasised=tuple(keys[entry.song] for entry in entries if entry.pre_emphasis),
    )


def _is_tagged(medium: Medium) -> bool:
    is_streaming = isinstance(medium.settings, Streaming)
    return is_streaming and (medium.profile is None or medium.profile.tags)


def _sources(medium: Medium) -> dict[str, Path]:
    if not isinstance(medium.settings, Streaming) or not _is_tagged(medium):
        return {}
    sources = {}
    for song, key in medium.keys.items():
        if lyrics := medium.songs[song].song.lyrics:
            sources[f"lyrics/{key}"] = medium.root / lyrics
    return sources
