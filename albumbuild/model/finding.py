"""What was found wrong in a file that was read back: where, which rule, what."""

from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be. `what` makes sense alone: lower case, no full stop.

    `offset` counts the bytes of the file from 0, `line` the lines of a text from 1.
    """

    rule: str
    file: str
    what: str
    why: str = ""
    offset: int | None = None
    line: int | None = None
    severity: Literal["error", "warning"] = "error"
