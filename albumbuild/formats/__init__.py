"""Bytes on disk: documents, sound files, disc images, tags."""
