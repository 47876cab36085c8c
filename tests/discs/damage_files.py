"""Damages of whole files, of the sound, and of the checksums."""

from collections.abc import Callable
from pathlib import Path

from tests.discs.damage import (
    SECTOR_BYTES,
    Where,
    corruption,
    name_of,
    poke,
    put,
    put_packs,
    sum_files,
    text_packs,
    untold,
)

PAUSE_SECTORS = 150


def damage_missing(name: str, file: Callable[[Path], str]) -> None:
    """Put a fileset without one of its files into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        gone = file(folder)
        (folder / gone).unlink()
        return Where(gone, None, ("DDPMS",))


damage_missing("there is no DDPID", lambda _: "DDPID")
damage_missing("there is no DDPMS", lambda _: "DDPMS")
damage_missing("there is no PQ descriptor", lambda folder: name_of(folder, "pq"))
damage_missing("there is no CD-Text", lambda folder: name_of(folder, "text"))
damage_missing("there is no sound", lambda folder: name_of(folder, "audio"))


def damage_swap(name: str, first: Callable[[Path], str], second: Callable[[Path], str]) -> None:
    """Put two files with each other's content into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        one, other = first(folder), second(folder)
        content = (folder / one).read_bytes()
        put(folder, one, (folder / other).read_bytes())
        put(folder, other, content)
        return Where(one, None, (other, "DDPMS"))


damage_swap("DDPID and DDPMS are swapped", lambda _: "DDPID", lambda _: "DDPMS")
damage_swap(
    "PQ and CD-Text are swapped",
    lambda folder: name_of(folder, "pq"),
    lambda folder: name_of(folder, "text"),
)
damage_swap(
    "sound and CD-Text are swapped",
    lambda folder: name_of(folder, "audio"),
    lambda folder: name_of(folder, "text"),
)


@corruption("a file has its name in the wrong case")
def wrong_case(folder: Path) -> Where:
    """The map has capitals, the folder small letters; the checksums leave it out."""
    name = name_of(folder, "audio")
    (folder / name).rename(folder / name.swapcase())
    return Where(name, None, (name.swapcase(), "DDPMS"))


def damage_sound(name: str, change: Callable[[bytes], tuple[bytes, int]]) -> None:
    """Put another image into the catalogue; the change tells the byte to blame."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        audio = name_of(folder, "audio")
        data, at = change((folder / audio).read_bytes())
        put(folder, audio, data)
        return Where(audio, at, ("DDPMS",))


def with_sound_at(at: int) -> Callable[[bytes], tuple[bytes, int]]:
    """A change that puts a click into the pause."""
    return lambda data: (data[:at] + b"\1" + data[at + 1 :], at)


damage_sound("the sound is a byte short", lambda data: (data[:-1], len(data) - SECTOR_BYTES))
damage_sound("the sound is a byte long", lambda data: (data + b"\0", len(data)))
damage_sound("the sound is a sample short", lambda data: (data[:-4], len(data) - SECTOR_BYTES))
damage_sound(
    "the sound is a sector short",
    lambda data: (data[:-SECTOR_BYTES], len(data) - SECTOR_BYTES),
)
damage_sound("the sound is a sector long", lambda data: (data + bytes(SECTOR_BYTES), len(data)))
damage_sound("the sound is cut in half", lambda data: (data[: len(data) // 2 + 99], len(data) // 2))
damage_sound("the sound is empty", lambda _: (b"", 0))
damage_sound("the sound has a head", lambda data: (b"RIFF" + bytes(40) + data, 0))
damage_sound("the sound has no pause", lambda data: (data[PAUSE_SECTORS * SECTOR_BYTES :], 0))
damage_sound("the pause has a click at its start", with_sound_at(0))
damage_sound("the pause has a click in it", with_sound_at(100_000))
damage_sound("the pause has a click at its end", with_sound_at(PAUSE_SECTORS * SECTOR_BYTES - 1))


@untold("a bit of the sound is flipped, and the checksums know")
def flipped(folder: Path) -> Where:
    """In the middle of the music, where nothing but a checksum can tell."""
    audio = name_of(folder, "audio")
    data = (folder / audio).read_bytes()
    at = len(data) * 2 // 3
    poke(folder, audio, at, bytes([data[at] ^ 1]))
    return Where(audio, None)


@untold("the sound is that of another album, and the checksums know")
def other_sound(folder: Path) -> Where:
    """As long, with the same pause, and the music backwards."""
    audio = name_of(folder, "audio")
    data = (folder / audio).read_bytes()
    pause = PAUSE_SECTORS * SECTOR_BYTES
    put(folder, audio, data[:pause] + data[: pause - 1 : -1])
    return Where(audio, None)


@untold("the master has another ID, and the checksums know")
def other_master(folder: Path) -> Where:
    """As good a name as the one before."""
    poke(folder, "DDPID", 38, b"SOMETHING ELSE".ljust(48))
    return Where("DDPID", None)


@untold("a title has another letter, and the checksums know")
def other_title(folder: Path) -> Where:
    """The pack's own sum fits."""
    packs = text_packs(folder)
    packs[0][4] = 0x51
    put_packs(folder, packs)
    return Where(name_of(folder, "text"), None)


def damage_lines(name: str, change: Callable[[list[bytes]], int | None]) -> None:
    """Put a damage of the lines of a checksum file into the catalogue.

    The change gives the number of the line to blame.
    """

    @untold(name)
    def damage(folder: Path) -> Where:
        sheet = sum_files(folder)[0]
        lines = (folder / sheet).read_bytes().splitlines(keepends=True)
        at = change(lines)
        put(folder, sheet, b"".join(lines))
        offset = None if at is None else sum(map(len, lines[:at]))
        return Where(sheet, offset)


def wrong_digit(lines: list[bytes]) -> int:
    """A digit of the sum of DDPMS."""
    at = line_of(lines, b"DDPMS")
    lines[at] = bytes([lines[at][0] ^ 1 if lines[at][:1].isdigit() else 0x30]) + lines[at][1:]
    return at


def line_of(lines: list[bytes], name: bytes) -> int:
    """The number of the line of a file.

    Raises:
        LookupError: it has none.
    """
    for at, line in enumerate(lines):
        if name in line:
            return at
    raise LookupError(f"no line of {name!r} to damage")


def sums_swapped(lines: list[bytes]) -> int:
    """DDPID has the sum of DDPMS and the other way round."""
    one, other = line_of(lines, b"DDPID"), line_of(lines, b"DDPMS")
    first, second = lines[one], lines[other]
    lines[one] = second[:32] + first[32:]
    lines[other] = first[:32] + second[32:]
    return min(one, other)


def line_gone(lines: list[bytes]) -> None:
    """No line of the map."""
    del lines[line_of(lines, b"DDPMS")]


def line_twice(lines: list[bytes]) -> int:
    """The line of the map once more."""
    at = line_of(lines, b"DDPMS")
    lines.insert(at, lines[at])
    return at


def line_garbage(lines: list[bytes]) -> int:
    """A sentence among the sums."""
    lines.insert(1, b"These are the sums of my album\n")
    return 1


def line_short(lines: list[bytes]) -> int:
    """A sum of 31 digits."""
    at = line_of(lines, b"DDPMS")
    lines[at] = lines[at][1:]
    return at


def line_of_nothing(lines: list[bytes]) -> int:
    """A file that is not there."""
    lines.append(b"d41d8cd98f00b204e9800998ecf8427e *NOWHERE.DAT\n")
    return len(lines) - 1


def line_with_folder(lines: list[bytes]) -> int:
    """A name that leads out of the folder."""
    at = line_of(lines, b"DDPMS")
    lines[at] = lines[at].replace(b"DDPMS", b"../DDPMS")
    return at


def line_in_small_letters(lines: list[bytes]) -> int:
    """A name in the wrong case."""
    at = line_of(lines, b"DDPMS")
    lines[at] = lines[at].replace(b"DDPMS", b"ddpms")
    return at


def all_gone(lines: list[bytes]) -> None:
    """An empty file."""
    lines.clear()


def bytes_for_text(lines: list[bytes]) -> int:
    """Bytes that are no text."""
    lines[:] = [b"\xff\xfe\0\1" * 20]
    return 0


LINES: dict[str, Callable[[list[bytes]], int | None]] = {
    "checksums have a wrong digit": wrong_digit,
    "checksums of two files are swapped": sums_swapped,
    "checksums leave a file out": line_gone,
    "checksums have a file twice": line_twice,
    "checksums have a sentence among them": line_garbage,
    "checksums have a sum of 31 digits": line_short,
    "checksums have a file that is not there": line_of_nothing,
    "checksums have a name with a folder": line_with_folder,
    "checksums have a name in the wrong case": line_in_small_letters,
    "checksums are an empty file": all_gone,
    "checksums are no text": bytes_for_text,
}

for each, made in LINES.items():
    damage_lines(each, made)
