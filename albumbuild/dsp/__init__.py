"""Sound: arrays in, arrays out; no disk."""
