"""One module per revision; a revision that was ever released never changes."""
