"""Facts of workflows and bypasses on the stream: in each language, and nothing of persons beside who acted."""

import pytest
from msgspec.structs import replace

from alerts.effects import CaseChanged
from alerts.facts import Fact
from api.catalogue import language
from api.ports import Published
from api.stream import as_shown
from devices.message import Text

FACT = Fact(
    workflow="stock",
    case="c1",
    step="issued",
    at=1_795_363_200_000_000_000,
    text=Text.of("workflow.who_asks"),
    by="li",
    fields={"quantity": 2, "receiver": "wang"},
    personal=("receiver",),
)


@pytest.mark.parametrize(("code", "said"), [("en", "it must be known who asks"), ("zh", "必须写明申请人")])
def test_a_fact_is_told_in_the_listeners_language(code: str, said: str) -> None:
    shown = as_shown(Published(1, "fact", FACT), language(code)).model_dump(mode="json")
    assert (said, "workflow.who_asks", {"quantity": 2}) == (shown["text"], shown["message"]["key"], shown["fields"])


def test_of_a_case_the_stream_tells_that_it_has_changed() -> None:
    change = CaseChanged("stock", "c1", True, {"revision": 3, "to": "wang"})
    shown = as_shown(Published(2, "case", change), language("en")).model_dump(mode="json")
    assert {"workflow": "stock", "id": "c1", "is_open": True, "revision": 3} == shown


@pytest.mark.parametrize(("code", "note"), [("en", "its time was over"), ("zh", "到时结束")])
def test_what_a_fact_says_in_a_field_is_told_in_the_listeners_language(code: str, note: str) -> None:
    fact = replace(FACT, fields={"note": Text.of("permits.time_over"), "reason": "its time was over"})
    shown = as_shown(Published(3, "fact", fact), language(code)).model_dump(mode="json")
    assert {"note": note, "reason": "its time was over"} == shown["fields"]
