"""The CodeInterview server: sessions, live rooms, journal and the HTTP interface."""
