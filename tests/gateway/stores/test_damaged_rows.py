"""Rows that somebody has spoilt: each is named, and none takes the others, or the gateway, with it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from devices.errors import StoreDamaged
from gateway.stores.database import FILE_NAME
from gateway.stores.records import SqlRecords
from tests.gateway.stores.records_examples import commit, everything
from tests.words import refused

SPOILT = {
    "no JSON": "'{'",
    "no alert": "'[1, 2]'",
    "an odd value": """'{"id": 7}'""",
    "no UTF-8": "CAST(x'7b22ff22' AS TEXT)",
    "bytes": "x'00ff'",
}


def spoil(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "data" / FILE_NAME)) as outsider, outsider:
        for (name,) in outsider.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            outsider.execute(f"DROP TRIGGER {name}")
        outsider.execute(statement)


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_alert_is_named_and_the_others_are_there(content: str, records: SqlRecords, tmp_path: Path) -> None:
    commit(records, everything(1))
    commit(records, everything(2))
    spoilt, whole = (alert.id for alert in records.open_alerts())
    spoil(tmp_path, f"UPDATE alerts SET content = {content} WHERE id = '{spoilt}'")
    assert (
        [whole]
        == [alert.id for alert in records.open_alerts()]
        == [alert.id for alert in records.restore().engine.alerts]
    )
    assert [whole] == [alert.id for alert in records.open_alerts()]
    assert [whole] == [alert.id for alert in records.restore().engine.alerts]
    assert [whole] == [alert.id for alert in records.alerts()]
    with refused(f"alert {spoilt} is damaged", StoreDamaged):
        records.alert(spoilt)
    assert [f"alert {spoilt}"] == list(records.damaged)


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_entry_says_so_in_its_place(content: str, records: SqlRecords, tmp_path: Path) -> None:
    commit(records, everything(1))
    spoil(tmp_path, f"UPDATE ledger SET content = {content} WHERE sequence = 2")
    for found in (records.ledger(), records.ledger_newest()):
        assert [1, 2, 3, 4, 5] == [entry.sequence for entry in found]
        assert "entry 2 of the ledger is damaged" in str(found[1].draft.fields["damaged"])
    assert "entry 2 of the ledger" in records.damaged


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_step_and_a_spoilt_event_are_left_out_and_named(
    content: str, records: SqlRecords, tmp_path: Path
) -> None:
    commit(records, everything(1))
    (alert,) = records.open_alerts()
    before = len(records.feed_after(0))
    spoil(tmp_path, f"UPDATE alert_events SET content = {content}")
    spoil(tmp_path, f"UPDATE feed SET content = {content} WHERE id = 1")
    assert records.history(alert.id) == []
    assert len(records.feed_after(0)) == before - 1
    assert any(name.endswith(f"of alert {alert.id}") for name in records.damaged)
    assert "event 1 of the feed" in records.damaged
