"""The team server in the windows: signing in and out, copying sessions."""
