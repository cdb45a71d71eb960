"""What the ledger holds of obligations is read on in pieces, and from where it was stored."""

import pytest

from alerts.effects import Effects
from devices.reading import SECOND
from gateway.stores import obligation_evidence
from gateway.stores.obligation_evidence import StoredEvidence
from gateway.stores.records import SqlRecords
from ledger.entry import Draft
from ledger.projections.obligations import Counting
from tests.alerts.timeline import rule
from tests.gateway.stores.records_examples import NOW

DUTY = rule("obligation", alert_class="duty", priority=3, books=["inspections"], every="month", times=4)

OTHER = rule("obligation", alert_class="duty", priority=3, books=["drills"], every="month", times=4)


@pytest.fixture
def seven(records: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> SqlRecords:
    """Seven inspections; pieces are of three."""
    monkeypatch.setattr(obligation_evidence, "_SAVED_EVERY", 3)
    monkeypatch.setattr(obligation_evidence, "_PAGE", 3)
    drafts = [Draft("inspections", NOW + n * SECOND, {"n": n}, by="tom") for n in range(7)]
    records.commit(Effects(), drafts, (), NOW + 9 * SECOND)
    return records


ALL = [(NOW + n * SECOND, 1) for n in range(7)]


def test_whoever_asks_gets_all_if_that_is_little(seven: SqlRecords) -> None:
    found = StoredEvidence(seven).of([DUTY])
    assert (ALL, None) == (found.evidence.done(DUTY), found.counting)
    assert found.begins == NOW + 9 * SECOND


def test_whoever_asks_waits_for_no_more_and_is_told_how_far_it_has_come(
    seven: SqlRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn in the background is of two pages."""
    monkeypatch.setattr(obligation_evidence, "_AT_ONCE", 1)
    monkeypatch.setattr(obligation_evidence, "_A_TURN", 6)
    evidence = StoredEvidence(seven)
    found = evidence.of([DUTY])
    assert ([], Counting(0, 7), 0) == (found.evidence.done(DUTY), found.counting, Counting(0, 7).percent)
    evidence.read_on([DUTY])
    assert evidence._evidence is not None
    assert 6 == evidence._evidence.position
    found = evidence.of([DUTY])
    assert (ALL, None) == (found.evidence.done(DUTY), found.counting)


def test_another_start_goes_on_where_it_was_stored(seven: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    StoredEvidence(seven).of([DUTY])
    monkeypatch.setattr(obligation_evidence, "_AT_ONCE", 1)
    kept = StoredEvidence(seven)._kept()
    assert kept is not None
    assert 6 == kept.position
    assert ALL == StoredEvidence(seven).of([DUTY]).evidence.done(DUTY)


def test_other_rules_are_counted_from_the_beginning(seven: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was counted for others says nothing of them."""
    evidence = StoredEvidence(seven)
    evidence.of([DUTY])
    monkeypatch.setattr(obligation_evidence, "_AT_ONCE", 1)
    assert Counting(0, 7) == evidence.of([OTHER]).counting
    evidence.read_on([OTHER])
    found = evidence.of([OTHER])
    assert ([], None) == (found.evidence.done(OTHER), found.counting)
