"""One session: its room beside the panel that shares it."""
