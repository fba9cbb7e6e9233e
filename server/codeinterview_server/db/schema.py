"""The tables as the stores see them; the migrations beside this make them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
    }
)


host_keys = Table(
    "host_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    Index(
        "host_keys_live_name_idx",
        text("lower(name)"),
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
)


def _key_id(name: str) -> Column[str]:
    return Column(name, Text, ForeignKey("host_keys.id"))


def _session_id(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "session_id",
        Text,
        ForeignKey("sessions.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("creator_id", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("invite_generations", JSONB, nullable=False),
    Column("join_policy", Text, nullable=False, server_default="invite"),
    Column("observers_listed", Boolean, nullable=False, server_default=true()),
    Column("revoked_invites", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    _key_id("owner_key_id"),
    Column("shared", Boolean, nullable=False, server_default=false()),
    Index("sessions_created_at_id_idx", text("created_at DESC"), "id"),
)

participants = Table(
    "participants",
    metadata,
    _session_id(primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("presence", SmallInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _key_id("key_id"),
    Index("participants_key_id_idx", "key_id", postgresql_where=text("key_id IS NOT NULL")),
)

# No foreign key: the journal's one statement locks each batch's sessions once instead of having
# a check per row, and `SessionStore.delete` removes the rows.
updates = Table(
    "updates",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("participant_id", Text),
    Column("at_ms", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    _session_id(primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    _session_id(primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("participant_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("duration_ms", BigInteger),
    Column("truncated", Boolean, nullable=False),
    Column("output", JSONB, nullable=False),
    Index("runs_session_id_started_at_idx", "session_id", "started_at"),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _session_id(),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor_id", Text),
    Column("kind", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Index("events_session_id_id_idx", "session_id", "id"),
)
