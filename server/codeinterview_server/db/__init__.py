"""PostgreSQL: the embedded server, the schema and one store per kind of record."""
