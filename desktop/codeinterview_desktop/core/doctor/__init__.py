"""Finds out by which ways others reach this app, and says in plain words what is in their way."""
