"""From an album to a plan of steps."""
