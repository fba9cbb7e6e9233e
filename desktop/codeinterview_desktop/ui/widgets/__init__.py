"""Building blocks that every window shares. None of them knows a session."""
