"""Tonal matching: the spectrum of the whole sound, brought nearer to that of references."""

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from albumbuild.dsp import tone
from albumbuild.dsp.align import Lag
from albumbuild.dsp.convolution import Convolver, part_for, response
from albumbuild.dsp.spectrum import Spectrum
from albumbuild.model.device import Refusal, RefusedError, ToneProcessor
from albumbuild.model.sound import Sound
from albumbuild.model.units import Db, File, Pct, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albumbuild.model.device import Block, Study

FIXED = "its curve is made before the first frame"


class Match(ToneProcessor, frozen=True, kw_only=True):
    """Brings the tone of a master nearer to that of references.

    It hears all of its input first. The long-term spectra are compared in thirds of an
    octave, whatever their loudness, several references by the mean of their shapes. Where either
    has nothing to compare, as over the limit of a lossy coder, and under 30 Hz or a low cut,
    nothing is turned up. The filter has a linear phase, slopes of 12 dB an octave at most, and
    leaves the loudness as it is.
    """

    name: ClassVar[str] = "match"
    version: ClassVar[int] = 2
    unheard: ClassVar[frozenset[str]] = frozenset({"reference"})  # what is in the files is heard
    unmoved: ClassVar[dict[str, str]] = {"amount_pct": FIXED, "max_db": FIXED}
    streaming: ClassVar[bool] = True
    studying: ClassVar[bool] = True
    example: ClassVar[str] = "{reference: [sounds/file.wav], amount_pct: 60, max_db: 4}"

    reference: Annotated[
        tuple[Annotated[str, File("a sound file")], ...], Text("sound files, all of each")
    ]
    amount_pct: Annotated[float, Pct(0, 100, "how much of the difference")] = 50.0
    max_db: Annotated[float, Db(0, 24, "the most at any frequency")] = 6.0

    def files(self) -> dict[str, str]:
        """The references."""
        return {f"reference/{index}": path for index, path in enumerate(self.reference)}

    def refusals(self, sounds: "Mapping[str, Sound]") -> tuple[Refusal, ...]:  # noqa: ARG002
        """Why there is nothing to match."""
        return () if self.reference else (_no_reference(),)

    def with_sounds(self, sounds: "Mapping[str, Sound]") -> "Match":
        """The same with its references, where they can be heard."""
        heard = [sounds[field] for field in self.files()]
        if any(sound.stream is None for sound in heard):
            return self
        tones = tuple(map(_tone_of, heard, self.reference))
        return Matching(**self._settings(), tones=tones)

    def latency(self, rate_hz: int) -> int:
        """Half the filter, and a part of it."""
        half = tone.half_taps(rate_hz)
        return part_for(2 * half) + half

    def tail(self, rate_hz: int) -> int:
        """The other half, unless the settings leave the sound as it is."""
        return tone.half_taps(rate_hz) if self.amount_pct and self.max_db else 0

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 4.0

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Match.__struct_fields__}


class Matching(Match, frozen=True, kw_only=True):
    """A match that knows the tones of its references, and is to hear the sound."""

    tones: tuple[tone.Array, ...]

    def study(self, rate_hz: int, channels: int) -> Spectrum:
        """What is to hear all of the sound."""
        return Spectrum(rate_hz, channels)

    def studied(self, study: "Study") -> "Matched":
        """The match with its curve."""
        assert isinstance(study, Spectrum)
        own = tone.tone_db(study.mean_squares(), study.rate_hz)
        curve = tone.matching_db(
            own, self.tones, share=self.amount_pct / 100.0, most_db=self.max_db
        )
        return Matched(**self._settings(), curve=curve)


class Matched(Match, frozen=True, kw_only=True):
    """A match that has its curve, in dB at `tone.places_hz`."""

    studying: ClassVar[bool] = False

    curve: tone.Array

    def start(self, rate_hz: int, channels: int) -> Convolver | Lag:
        """The filter, silent; a curve without effect only delays."""
        if not self.curve.any():
            return Lag(self.latency(rate_hz), channels)
        taps = tone.filter_taps(self.curve, rate_hz)[:, None]
        return Convolver(response(taps, part_for(len(taps))), channels)

    def process(
        self,
        block: "Block",
        state: Convolver | Lag,
        key: "Block | None" = None,  # noqa: ARG002 - it has no side chain
    ) -> "Block":
        """The next block, filtered."""
        return state.process(block)


def _tone_of(sound: Sound, name: str) -> tone.Array:
    """The tone of a reference.

    Raises:
        RefusedError: it is silent.
    """
    spectrum = Spectrum(sound.rate_hz, sound.channels)
    for block in sound.stream():
        spectrum.add(block)
    found = tone.tone_db(spectrum.mean_squares(), sound.rate_hz)
    if float(found.max()) == -math.inf:
        raise RefusedError(_silent(name))
    return found


def _no_reference() -> Refusal:
    """A match without any file."""
    return Refusal(
        slug="no-reference",
        at=("reference",),
        what="`match` names no reference",
        why="it brings a sound nearer to the tone of others",
        fix="name sound files, such as `reference: [references/one.flac]`",
    )


def _silent(name: str) -> Refusal:
    """A reference in which there is no sound."""
    return Refusal(
        slug="silent-reference",
        at=("reference",),
        what=f"the reference `{name}` is silent",
        why="a sound without any tone is no reference for one",
        fix="name another file",
    )
