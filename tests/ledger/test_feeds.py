"""What sensors write into the books by themselves: which alerts and facts, into which fields."""

import pytest
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.effects import Effects
from alerts.facts import SUPPRESSION_BEGUN, Fact
from alerts.lifecycle import Action
from alerts.suppression_reason import Suppression
from devices.device import Device
from devices.errors import ConfigError
from devices.message import Text, plain
from devices.reading import Reading
from ledger.books import books_of
from ledger.feeds import Feeds
from tests.shipped import shipped_books
from tests.words import english

BOOKS = shipped_books()
ASIDE = Suppression("bypass", "c", 1)
DEVICES = {
    "sd-1": Device("sd-1", "keyarea", "sd-1", "hall", name="Hall north", kind="smoke_detector"),
    "door-1": Device("door-1", "keyarea", "door-1", "hall", kind="door_contact"),
}


def alert(alert_class="fault", key="sd-1", origin="real", causes=()):
    return Alert(
        id="a1", rule="lost", rule_version="1", area="hall", key=key, alert_class=AlertClass(alert_class), priority=4,
        text=plain("silent"), state=State.UNACKNOWLEDGED, active=True, latched=False, occurrences=1, raised=5,
        changed=5, causes=causes, origin=origin,
    )  # fmt: skip


def written(effects, books=BOOKS):
    return Feeds(books.values(), DEVICES.get).drafts_of(effects, english)


@pytest.mark.parametrize(
    ("event", "books"),
    [
        (AlertEvent(alert("fire"), Action.RAISED, 5), ["control_room"]),
        (AlertEvent(alert("fault"), Action.RAISED, 5), ["facilities", "control_room", "fault_repair"]),
        (AlertEvent(alert("fault"), Action.CAUSE_GONE, 5), ["facilities", "fault_repair"]),
        (AlertEvent(alert("fault", "door-1"), Action.RAISED, 5), ["facilities"]),
        (AlertEvent(alert("fault", "hall"), Action.RAISED, 5), []),
        (
            AlertEvent(alert("fault", "hall", causes=(Reading("sd-1", "fault", True, 1, 1),)), Action.RAISED, 5),
            ["facilities", "control_room", "fault_repair"],
        ),
        (AlertEvent(alert("tamper", "door-1"), Action.RAISED, 5), ["facilities"]),
        (AlertEvent(alert("intrusion", "door-1"), Action.RAISED, 5), ["key_departments"]),
        (AlertEvent(alert("intrusion", "door-1"), Action.CAUSE_GONE, 5), []),
        (AlertEvent(alert("duty"), Action.RAISED, 5), []),
        (AlertEvent(alert("fire"), Action.ACKNOWLEDGE, 5), []),
        (AlertEvent(alert("fire", origin="drill"), Action.RAISED, 5), []),
        (AlertEvent(replace(alert("fire"), suppression=ASIDE), Action.RAISED, 5), []),
    ],
    ids=[
        "fire",
        "a fault",
        "it works again",
        "a door",
        "an area",
        "by its cause",
        "a housing opened",
        "a door forced",
        "a door closed again",
        "no sensor",
        "a person's step",
        "drill",
        "set aside",
    ],
)
def test_an_alert_is_written_where_it_belongs(event, books):
    assert books == [draft.book for draft in written(Effects(alerts=[event]))]


@pytest.mark.parametrize(
    ("rule", "on", "result"),
    [
        ("fridge-temperature", Action.RAISED, "failed"),
        ("freezer-temperature", Action.CAUSE_GONE, "passed"),
        ("upkeep", Action.RAISED, ""),
    ],
)
def test_a_warm_fridge_writes_itself_into_the_book_of_the_canteen(rule, on, result):
    """By the rule's name: not each supervisory alert is a fridge."""
    event = AlertEvent(replace(alert("supervisory"), rule=rule), on, 5)
    found = {draft.book: draft.fields for draft in written(Effects(alerts=[event]))}
    assert ([result] if result else []) == [found[book]["result"] for book in found if book == "canteen"]
    if result:
        assert ("cold_storage", "Hall north", "a1", "silent") == tuple(
            found["canteen"][name] for name in ("action", "subject", "alert", "text")
        )


def test_what_is_written_fits_its_book():
    event = AlertEvent(alert("fault"), Action.RAISED, 5)
    facility, log, repair = written(Effects(alerts=[event]))
    assert {"action": "event", "kind": "fault", "place": "Hall north", "alert": "a1", "text": "silent"} == log.fields
    assert ("hall", 5, "", "found", "sd-1") == (
        repair.area, repair.at, repair.by, repair.fields["action"], repair.fields["device"],
    )  # fmt: skip
    for draft in (facility, log, repair):
        BOOKS[draft.book].check({name: str(value) for name, value in draft.fields.items()})


def test_a_fact_is_written_with_those_of_its_devices_that_are_meant():
    fact = Fact(
        workflow="bypass", case="c", step="begun", at=7, text=Text.of("x.y"), by="li", second="wang", area="hall",
        devices=("door-1", "sd-1", "gone"), topics=(SUPPRESSION_BEGUN,),
    )  # fmt: skip
    (draft,) = written(Effects(facts=[fact]))
    assert ("control_room", "shielded", "sd-1", "Hall north") == (
        draft.book, draft.fields["kind"], draft.fields["devices"], draft.fields["place"],
    )  # fmt: skip
    assert ("li", "wang") == (draft.by, draft.second)


HEAD = """
name = "n"
zh = "名"
[[book]]
id = "b"
title = "B"
zh = "本"
writers = ["operator"]
keep_years = 1
fields = [{ name = "f", title = "F", zh = "项" }, { name = "n", title = "N", zh = "数", kind = "whole" }]
"""


@pytest.mark.parametrize(
    ("feed", "why"),
    [
        ('{ classes = ["fire"], fields = { g = "{text}" } }', "no field"),
        ('{ classes = ["fire"], fields = { f = "{colour}" } }', "is none of"),
        ('{ topics = ["scan"], fields = { n = "7" } }', "not '7'"),
        ('{ fields = { f = "{text}" } }', "classes or topics"),
        ('{ classes = ["hold_up"], fields = { f = "{text}" } }', "given away"),
        ('{ classes = ["fire"], on = "closed", fields = { f = "x" } }', "closed"),
    ],
)
def test_a_feed_that_cannot_work_is_refused_by_name(feed, why):
    with pytest.raises(ConfigError, match=why):
        books_of(f"{HEAD}feeds = [{feed}]\n")
