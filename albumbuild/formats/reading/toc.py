"""TOC files of cdrdao read back."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from albumbuild.formats.reading.files import missing, read_small
from albumbuild.formats.reading.reel import Form, Piece, Reel, piece_of
from albumbuild.formats.reading.sheet import Sheet, SheetError, SheetTrack, finished, refuse
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import SECTOR_FRAMES, sector_of

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<brace>[{}])|(?P<word>[^\s{}",:]+(?::\d+:\d+)?)|(?P<other>[,:"])',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)
_TEXTS = ("TITLE", "PERFORMER", "SONGWRITER", "COMPOSER", "ARRANGER", "MESSAGE")
_MOST_TRACKS = 99


class _Token(msgspec.Struct, frozen=True):
    line: int
    kind: str
    text: str


def read_toc(path: Path, *, name: str) -> Sheet:
    """The disc that a TOC file describes; `name` is what messages call it."""
    data, findings = read_small(path, name)
    if not data:
        return Sheet(findings=tuple(findings or [missing(name, "it is empty")]))
    reading = _Reading(path.parent, name, [*_tokens(data.decode("latin-1"))])
    try:
        reading.read()
    except SheetError as error:
        return Sheet(findings=(*reading.findings, error.finding))
    return finished(
        name,
        reading.tracks,
        Reel(tuple(reading.pieces)),
        upc=reading.upc,
        words=reading.words,
        findings=reading.findings,
    )


def _tokens(text: str) -> Iterator[_Token]:
    for number, whole in enumerate(text.splitlines(), start=1):
        line = _without_comment(whole)
        for found in _TOKEN.finditer(line):
            kind = found.lastgroup or ""
            said = found[0]
            if kind == "text":
                said = _ESCAPE.sub(_unescaped, said[1:-1])
            yield _Token(number, kind, said)


def _without_comment(line: str) -> str:
    """The line up to `//`, where that stands in no text."""
    quoted = False
    for at, each in enumerate(line):
        if each == '"' and (at == 0 or line[at - 1] != "\\"):
            quoted = not quoted
        elif not quoted and line.startswith("//", at):
            return line[:at]
    return line


def _unescaped(found: re.Match[str]) -> str:
    said = found[1]
    return chr(int(said, 8) & 0xFF) if len(said) == 3 else said


class _Reading:
    """One reading of a TOC: where it stands, and the tracks so far."""

    def __init__(self, folder: Path, name: str, tokens: list[_Token]) -> None:
        self.findings: list[Finding] = []
        self.tracks: list[SheetTrack] = []
        self.pieces: list[Piece] = []
        self.words: dict[str, str] = {}
        self.upc = ""
        self._folder = folder
        self._name = name
        self._tokens = tokens
        self._at = 0
        self._begun = 0
        self._frames = 0
        self._no = False
        self._files: dict[str, Piece] = {}
        self._commands: dict[str, Callable[[], None]] = {
            "CATALOG": self._catalog, "CD_TEXT": self._cd_text, "TRACK": self._track,
            "ISRC": self._isrc, "FILE": self._sound, "AUDIOFILE": self._sound,
            "SILENCE": self._silence, "ZERO": self._silence, "START": self._start,
            "PREGAP": self._pregap, "INDEX": self._mark, "NO": self._negation,
            "COPY": self._copy, "PRE_EMPHASIS": self._emphasis,
        }  # fmt: skip

    def read(self) -> None:
        """Every command.

        Raises: SheetError where nothing can be told any more.
        """
        while self._at < len(self._tokens):
            token = self._next("a command")
            command = self._commands.get(token.text) if token.kind == "word" else None
            if command is not None:
                command()
            elif token.text == "FOUR_CHANNEL_AUDIO":
                self._fault("toc-flags", "the track has four channels", "no player plays them")
            elif token.text not in ("CD_DA", "TWO_CHANNEL_AUDIO"):
                self._refuse("toc-command", f"`{token.text[:20]}` has no place in an audio TOC")
        self._close()

    def _next(self, wanted: str, kind: str = "") -> _Token:
        if self._at >= len(self._tokens):
            self._refuse("toc-end", f"the file ends where {wanted} is due")
        token = self._tokens[self._at]
        if kind and token.kind != kind:
            self._refuse("toc-form", f"`{token.text[:20]}` stands where {wanted} is due")
        self._at += 1
        return token

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _line(self) -> int:
        place = min(max(self._at - 1, 0), len(self._tokens) - 1)
        return self._tokens[place].line if self._tokens else 1

    def _refuse(self, rule: str, what: str, why: str = "") -> None:
        refuse(self._name, self._line(), rule, what, why)

    def _fault(self, rule: str, what: str, why: str = "") -> None:
        self.findings.append(
            Finding(rule=rule, file=self._name, line=self._line(), what=what, why=why)
        )

    def _current(self) -> SheetTrack:
        if not self.tracks:
            self._refuse("toc-order", "this stands before the first TRACK")
        return self.tracks[-1]

    def _catalog(self) -> None:
        self.upc = self._next("a UPC or EAN", "text").text
        if not re.fullmatch(r"[0-9]{13}", self.upc):
            self._fault("toc-catalog", f"`{self.upc[:20]}` is no UPC or EAN", "it has 13 digits")

    def _cd_text(self) -> None:
        """Texts of the first language that stands there."""
        words = self.tracks[-1].words if self.tracks else self.words
        self._open()
        while (word := self._next("`}`")).text != "}":
            if word.text == "LANGUAGE_MAP":
                self._skip()
            elif word.text == "LANGUAGE":
                first = self._next("the number of a language", "word").text == "0"
                self._open()
                self._texts(words if first else {})
            else:
                self._refuse("toc-text", f"`{word.text[:20]}` has no place in CD_TEXT")

    def _texts(self, words: dict[str, str]) -> None:
        while (word := self._next("`}`")).text != "}":
            if self._peek() == "{":
                self._skip()
                continue
            text = self._next("a text", "text").text
            if word.text in _TEXTS:
                words[word.text.lower()] = text

    def _open(self) -> None:
        if self._next("`{`").text != "{":
            self._refuse("toc-form", "`{` is due here")

    def _skip(self) -> None:
        """A pair of braces, whatever is in it."""
        self._open()
        depth = 1
        while depth:
            text = self._next("`}`").text
            depth += {"{": 1, "}": -1}.get(text, 0)

    def _track(self) -> None:
        self._close()
        kind = self._next("the type of a track", "word").text
        if kind != "AUDIO":
            self._refuse(
                "toc-track", f"a track is of type `{kind[:20]}`", "an audio CD has AUDIO alone"
            )
        if len(self.tracks) >= _MOST_TRACKS:
            self._refuse("toc-track", "there are more than 99 tracks")
        number = len(self.tracks) + 1
        self.tracks.append(SheetTrack(number=number, line=self._line(), words={}))
        self._begun = self._frames
        self._no = False

    def _close(self) -> None:
        """The track ends; without a START it has no pregap."""
        if self.tracks and not self.tracks[-1].starts:
            if self._frames == self._begun:
                self._refuse("toc-track", f"track {len(self.tracks)} has no sound")
            self.tracks[-1].starts.append(self._begun)

    def _isrc(self) -> None:
        self._current().isrc = self._next("an ISRC", "text").text.replace("-", "")

    def _negation(self) -> None:
        self._no = True

    def _copy(self) -> None:
        self._current().copy = "prohibited" if self._no else "permitted"
        self._no = False

    def _emphasis(self) -> None:
        self._current().pre_emphasis = not self._no
        self._no = False

    def _sound(self) -> None:
        self._current()
        name = self._next("the name of a file", "text").text
        wave = name.lower().endswith((".wav", ".flac", ".aiff", ".aif"))
        form: Form = "file" if wave else "swapped"
        if self._peek() == "SWAP":
            self._at += 1
            form = form if wave else "raw"
        if self._peek().startswith("#"):
            self._refuse("toc-file", "a file is read from an offset in bytes", "that is for data")
        first = self._length("where the sound begins")
        path = self._folder / (name.replace("\0", "") or "-")
        if name not in self._files:
            self._files[name], wrong = piece_of(path, name, form)
            self.findings += wrong
        there = max(self._files[name].frames - first, 0)
        frames = self._length("how long it is") if self._is_length() else there
        if frames > there:
            what = f"{frames} frames of `{name}` are wanted from frame {first} on"
            self._fault("sheet-past-end", what, f"there are {there}")
        self._add(msgspec.structs.replace(self._files[name], first=first, frames=frames))

    def _silence(self) -> None:
        self._current()
        self._add(Piece(frames=self._length("how long the silence is")))

    def _add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self._frames += piece.frames

    def _start(self) -> None:
        """The end of the pregap: after all that came so far, or where it says."""
        track = self._current()
        after = self._length("a time") if self._is_length() else self._frames - self._begun
        track.pregap = self._begun
        track.starts = [self._begun + after]

    def _pregap(self) -> None:
        track = self._current()
        frames = self._length("how long the pregap is")
        track.pregap = self._begun
        track.starts = [self._begun + frames]
        self._add(Piece(frames=frames))

    def _mark(self) -> None:
        track = self._current()
        if not track.starts:
            track.starts.append(self._begun)
        track.starts.append(track.starts[0] + self._length("a time"))

    def _is_length(self) -> bool:
        return re.fullmatch(r"\d+(:\d+:\d+)?", self._peek()) is not None

    def _length(self, wanted: str) -> int:
        """A time in sectors, or a number of frames; in frames."""
        text = self._next(wanted, "word").text
        if text.isascii() and text.isdigit() and len(text) < 12:
            return int(text)
        try:
            return sector_of(text) * SECTOR_FRAMES
        except ValueError:
            self._refuse(
                "toc-time", f"`{text[:20]}` stands where {wanted} is due", "it is mm:ss:ff"
            )
            raise
