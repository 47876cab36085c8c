"""Codes of genres and languages, as CD-Text has them."""

_GENRES = (
    "", "", "adult contemporary", "alternative rock", "children", "classical",
    "contemporary christian", "country", "dance", "easy listening", "erotic", "folk", "gospel",
    "hip hop", "jazz", "latin", "musical", "new age", "opera", "operetta", "pop", "rap", "reggae",
    "rock", "r&b", "sound effects",
)  # fmt: skip
UNDEFINED = 1
_LANGUAGES = {  # EBU Tech 3264, Appendix 3
    "sq": 0x01, "br": 0x02, "ca": 0x03, "hr": 0x04, "cy": 0x05, "cs": 0x06, "da": 0x07,
    "de": 0x08, "en": 0x09, "es": 0x0A, "eo": 0x0B, "et": 0x0C, "eu": 0x0D, "fo": 0x0E,
    "fr": 0x0F, "fy": 0x10, "ga": 0x11, "gd": 0x12, "gl": 0x13, "is": 0x14, "it": 0x15,
    "la": 0x17, "lv": 0x18, "lb": 0x19, "lt": 0x1A, "hu": 0x1B, "mt": 0x1C, "nl": 0x1D,
    "no": 0x1E, "nb": 0x1E, "oc": 0x1F, "pl": 0x20, "pt": 0x21, "ro": 0x22, "rm": 0x23,
    "sr": 0x24, "sk": 0x25, "sl": 0x26, "fi": 0x27, "sv": 0x28, "tr": 0x29, "wa": 0x2B,
    "vi": 0x46, "uk": 0x4A, "th": 0x4C, "ru": 0x56, "ko": 0x65, "ja": 0x69, "el": 0x70,
    "zh": 0x75, "bg": 0x77,
}  # fmt: skip


def genre_code(genre: str) -> int:
    """The code of a genre that all readers agree on, else 1, "not defined"."""
    name = genre.strip().lower().replace("-", " ")
    return _GENRES.index(name) if name in _GENRES[2:] else UNDEFINED


def language_code(language: str) -> int:
    """The code of an ISO 639-1 language such as `en` or `pt-BR`; 0 for an unknown one."""
    return _LANGUAGES.get(base_language(language), 0)


def language_of(code: int) -> str:
    """The ISO 639-1 language of a code; empty for one that is not known."""
    return next((name for name, number in _LANGUAGES.items() if number == code), "")


def base_language(language: str) -> str:
    """The language without its region: `pt` of `pt-BR`."""
    return language.lower().replace("_", "-").split("-")[0]
