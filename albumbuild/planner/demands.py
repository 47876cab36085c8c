"""What a profile demands of a deliverable: told before it is rendered, or asked once it is made."""

from collections.abc import Iterator
from pathlib import Path

from albumbuild.formats.images import ImageError, read_image
from albumbuild.formats.pictures import rendered_size
from albumbuild.model.check import Assertion
from albumbuild.model.deliverable import Streaming
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span
from albumbuild.model.profile import Evidence, Profile
from albumbuild.model.programme import PROGRAMME
from albumbuild.planner.checks import Heard, Question, master_of
from albumbuild.planner.medium import Medium

PEAK_TOLERANCE_DB = 0.05
"""How far a meter of another kind may read over ours."""


def demand_problems(medium: Medium, places: Places) -> Iterator[Problem]:
    """Rules that do not hold, as far as manifest and cover tell."""
    settings, profile = medium.settings, medium.profile
    if profile is None or not isinstance(settings, Streaming):
        return
    least_hz = profile.min_rate_hz
    if least_hz is not None and medium.rate_hz < least_hz:
        what = f"`{medium.name}` has {medium.rate_hz} Hz"
        at = places.of("deliverables", medium.name, "rate_hz")
        fix = f"write `rate_hz: {least_hz}`, or a higher one"
        yield _against(medium, profile, "min_rate_hz", at, what, f"{least_hz} Hz or more", fix)
    if profile.cover_min_px is not None or profile.cover_square:
        yield from _cover_problems(medium, settings, profile, places)


def demands(medium: Medium, places: Places) -> Iterator[Question]:
    """Rules that only the finished sound can tell of."""
    profile = medium.profile
    if profile is None:
        return
    at = places.of("deliverables", medium.name, "profile")
    if profile.max_silence_s is not None and _is_sure(profile, "max_silence_s"):
        yield from _silence(medium, profile, profile.max_silence_s, at)
    if profile.min_track_s is not None and _is_sure(profile, "min_track_s"):
        yield from _lengths(medium, profile, profile.min_track_s, at)
    if profile.ceiling_dbtp is not None and _is_sure(profile, "ceiling_dbtp"):
        most = Assertion("true_peak_dbtp", "<=", profile.ceiling_dbtp + PEAK_TOLERANCE_DB)
        because = _because(medium, profile, "ceiling_dbtp")
        for song in medium.keys:
            yield _question(medium, song, master_of(medium, song), most, at, because)


def _lengths(
    medium: Medium, profile: Profile, least_s: float, at: Span | None
) -> Iterator[Question]:
    because = _because(medium, profile, "min_track_s")
    least = Assertion("duration", ">=", least_s)
    for song in medium.keys:
        yield _question(medium, song, master_of(medium, song), least, at, because)


def _silence(
    medium: Medium, profile: Profile, most_s: float, at: Span | None
) -> Iterator[Question]:
    """At the head of each file, and at its tail with the gap that belongs to it."""
    because = _because(medium, profile, "max_silence_s")
    slots = medium.sides[PROGRAMME]
    gaps_s = [slot.gap_s for slot in slots[1:]] + [0.0]
    for slot, gap_s in zip(slots, gaps_s, strict=True):
        heard = master_of(medium, slot.song)
        for figure, added_s in (("head_silence_s", 0.0), ("tail_silence_s", gap_s)):
            most = Assertion(figure, "<=", most_s)
            yield _question(medium, slot.song, heard, most, at, because, added=added_s)


def _question(
    medium: Medium,
    song: str,
    heard: Heard,
    assertion: Assertion,
    at: Span | None,
    because: str,
    *,
    added: float = 0.0,
) -> Question:
    return Question(
        subject=f"master {song}@{medium.name}",
        assertion=assertion,
        at=at,
        heard=(heard,),
        added=added,
        because=because,
    )


def _cover_problems(
    medium: Medium, settings: Streaming, profile: Profile, places: Places
) -> Iterator[Problem]:
    name = medium.cover
    own = ("deliverables", medium.name, "cover")
    at = places.of(*own) if settings.cover.file else places.of("cover")
    if name is None:
        rule = "cover_square" if profile.cover_min_px is None else "cover_min_px"
        what = f"`{medium.name}` has no cover"
        fix = "name a picture as `cover`"
        whole = places.of("deliverables", medium.name, "profile")
        yield _against(medium, profile, rule, whole, what, "a cover", fix, severity="warning")
        return
    try:
        image = read_image((Path(medium.root) / name).read_bytes())
    except (ImageError, OSError):
        return  # told where the manifest is read
    width, height = rendered_size(image, medium.rendition)
    size = f"`{name}` has {width} × {height} pixels"
    if (width, height) != (image.width, image.height):
        size = f"`{name}` comes to {width} × {height} pixels"
    goes = "" if profile.tags else "warning"  # where nothing is tagged, it is sent by hand
    least = profile.cover_min_px
    if least is not None and min(width, height) < least:
        wanted = f"{least} pixels a side or more"
        fix = "take a larger picture: blown up, it shows"
        yield _against(medium, profile, "cover_min_px", at, size, wanted, fix, severity=goes)
    if profile.cover_square and width != height:
        fix = "cut it, or write `cover: {fit: crop}`, or `fit: pad` for white beside it"
        yield _against(medium, profile, "cover_square", at, size, "a square", fix, severity=goes)


def _against(
    medium: Medium,
    profile: Profile,
    rule: str,
    at: Span | None,
    what: str,
    wanted: str,
    fix: str,
    *,
    severity: str = "",
) -> Problem:
    """A rule of a profile that does not hold, with where it was read."""
    sure = _is_sure(profile, rule) and severity != "warning"
    return Problem(
        slug="against-profile",
        severity="error" if sure else "warning",
        at=at,
        what=what,
        why=f"{_because(medium, profile, rule)}: {wanted}",
        fix=fix,
    )


def _is_sure(profile: Profile, rule: str) -> bool:
    """Whether the rule was read where it stands; an album's own rules are meant as they are."""
    proof = profile.evidence.get(rule)
    return proof is None or proof.confidence == "read"


def _because(medium: Medium, profile: Profile, rule: str) -> str:
    """The rule, and where it comes from."""
    settings = medium.settings
    name = settings.profile if isinstance(settings, Streaming) else ""
    proof = profile.evidence.get(rule, Evidence())
    said = ", ".join(filter(None, (proof.source, proof.checked_on)))
    source = f" ({said})" if said else ""
    return f"`{rule}` of `{name}`{source}"
