"""How the database of an older version becomes that of this one; Alembic runs ``versions`` in their order."""

HEAD = "0001"
"""The newest revision: a database that has it is opened without asking Alembic."""
