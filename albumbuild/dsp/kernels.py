"""The door to the C kernels: one shared library, and the signature of each of its functions."""

import ctypes
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

_NAME = {"darwin": "kernels.dylib", "win32": "kernels.dll"}.get(sys.platform, "kernels.so")


class _Pointer:
    """An argument that is an array of one type in C order, or None where a kernel allows it."""

    dtype: ClassVar[type[np.generic]]

    @classmethod
    def from_param(cls, array: Any) -> Any:
        """The address of the array; ctypes calls this for each argument."""
        if array is None:
            return None
        if not isinstance(array, np.ndarray) or array.dtype != cls.dtype:
            raise TypeError(f"a kernel wants an array of {cls.dtype.__name__}")
        if not array.flags.c_contiguous:
            raise TypeError("a kernel wants an array in C order")
        if array.size and array.flags.writeable:  # a fifth of the time
            return ctypes.byref(ctypes.c_char.from_buffer(array.data))
        return ctypes.c_void_p(array.ctypes.data)


class F64(_Pointer):
    """`double *`."""

    dtype = np.float64


class I64(_Pointer):
    """`int64_t *`."""

    dtype = np.int64


class I32(_Pointer):
    """`int32_t *`."""

    dtype = np.int32


class U8(_Pointer):
    """`uint8_t *`."""

    dtype = np.uint8


INT = ctypes.c_int64
REAL = ctypes.c_double

_Signatures = dict[str, tuple[Any, tuple[Any, ...]]]

# name: (what it returns, its arguments), as in the C files beside.
_LINEAR: _Signatures = {
    "exp2_array": (None, (F64, F64, INT)),
    "log2_array": (None, (F64, F64, INT)),
    "sin_array": (None, (F64, F64, INT)),
    "cos_array": (None, (F64, F64, INT)),
    "memory_keep": (None, ()),
    "gain_process": (None, (F64, I64, F64, F64, INT, INT)),
    "fader_process": (None, (F64, F64, INT, INT, REAL, REAL, REAL)),
    "gain_add": (None, (F64, F64, REAL, INT)),
    "sections_process": (None, (F64, INT, I64, F64, F64, F64, INT, INT)),
    "fir_process": (None, (F64, INT, I64, F64, F64, INT, INT)),
    "stereo_process": (None, (F64, INT, I64, F64, F64, F64, INT)),
    "reverb_process": (
        None,
        (F64, I64, F64, I64, F64, F64, F64, F64, F64, F64, I64, F64, F64, INT),
    ),
    "saturator_process": (None, (F64, I64, I64, F64, F64, F64, F64, INT, INT)),
    "chorus_process": (
        None,
        (F64, I64, F64, I64, F64, F64, INT, F64, INT, F64, I64, F64, F64, INT),
    ),
    "delay_process": (
        None,
        (F64, I64, F64, INT, I64, F64, INT, I64, F64, INT, F64, F64, INT, INT),
    ),
    "predelay_process": (None, (F64, I64, F64, INT, I64, F64, F64, INT, INT)),
    "fft_process": (None, (F64, F64, F64, F64, INT)),
    "convolution_spectrum": (None, (F64, F64, F64, F64, F64, F64, INT)),
    "convolution_block": (None, (F64, INT, F64, F64, INT, F64, F64, F64, F64, F64, INT)),
}

_DYNAMICS: _Signatures = {
    "compressor_process": (REAL, (F64, I64, F64, F64, F64, F64, F64, INT, INT, INT)),
    "gate_process": (REAL, (F64, I64, F64, F64, F64, F64, INT, INT, INT)),
    "deesser_process": (REAL, (F64, INT, I64, F64, INT, F64, F64, F64, INT, INT)),
    "limiter_process": (REAL, (F64, I64, F64, F64, INT, I64, INT, F64, F64, INT, INT, INT)),
}

_REPAIR: _Signatures = {
    "declick_process": (INT, (F64, F64, F64, INT, INT, INT, F64, F64, INT)),
    "declip_process": (INT, (F64, F64, F64, INT, INT, INT, F64, F64, F64, INT)),
}

_METERS: _Signatures = {
    "packing_pack": (INT, (F64, U8, INT)),
    "packing_unpack": (None, (ctypes.c_char_p, F64, INT)),
    "dither_quantise": (None, (F64, I32, INT, INT, REAL, INT, INT, INT)),
    "dither_shape": (None, (F64, I32, INT, INT, REAL, F64, INT, F64, INT, INT)),
    "meter_add": (INT, (F64, F64, F64, F64, F64, INT, INT, INT)),
    "spectrum_add": (INT, (F64, F64, F64, F64, F64, F64, INT, INT, INT, INT)),
    "groove_add": (INT, (F64, REAL, INT, INT, F64, F64, F64, F64, F64, INT)),
    "trace_add": (None, (F64, I64, INT, F64)),
    "meter_true_peak": (REAL, (F64, F64, F64, REAL, F64, INT, INT)),
}


def load(path: Path) -> Any:
    """The library at `path` with its signatures set.

    Raises: ImportError when it is missing, of another version, or not for this machine.
    """
    try:
        loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in (_LINEAR | _DYNAMICS | _REPAIR | _METERS).items():
            function = getattr(loaded, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"the sound kernels are not built for this version ({error}): run `pip install .`"
            " in the source folder, or install albumbuild again"
        ) from error
    return loaded


library = load(Path(__file__).with_name("kernels") / _NAME)
"""Its functions take arrays as they are, check their type and layout, and release the GIL."""
library.memory_keep()
