"""Named host keys, and which sessions and people are whose.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="host_keys_pkey"),
        sa.UniqueConstraint("key_hash", name="host_keys_key_hash_key"),
    )
    op.create_index(
        "host_keys_live_name_idx",
        "host_keys",
        [sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.add_column("sessions", sa.Column("owner_key_id", sa.Text))
    op.add_column(
        "sessions", sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("participants", sa.Column("key_id", sa.Text))
    for table, column in (("sessions", "owner_key_id"), ("participants", "key_id")):
        name = f"{table}_{column}_fkey"
        op.create_foreign_key(name, table, "host_keys", [column], ["id"])
    op.create_index(
        "participants_key_id_idx",
        "participants",
        ["key_id"],
        postgresql_where=sa.text("key_id IS NOT NULL"),
    )
