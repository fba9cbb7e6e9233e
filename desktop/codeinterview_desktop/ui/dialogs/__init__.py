"""Windows that need an answer, and Settings."""
