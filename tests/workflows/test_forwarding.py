"""What became of an alert at a receiving centre stands on its timeline."""

from typing import Any

import pytest

from alerts.forwarding import alert_of, receipt_of
from alerts.lifecycle import Action
from alerts.moves import Receipt
from alerts.transmission import of_all
from devices.message import Text
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START
from workflows.forwarding import Forwarding


@pytest.mark.parametrize(
    ("state", "note", "key", "whole"),
    [
        ("sent", "", "forwarding.sending", "sending"),
        ("read", "", "forwarding.confirmed", "confirmed"),
        ("failed", "", "forwarding.failed", "failed"),
        ("failed", "the centre denies it", "forwarding.refused", "failed"),
    ],
)
def test_each_receipt_is_noted_on_its_alert(state: Any, note: str, key: str, whole: str) -> None:
    room = KernelRoom(Forwarding())
    (raised,) = room.step(1, "s1.smoke=on").alerts
    receipt = Receipt(receipt_of(raised.alert.id, "e"), state, START, "city", note)
    (noted,) = room.step(2, receipt).alerts
    assert (Action.COMMENT, "", raised.alert.id) == (noted.action, noted.by, noted.alert.id)
    assert Text.of(key, centre="city", reason=note) == noted.note
    assert (whole, "", None) == (of_all(noted.alert.transmitted), noted.alert.note, noted.alert.responded)


def test_receipts_of_others_and_of_alerts_that_are_closed_are_not_its_own() -> None:
    room = KernelRoom(Forwarding())
    for told in ("escalation-1", receipt_of("gone", "e"), "centre", "", "centre||"):
        assert [] == room.step(1, Receipt(told, "read", START, "ada")).alerts


def test_a_receipt_names_its_alert() -> None:
    assert "0a1b" == alert_of(receipt_of("0a1b", "0a1b|s|1"))
    assert "" == alert_of("0a1b")
