"""Contacts: who is told by what, in no ledger; and a test message whose receipt is kept."""

from typing import Any

import pytest

from alerts.moves import Receipt
from alerts.person import Person
from alerts.site_facts import Channel, SiteFacts
from devices.message import Name, Text
from devices.reading import SECOND
from ledger.cases import drafts_of
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.shipped import shipped_books
from tests.words import chinese, english
from tests.workflows.register import Register
from workflows.contacts import Contacts, Give, Reached, SendTest, Take

SITE = SiteFacts(
    channels={name: Channel(name, Name(name), is_personal=name != "group") for name in ("mail", "sms", "group")}
)
LI = Person(id="p7", name="Li", account="li", language="zh")


def a_room() -> KernelRoom:
    return KernelRoom(Contacts(), Register(LI), rules=(), site=SITE)


def by(kind: Any, **fields: Any) -> Any:
    return kind(**{"person": "li", "channel": "sms", "by": "boss", "role": "manager"} | fields)


def case(room: KernelRoom) -> Reached:
    found = room.kernel.cases.of("contacts")["p7"]
    assert isinstance(found, Reached)
    return found


def sent_test(room: KernelRoom) -> str:
    room.step(1, by(Give, address="+8610"))
    (message,) = room.step(2, by(SendTest)).notifications
    return message.id


def test_a_test_message_says_that_it_is_one_in_the_language_of_its_reader() -> None:
    room = a_room()
    room.step(1, by(Give, address="+8610"))
    (message,) = room.step(2, by(SendTest)).notifications
    assert (("p7",), "sms", "zh", False, False, "") == (
        message.to, message.channel, message.language, message.answers, message.is_urgent, message.alert,
    )  # fmt: skip
    assert english(message.text).startswith("TEST.")
    assert chinese(message.text).startswith("测试")
    assert ["contacts.tested"] == facts(room.effects)


@pytest.mark.parametrize(
    ("states", "stands", "told"),
    [
        (("sent",), "accepted", ["contacts.accepted"]),
        (("failed",), "failed", ["contacts.failed"]),
        (("retrying",), "sending", []),
        (("retrying", "sent"), "accepted", ["contacts.accepted"]),
        (("sent", "read"), "accepted", ["contacts.accepted", "contacts.accepted"]),
    ],
)
def test_what_became_of_it_is_kept_and_written_down_without_an_address(
    states: tuple[Any, ...], stands: str, told: list[str]
) -> None:
    room, found, drafts = a_room(), [], []
    message = sent_test(room)
    for place, state in enumerate(states, 3):
        note = "" if state in ("sent", "read") else Text.of("notify.too_slow")
        effects = room.step(place, Receipt(message, state, START + place * SECOND, "p7", note))
        found += facts(effects)
        drafts += drafts_of(effects, str)
    room.restart()
    assert (told, stands) == (found, case(room).tried[0].state)
    assert bool(case(room).tried[0].why) == (stands != "accepted")
    assert all("+8610" not in str(draft.fields) for draft in drafts)
    assert all(draft.fields.keys() <= {f.name for f in shipped_books()["contacts"].fields} for draft in drafts)


def test_receipts_of_other_messages_and_of_earlier_tests_change_nothing() -> None:
    room = a_room()
    old = sent_test(room)
    room.step(20, by(SendTest))
    before = case(room)
    for name in (old, "a1.1.1.sms.p7", "contacts-test|p7|mail|1", "contacts-test|nobody|sms|1", "contacts-test"):
        assert [] == facts(room.step(21, Receipt(name, "sent", START, "p7")))
    assert before.tried == case(room).tried


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (by(SendTest), "contacts.too_soon"),
        (by(SendTest, channel="mail"), "contacts.no_way"),
        (by(SendTest, person="wu"), "contacts.no_way"),
        (by(SendTest, role="operator"), "workflow.not_your_role"),
        (by(Give, channel="group", address="x"), "contacts.no_channel"),
        (by(Take, channel="mail"), "contacts.no_way"),
    ],
)
def test_what_is_refused(ask: Any, key: str) -> None:
    room = a_room()
    sent_test(room)
    assert [key] == keys(room.step(3, ask))


def test_a_new_address_was_never_tried_and_with_the_last_way_the_case_ends() -> None:
    room = a_room()
    message = sent_test(room)
    room.step(3, Receipt(message, "failed", START, "p7", "no"))
    room.step(4, by(Give, address="+8611"))
    assert () == case(room).tried
    room.step(5, by(Take))
    assert {} == room.kernel.cases.of("contacts")
