"""The room's page in a web view that stays inside its own server.

Importing anything here loads Qt WebEngine, which takes a while: `ui/web_host.py` does it after the
first window is up.
"""
