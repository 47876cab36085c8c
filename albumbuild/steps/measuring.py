"""All that can be told of a sound file by hearing it once."""

from pathlib import Path
from typing import Any

import msgspec

from albumbuild.dsp.meter import Meter, figures_json
from albumbuild.formats.sound import SoundReader
from albumbuild.steps.listening import Listener, check_layout, listen


class Measuring(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for besides the figures; each costs time."""

    spectrum: bool = False
    faults: bool = False

    def of(self, path: Path) -> dict[str, Any]:
        """The figures by name, with null for what is not a finite number.

        Raises: SoundError for a file that cannot be read, or whose channels nobody knows.
        """
        with SoundReader(path) as reader:
            shape = reader.format
            check_layout(shape)
            meter = Meter(shape.rate_hz, shape.channels)
            listeners: list[Listener] = [meter.weigh, meter.find_peaks]
            if self.spectrum:
                from albumbuild.dsp.spectrum import Spectrum

                spectrum = Spectrum(shape.rate_hz, shape.channels)
                listeners.append(spectrum.add)
            if self.faults:
                from albumbuild.dsp.faults import FaultFinder

                faults = FaultFinder(shape.rate_hz, shape.channels, bits=shape.bits)
                listeners.append(faults.add)
            listen(reader, listeners)
        figures = figures_json(meter.figures())
        frames = figures.pop("frames")
        figures |= {
            "duration_s": frames / shape.rate_hz,
            "bit_depth": shape.bits,
            "silent": figures["sample_peak_dbfs"] is None,
        }
        if self.spectrum:
            from albumbuild.steps.figures import levels_json

            figures["spectrum_db"] = levels_json(spectrum)
        if self.faults:
            from albumbuild.dsp.faults import shown

            first, counts = shown(faults.faults())
            figures |= {"fault_counts": counts, "faults": msgspec.to_builtins(first)}
        return figures
