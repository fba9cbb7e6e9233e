"""The schema's history, written by hand and applied by `db/migrate.py`."""
