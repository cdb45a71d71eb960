"""A database as the release before the documents left it: its rows, and a way to make them anew in any database.

``data_of_0008.jsonl`` was written by a gateway of commit da4a5ca: driven over HTTP and MQTT through alerts, two
bypasses of its technicians (one stands), two replacements by two, walk tests (one runs), adoption, replacement,
retirement, a sender turned away, an announcement, a stop and a second start. Of its feed the newest 20 rows.
"""

import base64
import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, make_url, text

from gateway.stores import migrations

ROWS = Path(__file__).with_suffix(".jsonl")
_LINES = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
SITE = "test"
HEAD = (59, "35bbdf0f9fe5cbd9d457cece08c13af93010011d6910abb10d96cec7c766d97b")
"""What the ledger's witness had noted last."""


def rows(table: str) -> list[dict]:
    """Those of one table, as they were."""
    return [{column: _value(value) for column, value in row.items()} for name, row in _LINES if name == table]


def write(url: str) -> None:
    """Make that database at an address where none is."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    engine = create_engine(address)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        known = MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            found = rows(table.name)
            for name in [column.name for column in table.c if str(column.type) == "BOOLEAN"]:
                found = [{**row, name: bool(row[name])} for row in found]  # SQLite keeps it as a number
            if found:
                connection.execute(table.insert(), found)
        if address.get_backend_name() == "postgresql":  # counters do not follow numbers that are given
            for name in ("alert_events", "device_changes"):
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
                )
    engine.dispose()


def _value(value):
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
