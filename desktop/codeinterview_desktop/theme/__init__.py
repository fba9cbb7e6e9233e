"""Colours and measures of the desktop app, from the shared design tokens."""
