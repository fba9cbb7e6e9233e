"""The server's HTTP side: thin handlers around rooms and stores, and the web client's files."""
