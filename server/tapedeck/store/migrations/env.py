"""What Alembic runs: the migrations, in the transaction of whoever called, so that all of them happen or none."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
