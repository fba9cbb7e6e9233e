"""What is kept of interviews, outside of a running server: backups, exports, deletion."""
