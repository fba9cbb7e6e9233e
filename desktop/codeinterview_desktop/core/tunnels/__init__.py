"""Tunnels that let people across the internet reach the app's own server, and nothing else."""
