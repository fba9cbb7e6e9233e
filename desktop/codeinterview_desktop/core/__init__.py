"""The desktop app's logic: everything but windows. Nothing in here imports Qt."""
