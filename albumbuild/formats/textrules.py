"""What CD-Text cannot say of a disc, or says in other letters."""

from collections.abc import Iterator

from albumbuild.formats.cdtext import (
    CODES,
    MAX_BLOCKS,
    MESSAGE,
    PARTS,
    TooMuchTextError,
    blocks_of,
    disc_texts,
    encode_cdtext,
    languages,
    may_be_ms_jis,
)
from albumbuild.formats.latin import SpellingError, ms_jis, transliterate
from albumbuild.model.problem import Problem
from albumbuild.model.timeline import Disc, DiscProblem

LONGEST = 160
"""Characters of a text; players show fewer, and none was found that takes more."""


def text_problems(disc: Disc) -> list[DiscProblem]:
    """A warning for each text that is written otherwise, an error for what cannot be written."""
    found: list[DiscProblem] = []
    if len(languages(disc)) > MAX_BLOCKS:
        return [DiscProblem(problem=_too_many_languages(len(languages(disc))))]
    told = {""}
    for language in languages(disc):
        texts = disc_texts(disc, language)
        columns = ((kind, texts[kind]) for kind in texts)
        for each, text in _column_problems(columns, language, own=language == disc.language):
            if text not in told:
                found.append(each)
        told |= {text for column in texts.values() for text in column}
    if not any(each.problem.severity == "error" for each in found):
        found += _room_problems(disc)
    return found


def _room_problems(disc: Disc) -> Iterator[DiscProblem]:
    """What has no room in the packs of a block."""
    try:
        encode_cdtext(disc)
    except TooMuchTextError as error:
        yield DiscProblem(problem=_too_much(error))
        return
    for language, block in zip(languages(disc), blocks_of(disc), strict=True):
        if CODES in disc_texts(disc, language) and CODES not in block.texts:
            yield DiscProblem(problem=_without_codes(language))


def _column_problems(
    columns: Iterator[tuple[int, list[str]]], language: str, *, own: bool
) -> Iterator[tuple[DiscProblem, str]]:
    """Each problem once, with the text that it is about."""
    told: set[str] = set()
    for kind, column in columns:
        for track, text in enumerate(column):
            problem = None if text in told else _letter_problem(text, kind, language)
            told.add(text)
            if problem is not None:
                named = "" if own else language
                about = DiscProblem(problem=problem, track=track, part=PARTS[kind], language=named)
                yield about, text


def _letter_problem(text: str, kind: int, language: str) -> Problem | None:
    if len(text) > LONGEST:
        return _long(text)
    try:
        spelled, changed = transliterate(text)
    except SpellingError as error:
        return None if _is_japanese(text, kind, language) else _untranslatable(error)
    return _transliterated(text, spelled) if changed else None


def _is_japanese(text: str, kind: int, language: str) -> bool:
    """Whether the block can be in MS-JIS, and that has the letters."""
    if not may_be_ms_jis(language) or kind > MESSAGE:
        return False
    try:
        ms_jis(text)
    except SpellingError:
        return False
    return True


def _transliterated(text: str, spelled: str) -> Problem:
    """Letters that CD-Text has not got, with a spelling that it has."""
    return Problem(
        slug="cd-text-transliterated",
        what=f"CD-Text will say `{spelled}` for `{text}`",
        why="CD-Text is written in ISO 8859-1",
        fix="nothing, if that reads well",
        severity="warning",
    )


def _untranslatable(error: SpellingError) -> Problem:
    """Letters that CD-Text has not got, and no way to spell them."""
    return Problem(
        slug="cd-text-characters",
        what=f"CD-Text cannot spell `{error.text}`",
        why=f"CD-Text is written in ISO 8859-1, which has no `{error.characters}`; a Japanese "
        "block in MS-JIS",
        fix="give it in Latin letters under `cd_text.blocks`, or write `cd_text: false`",
    )


def _long(text: str) -> Problem:
    """More than a player shows."""
    return Problem(
        slug="cd-text-long",
        what=f"`{text[:40]}…` has {len(text)} characters",
        why=f"players take {LONGEST} characters of CD-Text at most, and show fewer",
        fix="give a shorter one under `cd_text.blocks`",
        severity="warning",
    )


def _too_much(error: TooMuchTextError) -> Problem:
    """A block has an end."""
    return Problem(
        slug="cd-text-too-long",
        what=f"the texts need {error}",
        why="a player reads no further",
        fix="shorten the titles and names, or leave composers and messages out",
    )


def _without_codes(language: str) -> Problem:
    """The codes give way to the texts."""
    return Problem(
        slug="cd-text-without-codes",
        what=f"CD-Text in `{language}` has no room for the UPC and the ISRCs",
        why="a block holds 256 packs; the PQ descriptor has the codes, and players read them there",
        fix="nothing, or shorten the titles and names",
        severity="warning",
    )


def _too_many_languages(count: int) -> Problem:
    """A disc has room for eight."""
    return Problem(
        slug="cd-text-languages",
        what=f"CD-Text in {count} languages",
        why=f"a disc holds {MAX_BLOCKS} blocks",
        fix="take some out of `cd_text.blocks`",
    )
