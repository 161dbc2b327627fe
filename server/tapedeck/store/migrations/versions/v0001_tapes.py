"""The table of recordings; what was kept in files before it is found by `DiskStore` and entered."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tapes",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("key", sa.String(128), nullable=True),
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("lesson", sa.Text, nullable=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("outcome", sa.JSON, nullable=True),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("job", sa.JSON, nullable=False),
        sa.Column("header", sa.JSON, nullable=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.UniqueConstraint("owner", "key", name="one_entry_a_key"),
    )
    op.create_index("tapes_by_age", "tapes", ["created", "id"])
    op.create_index("tapes_by_owner", "tapes", ["owner", "created", "id"])
    op.create_index("tapes_by_end", "tapes", ["ended", "bytes"])


def downgrade() -> None:
    """Drop the table; every finished tape keeps its own ``meta.json``, which an older version reads."""
    op.drop_table("tapes")
