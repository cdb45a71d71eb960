"""Alembic's scripts, part of the package so that an installed gateway brings its database up to date by itself."""

HEAD = "0014"
"""The newest version. A database that has it is not handed to Alembic at all (a start is then 0.2 s quicker)."""
