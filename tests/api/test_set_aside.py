"""What is set aside now, as the API and the page list it."""

from types import SimpleNamespace
from typing import Any, cast

from alerts.command import Acknowledge
from api.catalogue import language
from api.console.pages.set_aside import PAGES
from api.routes.set_aside import SetAsideOut
from api.set_aside import SetAside, set_aside
from devices.reading import SECOND
from tests.alerts.kernel.room import DOOR, FIRE, KernelRoom
from tests.alerts.timeline import START, device, rule
from tests.api.console.of_a_page import asked
from workflows import bypass, shelving, walk_test

FAULT = rule("state", name="fault", alert_class="fault", priority=3, signals=["fault"])
DEVICES = (
    device("s1", kind="smoke", signals=("smoke", "fault")),
    device("s2", kind="smoke", signals=("smoke",)),
    device("d1", kind="door", signals=("door",)),
    device("d2", kind="door", area="hall", signals=("door",)),
)


def room() -> KernelRoom:
    """A fault that is shelved, a detector that is bypassed by two, a door in test, a door held open in a fire."""
    found = KernelRoom(
        *(bypass.WORKFLOW(), walk_test.WORKFLOW(), shelving.WORKFLOW()),
        rules=(FIRE, DOOR, FAULT),
        devices=DEVICES,
    )
    found.step(1, "s1.fault=on")
    fault = found.open("fault")[0].id
    found.ask(2, shelving.Shelve(alert=fault, period="1h", reason="known", by="li", role="operator"))
    until = START + 900 * SECOND
    found.ask(
        3, bypass.Begin(by="tech", role="technician", reason="welding", until=until, devices=("s2",)), second="wu"
    )
    found.ask(4, walk_test.Start(by="wang", role="technician", devices=("d2",), until=until))
    found.step(5, "s1.smoke=on")
    found.step(6, "d1.door=on")
    found.run_until(20)
    return found


def nouns(of: KernelRoom) -> dict[str, Any]:
    return {
        "alerts": SimpleNamespace(open_alerts=of.engine.open_alerts),
        "workflows": SimpleNamespace(suppressions=of.kernel.cases.in_force),
    }


def entries(of: KernelRoom) -> list[SetAside]:
    return set_aside(cast("Any", SimpleNamespace(**nouns(of))))


def test_everything_is_listed_with_what_why_by_whom_since_and_until() -> None:
    found = entries(room())
    assert ["shelved", "out_of_service", "in_test", "suppressed"] == [one.kind for one in found]
    shelved, out, tested, by_design = found
    assert ("shelving", "known", "li", (("fault", "s1"),)) == (shelved.reason, shelved.why, shelved.by, shelved.held)
    assert ["s1"] == [alert.key for alert in shelved.alerts]
    assert (START + 2 * SECOND, START + 3_602 * SECOND) == (shelved.since, shelved.until)
    assert ("welding", "tech", "wu", ("s2",)) == (out.why, out.by, out.second, out.devices)
    assert ("wang", ("d2",)) == (tested.by, tested.devices)
    assert ("fire", "store", None, "store") == (by_design.reason, by_design.source, by_design.until, by_design.area)
    assert {"d1"} == {alert.key for alert in by_design.alerts}


def test_what_is_over_is_listed_no_more() -> None:
    a_room = room()
    a_room.run_until(10_000)
    assert ["suppressed"] == [one.kind for one in entries(a_room)]


def test_it_goes_out_in_the_callers_language() -> None:
    for code, title in (("en", "Shelving"), ("zh", "搁置")):
        out = [SetAsideOut.of(one, language(code)) for one in entries(room())]
        assert title == out[0].title
        assert [("fault", "s1", "fault")] == [(one.rule, one.key, one.alert_class) for one in out[0].alerts]


def test_the_page_leads_to_where_each_is_ended() -> None:
    a_room = room()
    rules = SimpleNamespace(rule_words=lambda rule, language: ("", ""))
    health = SimpleNamespace(health=lambda: SimpleNamespace(unrecorded=()))
    groups = PAGES[0].show(asked(**nouns(a_room), rules=rules, health=health))["groups"]
    assert ["Shelved", "Out of service", "In test", "Suppressed by design"] == [heading for heading, _, _ in groups]
    rows = [row for _, rows, _ in groups for row in rows]
    assert ["fault · s1", "s2", "d2"] == [row.what for row in rows[:3]]
    assert "tech + wu" == rows[1].by
    assert rows[0].ends_at.startswith("/console/workflows/shelving?case=")
    assert "" == rows[3].ends_at
    looks = PAGES[0].show(asked("auditor", **nouns(a_room), rules=rules, health=health))["groups"]
    assert {""} == {row.ends_at for _, rows, _ in looks for row in rows}


def test_an_acknowledgement_takes_nothing_off_the_list() -> None:
    a_room = room()
    before = entries(a_room)
    for alert in a_room.open("fault"):
        a_room.step(30, Acknowledge(alert.id, "li"))
    assert [one.source for one in before] == [one.source for one in entries(a_room)]
