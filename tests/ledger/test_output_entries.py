"""What the ledger says of orders to outputs."""

import pytest
from msgspec.structs import replace

from alerts.effects import Effects
from devices.message import Text
from devices.output_orders import OutputFact, OutputOrder
from ledger.journal import drafts_of
from ledger.output_entries import OUTPUTS
from ledger.texts import is_part
from tests.shipped import shipped_books

NOON = 1_795_521_600_000_000_000
ORDER = OutputOrder(
    "o1", "siren-1", "siren", True, NOON, Text.of("output_control.over"), alert="a1", alert_class="fire", area="hall"
)


def test_an_order_stands_there_once_however_often_it_is_sent() -> None:
    effects = Effects(outputs=[ORDER, replace(ORDER, attempt=2)])
    (draft,) = drafts_of(effects, NOON, render=str)
    assert effects.changes_records()
    assert (draft.book, draft.area, draft.by, draft.at) == (OUTPUTS, "hall", "", NOON)
    assert draft.fields == {
        "order": "o1", "action": "ordered", "device": "siren-1", "output": "siren", "value": True,
        "alert": "a1", "class": "fire",
        "reason": "output_control.over", "reason_key": "output_control.over",
    }  # fmt: skip


def test_what_became_of_it_stands_there_too() -> None:
    facts = [
        OutputFact(ORDER, "early", NOON),
        OutputFact(ORDER, "acted", NOON + 1),
        OutputFact(replace(ORDER, attempt=3), "failed", NOON + 2, why=Text.of("output_orders.line_lost")),
        OutputFact(ORDER, "silenced", NOON + 3, by="li"),
    ]
    drafts = drafts_of(Effects(output_facts=facts), NOON, render=str)
    said = [
        (draft.fields["action"], draft.fields.get("attempts"), draft.fields.get("why"), draft.by) for draft in drafts
    ]
    assert said == [
        ("sent_before_stored", None, None, ""),
        ("acted", 1, None, ""),
        ("failed", 3, "output_orders.line_lost", ""),
        ("silenced", None, None, "li"),
    ]


@pytest.mark.slow
def test_the_book_knows_every_field() -> None:
    fields = {field.name for field in shipped_books()[OUTPUTS].fields}
    (draft,) = drafts_of(Effects(outputs=[replace(ORDER, origin="drill")]), NOON, render=str)
    assert {name for name in draft.fields if not is_part(name, draft.fields)} <= fields
