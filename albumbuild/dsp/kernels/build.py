"""The package's build: compiles the kernels, and says which platform the wheel is for."""

import runpy
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_KERNELS = runpy.run_path(str(Path(__file__).with_name("compile.py")))  # no package yet


class KernelsHook(BuildHookInterface[Any]):
    """Adds the compiled library to a wheel; an editable install uses it where it is made."""

    def dependencies(self) -> list[str]:
        """What the build asks for besides itself: a compiler, where the machine has none."""
        return [] if self.target_name != "wheel" or _KERNELS["working_compiler"]() else ["ziglang"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is packed."""
        if self.target_name != "wheel":
            return
        library = _KERNELS["compile_library"]()
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        if version != "editable":
            build_data["force_include"][str(library)] = f"albumbuild/dsp/kernels/{library.name}"
