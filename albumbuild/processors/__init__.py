"""Devices for an insert slot, one a file."""
