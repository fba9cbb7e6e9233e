"""The windows: what the user sees of the core's services."""
