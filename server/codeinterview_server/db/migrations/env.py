"""What Alembic runs: the revisions, on the connection that `db/migrate.py` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
