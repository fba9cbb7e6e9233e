"""How people come in, whether observers are listed, and which invites are revoked.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("join_policy", sa.Text, nullable=False, server_default="invite"),
        sa.Column("observers_listed", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("revoked_invites", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
    ):
        op.add_column("sessions", column)
