"""The Home page: Host, Join, Nearby, Recent."""
