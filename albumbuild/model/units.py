"""Units of settings: each gives a field its range, its unit and its one-line description."""

from msgspec import Meta


def unit(name: str, low: float, high: float, description: str) -> Meta:
    """A number between `low` and `high`, both allowed, in the unit `name`."""
    return Meta(ge=low, le=high, description=description, extra={"unit": name})


def Db(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A gain or a threshold in decibels."""
    return unit("dB", low, high, description)


def Hz(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A frequency in hertz."""
    return unit("Hz", low, high, description)


def Ms(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A time in milliseconds."""
    return unit("ms", low, high, description)


def Seconds(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A time in seconds."""
    return unit("s", low, high, description)


def Pct(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A share in per cent."""
    return unit("%", low, high, description)


def Lufs(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A loudness in LUFS."""
    return unit("LUFS", low, high, description)


def Dbtp(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A true peak in dBTP."""
    return unit("dBTP", low, high, description)


def Number(low: float, high: float, description: str) -> Meta:  # noqa: N802 - reads as a type
    """A number without a unit."""
    return unit("", low, high, description)


def File(description: str) -> Meta:  # noqa: N802 - reads as a type
    """A path, relative to the file that names it; in a record, to the album's root."""
    return Meta(description=description, extra={"spelling": "path"})


def Digits(description: str) -> Meta:  # noqa: N802 - reads as a type
    """Digits that are no number: zeros at the front count, so they stand in quotes."""
    return Meta(description=description, extra={"spelling": "digits"})


def Text(description: str, *, pattern: str | None = None) -> Meta:  # noqa: N802 - reads as a type
    """Text, or any value whose type says enough."""
    return Meta(description=description, pattern=pattern)
