"""A declarative build system for albums."""

__version__ = "0.1.0"
