"""Everything the house offers, on one page: devices for inserts, and media."""

from albumbuild.model.deliverable import (
    Archive,
    Cassette,
    Cd,
    Deliverable,
    Mixes,
    Stems,
    Streaming,
    Vinyl,
)
from albumbuild.model.device import Processor
from albumbuild.processors.chorus import Chorus
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.convolution import Convolution
from albumbuild.processors.dc import Dc
from albumbuild.processors.declick import Declick
from albumbuild.processors.declip import Declip
from albumbuild.processors.deesser import Deesser
from albumbuild.processors.dehum import Dehum
from albumbuild.processors.delay import Delay
from albumbuild.processors.eq import Eq
from albumbuild.processors.expander import Expander
from albumbuild.processors.gain import Gain
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.match import Match
from albumbuild.processors.multiband import Multiband
from albumbuild.processors.plugin import Plugin
from albumbuild.processors.reverb import Reverb
from albumbuild.processors.saturator import Saturator
from albumbuild.processors.stereo import Stereo

PROCESSORS: dict[str, type[Processor]] = {
    "gain": Gain,
    "eq": Eq,
    "compressor": Compressor,
    "limiter": Limiter,
    "reverb": Reverb,
    "delay": Delay,
    "stereo": Stereo,
    "expander": Expander,
    "gate": Gate,
    "deesser": Deesser,
    "multiband": Multiband,
    "saturator": Saturator,
    "convolution": Convolution,
    "chorus": Chorus,
    "declick": Declick,
    "declip": Declip,
    "dehum": Dehum,
    "dc": Dc,
    "match": Match,
    "plugin": Plugin,
}

DELIVERABLES: dict[str, type[Deliverable]] = {
    "cd": Cd,
    "vinyl": Vinyl,
    "streaming": Streaming,
    "cassette": Cassette,
    "mixes": Mixes,
    "stems": Stems,
    "archive": Archive,
}
