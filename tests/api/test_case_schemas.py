"""Facts of workflows and bypasses on the stream: in each language, and nothing of persons beside who acted."""

import pytest

from alerts.bypass import Bypassed
from alerts.effects import BypassChanged, CaseChanged
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


@pytest.mark.parametrize(
    ("code", "note", "reason"),
    [
        ("en", "its time was over", "rejected, which has told a danger"),
        ("zh", "到时结束", "被拒绝，而其曾报危险"),
    ],
)
def test_of_a_bypass_the_stream_tells_in_the_listeners_language(code: str, note: str, reason: str) -> None:
    over = Text.of("permits.time_over")
    bypass = Bypassed("b1", "store", ("d",), "li", Text.of("two_people.rejected"), FACT.at, FACT.at, note=over)
    change = BypassChanged(bypass, "ended", FACT.at, ("d",), note=over)
    shown = as_json(Published(3, "bypass", change), language(code))
    assert (note, reason) == (shown["note"], shown["bypass"]["reason"])
    assert ("permits.time_over", "two_people.rejected") == (
        shown["note_message"]["key"],
        shown["bypass"]["reason_message"]["key"],
    )


def test_a_persons_reason_is_the_same_in_every_language() -> None:
    bypass = Bypassed("b1", "store", ("d",), "li", "its time was over", FACT.at, FACT.at)
    shown = as_json(Published(4, "bypass", BypassChanged(bypass, "begun", FACT.at, ("d",), "li")), language("zh"))
    assert ("its time was over", None) == (shown["bypass"]["reason"], shown["bypass"]["reason_message"])
