"""What Alembic runs: the scripts, on the connection that gateway.stores.database hands over, in one transaction."""

from alembic import context

from gateway.stores.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
