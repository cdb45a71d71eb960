"""What the ledger holds of obligations is read on in pieces, and from where it was stored."""

import pytest

from alerts.effects import Effects
from alerts.obligation import Obligation
from devices.reading import SECOND
from gateway.stores import obligation_evidence
from gateway.stores.obligation_evidence import StoredEvidence
from gateway.stores.records import SqlRecords
from ledger.entry import Draft
from tests.alerts.timeline import rule
from tests.gateway.stores.records_examples import NOW

DUTY = rule("obligation", alert_class="duty", priority=3, books=["inspections"], every="month", times=4)


@pytest.fixture
def seven(records: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> SqlRecords:
    """Seven inspections; pieces are of three."""
    monkeypatch.setattr(obligation_evidence, "_SAVED_EVERY", 3)
    monkeypatch.setattr(obligation_evidence, "_PAGE", 3)
    drafts = [Draft("inspections", NOW + n * SECOND, {"n": n}, by="tom") for n in range(7)]
    records.commit(Effects(), drafts, (), NOW + 9 * SECOND)
    return records


def test_it_reads_a_piece_at_a_time_and_whoever_asks_gets_all(seven: SqlRecords) -> None:
    assert isinstance(DUTY, Obligation)
    evidence = StoredEvidence(seven)
    evidence.read_on([DUTY])
    assert (evidence._evidence is not None and evidence._evidence.position) == 3
    found, begins = evidence.of([DUTY])
    assert [(NOW + n * SECOND, 1) for n in range(7)] == found.done(DUTY)
    assert begins == NOW + 9 * SECOND


def test_another_start_goes_on_where_it_was_stored(seven: SqlRecords) -> None:
    assert isinstance(DUTY, Obligation)
    StoredEvidence(seven).of([DUTY])
    kept = StoredEvidence(seven)._kept()
    assert kept is not None
    assert kept.position == 7
    assert [(NOW + n * SECOND, 1) for n in range(7)] == StoredEvidence(seven).of([DUTY])[0].done(DUTY)
