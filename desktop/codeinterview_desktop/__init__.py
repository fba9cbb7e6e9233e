"""The CodeInterview desktop app: hosts and joins interviews from a Qt window."""
