"""The stretches of a folder's series, by SQL."""

import contextlib
import sqlite3


def rows(folder, query):
    with contextlib.closing(sqlite3.connect(folder / "series.sqlite")) as connection:
        return connection.execute(query).fetchall()
