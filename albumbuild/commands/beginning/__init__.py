"""What `init` writes: a first album with sound of its own, or one guessed from a folder."""
