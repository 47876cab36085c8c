"""Where ready jobs run."""
