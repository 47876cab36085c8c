"""What a user types, one command a file; alone they print and exit."""
