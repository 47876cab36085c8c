"""Discs read back, whoever wrote them, with everything that is wrong told."""
