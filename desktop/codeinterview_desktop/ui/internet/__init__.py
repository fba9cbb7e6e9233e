"""Letting people in from the internet: its section, its form, its questions."""
