"""Spellings in ISO 8859-1 and in ASCII."""

import unicodedata

import pytest

from albumbuild.formats.latin import SpellingError, ascii_letters, transliterate


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Tide", "Tide"),
        ("Señorita à l’été", "Señorita à l'été"),
        ("“So” – it … goes", '"So" - it ... goes'),
        ("cœur", "coeur"),
        ("Łódź", "Lódz"),
        ("Dvořák", "Dvorák"),
        ("Erdős", "Erdos"),
        ("ﬁnale ½", "finale ½"),
        ("one\ntwo", "one two"),
        ("Â½ 100 €", "Â½ 100 EUR"),
    ],
)
def test_texts_in_latin_1(text, spelled):
    assert transliterate(text) == (spelled, spelled != text)
    assert transliterate(spelled) == (spelled, False)
    spelled.encode("latin-1")


def test_a_letter_with_a_loose_accent_is_not_changed():
    assert transliterate(unicodedata.normalize("NFD", "été")) == ("été", False)


@pytest.mark.parametrize("text", ["Прилив", "潮", "a\x00b", "a\x9cb", "🎵"])
def test_what_cannot_be_spelled_is_refused(text):
    with pytest.raises(SpellingError) as caught:
        transliterate(text)
    assert set(caught.value.characters) <= set(text)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Señorita", "Senorita"),
        ("Ærøskøbing", "AEroskobing"),
        ("Straße", "Strasse"),
        ("¿Qué?", "?Que?"),
    ],
)
def test_ascii_keeps_the_letters(text, spelled):
    assert ascii_letters(text) == spelled


def test_every_letter_of_latin_1_has_an_ascii_spelling():
    letters = [chr(code) for code in range(0xA0, 0x100) if chr(code).isalpha()]
    assert all(ascii_letters(letter).isascii() for letter in letters)
