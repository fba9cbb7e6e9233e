"""Running the server as a child process with Qt's means."""
