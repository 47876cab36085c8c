"""Two states of an album side by side: what is written otherwise, and what that did."""
