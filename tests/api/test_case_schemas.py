"""Facts of workflows on the stream: a sentence in each language, and nothing of persons beside who acted."""

import pytest

from alerts.effects import CaseChanged
from alerts.facts import Fact
from api.catalogue import language
from api.ports import Published
from api.stream import as_json
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
    shown = as_json(Published(1, "fact", FACT), language(code))
    assert (said, "workflow.who_asks", {"quantity": 2}) == (shown["text"], shown["message"]["key"], shown["fields"])


def test_of_a_case_the_stream_tells_that_it_has_changed() -> None:
    shown = as_json(
        Published(2, "case", CaseChanged("stock", "c1", True, {"revision": 3, "to": "wang"})), language("en")
    )
    assert {"workflow": "stock", "id": "c1", "is_open": True, "revision": 3} == shown
