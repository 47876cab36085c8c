"""Cue sheets read back, whoever wrote them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from albumbuild.formats.reading.files import missing, read_small
from albumbuild.formats.reading.reel import Form, Piece, Reel, piece_of
from albumbuild.formats.reading.sheet import Sheet, SheetError, SheetTrack, finished, refuse
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import SECTOR_FRAMES, sector_of

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMS: dict[str, Form] = {
    "WAVE": "file", "AIFF": "file", "FLAC": "file", "BINARY": "raw", "MOTOROLA": "swapped",
}  # fmt: skip
_TEXTS = ("TITLE", "PERFORMER", "SONGWRITER", "COMPOSER", "ARRANGER", "MESSAGE")
_FLAGS = ("PRE", "DCP", "SCMS", "4CH")
_TIME = re.compile(r"\d{1,3}:\d{1,2}:\d{1,2}")
_IGNORED = ("REM", "CDTEXTFILE")
_MOST_TRACKS = 99


def read_cue(path: Path, *, name: str) -> Sheet:
    """The disc that a cue sheet describes; `name` is what messages call it."""
    data, findings = read_small(path, name)
    if not data:
        return Sheet(findings=tuple(findings or [missing(name, "it is empty")]))
    reading = _Reading(path.parent, name)
    try:
        reading.read(data)
    except SheetError as error:
        return Sheet(findings=(*reading.findings, error.finding))
    return finished(
        name,
        reading.tracks,
        reading.reel(),
        upc=reading.upc,
        words=reading.words,
        findings=reading.findings,
    )


class _Reading:
    """One reading of a sheet: the tracks so far, and the pieces of sound."""

    def __init__(self, folder: Path, name: str) -> None:
        self.findings: list[Finding] = []
        self.tracks: list[SheetTrack] = []
        self.words: dict[str, str] = {}
        self.upc = ""
        self._folder = folder
        self._name = name
        self._line = 0
        self._pieces: list[Piece] = []
        self._frames = 0
        self._file: Piece | None = None
        self._index = -1
        self._commands: dict[str, Callable[[str], None]] = {
            "CATALOG": self._catalog, "FILE": self._open, "TRACK": self._track,
            "INDEX": self._mark, "FLAGS": self._flags, "ISRC": self._isrc,
            "PREGAP": self._gap, "POSTGAP": self._gap,
        }  # fmt: skip

    def read(self, data: bytes) -> None:
        """Every line.

        Raises: SheetError where nothing can be told any more.
        """
        for number, line in enumerate(self._decoded(data).splitlines(), start=1):
            self._line = number
            word, _, rest = line.strip().partition(" ")
            command = word.upper()
            if command == "REM":
                self._remark(rest.strip())
            elif command in _TEXTS:
                self._text(command, rest)
            elif command in self._commands:
                self._commands[command](rest.strip())
            elif command and command not in _IGNORED:
                self._fault("cue-command", f"`{word[:20]}` is no command of a cue sheet")
        for track in self.tracks:
            if not track.starts:
                refuse(self._name, track.line, "cue-index", f"track {track.number} has no INDEX 01")

    def reel(self) -> Reel:
        """All sound, to the end of the last file."""
        self._advance(None)
        return Reel(tuple(self._pieces))

    def _decoded(self, data: bytes) -> str:
        if data.startswith(b"\xef\xbb\xbf"):
            self._fault("cue-bom", "the sheet begins with a byte order mark", warning=True)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("latin-1")

    def _fault(self, rule: str, what: str, why: str = "", *, warning: bool = False) -> None:
        self.findings.append(
            Finding(
                rule=rule,
                file=self._name,
                line=self._line or None,
                what=what,
                why=why,
                severity="warning" if warning else "error",
            )
        )

    def _remark(self, rest: str) -> None:
        word, _, text = rest.partition(" ")
        if word.upper() in _TEXTS[2:]:
            self._text(word.upper(), text)

    def _text(self, command: str, rest: str) -> None:
        words = self.tracks[-1].words if self.tracks else self.words
        words[command.lower()] = _unquoted(rest)

    def _catalog(self, rest: str) -> None:
        code = _unquoted(rest)
        if self.tracks:
            self._fault("cue-catalog", "CATALOG stands after the first TRACK", "it is the disc's")
        if not re.fullmatch(r"[0-9]{13}", code):
            self._fault("cue-catalog", f"`{code[:20]}` is no UPC or EAN", "it has 13 digits")
        self.upc = code

    def _open(self, rest: str) -> None:
        name, _, kind = rest.rpartition(" ")
        name, form = _unquoted(name), _FORMS.get(kind.upper())
        if form is None:
            known = ", ".join(_FORMS)
            refuse(
                self._name,
                self._line,
                "cue-file",
                f"FILE is of type `{kind[:20]}`",
                f"read are {known}",
            )
        self._advance(None)
        path = self._found(name)
        self._file, wrong = piece_of(path, name, form)
        self.findings += wrong
        self._index = -1

    def _found(self, name: str) -> Path:
        """The file beside the sheet; a path of another machine is looked for by its name."""
        try:
            path = self._folder / name
            if "\0" not in name and path.is_file():
                return path
        except (OSError, ValueError):
            pass
        return self._folder / (re.split(r"[/\\]", name.replace("\0", ""))[-1] or "-")

    def _track(self, rest: str) -> None:
        number, _, kind = rest.partition(" ")
        if not re.fullmatch(r"[0-9]{1,2}", number):
            refuse(self._name, self._line, "cue-track", f"`{rest[:20]}` is no track")
        if kind.strip().upper() != "AUDIO":
            what = f"track {number} is of type `{kind.strip()[:20]}`"
            self._fault("cue-track", what, "an audio CD has AUDIO tracks alone")
        if len(self.tracks) >= _MOST_TRACKS:
            refuse(self._name, self._line, "cue-track", "there are more than 99 tracks")
        self.tracks.append(SheetTrack(number=int(number), line=self._line, words={}))
        self._index = -1

    def _current(self, command: str) -> SheetTrack:
        if not self.tracks:
            refuse(self._name, self._line, "cue-order", f"{command} stands before the first TRACK")
        return self.tracks[-1]

    def _mark(self, rest: str) -> None:
        track = self._current("INDEX")
        number, _, time = rest.partition(" ")
        frame = self._time(time.strip()) * SECTOR_FRAMES
        if self._file is None:
            refuse(self._name, self._line, "cue-order", "INDEX stands before the first FILE")
        if not re.fullmatch(r"[0-9]{1,2}", number):
            refuse(self._name, self._line, "cue-index", f"`{number[:20]}` is no index")
        index = int(number)
        if index != self._index + 1 and not (self._index < 0 and index == 1):
            what = f"INDEX {index:02} follows " + (
                f"INDEX {self._index:02}" if self._index >= 0 else "TRACK"
            )
            self._fault("cue-index", what, "indexes count up by one, from 00 or 01")
        self._index = index
        self._advance(frame)
        if index == 0:
            track.pregap = self._frames
        else:
            track.starts.append(self._frames)

    def _gap(self, rest: str) -> None:
        """Silence that is not in the file: before index 01, or after the track."""
        track = self._current("PREGAP")
        frames = self._time(rest) * SECTOR_FRAMES
        if not track.starts and track.pregap is None:
            track.pregap = self._frames
        self._pieces.append(Piece(frames=frames))
        self._frames += frames

    def _time(self, text: str) -> int:
        if not _TIME.fullmatch(text):
            refuse(
                self._name, self._line, "cue-time", f"`{text[:20]}` is no time", "it is mm:ss:ff"
            )
        try:
            return sector_of(text)
        except ValueError:
            why = "seconds go to 59, sectors to 74"
            refuse(self._name, self._line, "cue-time", f"`{text}` is no time", why)

    def _flags(self, rest: str) -> None:
        track = self._current("FLAGS")
        flags = rest.upper().split()
        for flag in flags:
            if flag not in _FLAGS:
                self._fault(
                    "cue-flags", f"`{flag[:20]}` is no flag", f"flags are {', '.join(_FLAGS)}"
                )
        if "4CH" in flags:
            self._fault("cue-flags", "the track has four channels", "no player plays them")
        if {"DCP", "SCMS"} <= {*flags}:
            self._fault(
                "cue-flags", "DCP and SCMS stand together", "one permits what the other limits"
            )
        track.pre_emphasis = "PRE" in flags
        track.copy = "permitted" if "DCP" in flags else "once" if "SCMS" in flags else "prohibited"

    def _isrc(self, rest: str) -> None:
        code = _unquoted(rest)
        if "-" in code:
            what = "the ISRC has hyphens"
            self._fault("cue-isrc", what, "some programs refuse them here", warning=True)
        self._current("ISRC").isrc = code.replace("-", "")

    def _advance(self, frame: int | None) -> None:
        """Take the sound of the open file up to a frame of it in, or all that is left."""
        file = self._file
        if file is None:
            return
        end = file.first + file.frames if frame is None else frame
        if frame is not None and frame < file.first:
            self._fault("cue-time", "a time is earlier than the one before", "times only rise")
            return
        if end > file.first + file.frames:
            self._fault("sheet-past-end", "a time lies past the end of the file")
        if end > file.first:
            taken = replace(file, frames=end - file.first)
            self._pieces.append(taken)
            self._frames += taken.frames
            self._file = replace(file, first=end, frames=max(file.frames - taken.frames, 0))


def _unquoted(text: str) -> str:
    """A text without its quotes; whatever stands between the first and the last of them."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text.strip('"')
