"""Text in the few characters that a CD or an old reader can show."""

import unicodedata

_SPELLED = {
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "ʼ": "'", "ʻ": "'", "‹": "'", "›": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
    "…": "...", "•": "·", "⁄": "/", "∕": "/", "×": "×", "™": "(TM)", "€": "EUR", "№": "No.",
    "Œ": "OE", "œ": "oe", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i",
    "Ŋ": "NG", "ŋ": "ng", "Ŧ": "T", "ŧ": "t", "ẞ": "SS", "Ə": "E", "ə": "e", "ĸ": "k", "ŉ": "'n",
    "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\u00ad": "",
    "\u2028": " ", "\u2029": " ", "\t": " ", "\n": " ", "\r": " ",
}  # fmt: skip
_SPELLED_ASCII = {
    "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "ß": "ss",
    "«": '"', "»": '"', "¡": "!", "¿": "?", "·": ".", "×": "x", "©": "(c)", "®": "(R)", "°": "deg",
    "´": "'", "¨": '"', "µ": "u", "£": "GBP", "¥": "JPY", "§": "S", "±": "+-", "¬": "-", "¦": "|",
}  # fmt: skip
_WIDE_BYTES = 2
_WIDE = {0x20: 0x3000} | {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


class SpellingError(ValueError):
    """A text with characters that have no spelling in the wanted set."""

    def __init__(self, text: str, characters: str) -> None:
        named = ", ".join(f"`{each}` (U+{ord(each):04X})" for each in characters)
        super().__init__(f"`{text}` holds {named}")
        self.text = text
        self.characters = characters


def transliterate(text: str) -> tuple[str, bool]:
    """The text in ISO 8859-1 without control characters, and whether letters changed for it.

    Typographic characters become plain ones (`–` is `-`, `œ` is `oe`), and a letter
    loses an accent that the set does not have (`ő` is `o`).

    Raises: SpellingError for what cannot be spelled, such as Cyrillic.
    """
    composed = unicodedata.normalize("NFC", text)
    spelled = [_latin(character) for character in composed]
    lost = dict.fromkeys(c for c, s in zip(composed, spelled, strict=True) if s is None)
    if lost:
        raise SpellingError(text, "".join(lost))
    result = "".join(each or "" for each in spelled)
    return result, result != composed


def ascii_letters(text: str) -> str:
    """The text in printable ASCII that keeps the letters: `Señorita` is `Senorita`.

    Raises: SpellingError for what cannot be spelled.
    """
    latin, _ = transliterate(text)
    result = ""
    for character in latin:
        spelled = _SPELLED_ASCII.get(character, character)
        base = unicodedata.normalize("NFKD", spelled)
        base = "".join(each for each in base if not unicodedata.combining(each))
        if not base.isascii():
            raise SpellingError(text, character)
        result += base
    return result


def ms_jis(text: str) -> bytes:
    """The text in MS-JIS with two bytes for each character; letters of ASCII become wide ones.

    Latin letters that it has not got lose their accents.

    Raises: SpellingError for what it has no two bytes for.
    """
    encoded = [(each, _wide(each)) for each in unicodedata.normalize("NFKC", text)]
    lost = [each for each, wide in encoded if wide is None]
    if lost:
        raise SpellingError(text, "".join(dict.fromkeys(lost)))
    return b"".join(wide or b"" for _, wide in encoded)


def _wide(character: str) -> bytes | None:
    """The bytes of a character or of its plain spelling, two each; None where there are none."""
    found = character.translate(_WIDE).encode("cp932", "ignore")
    if len(found) == _WIDE_BYTES:
        return found
    try:
        plain = ascii_letters(character)
    except SpellingError:
        return None
    return plain.translate(_WIDE).encode("cp932")


def _latin(character: str) -> str | None:
    if character in _SPELLED:
        return _SPELLED[character]
    if _is_latin(character):
        return character
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(each for each in parts if not unicodedata.combining(each))
    if base != character and all(_is_latin(each) or each in _SPELLED for each in base):
        return "".join(_SPELLED.get(each, each) for each in base)
    return None


def _is_latin(character: str) -> bool:
    return " " <= character <= "~" or "\xa0" <= character <= "\xff"
