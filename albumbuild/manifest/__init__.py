"""From YAML to an album: reading, checking, schemas."""
