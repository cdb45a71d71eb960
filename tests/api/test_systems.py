"""The systems as one person sees them: what belongs to which, what does not work, and what an account may not see."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from alerts.alert import Alert, AlertClass, State
from alerts.hazards import Hazard
from api.auth import Person
from api.console.pages import systems as page
from api.ports import Gateway
from api.systems import OTHERS, Standing, Systems
from devices.device import Device
from devices.message import Text
from devices.reading import SECOND, Reading
from ledger.books import Book
from ledger.duties import standing_of
from ledger.entry import Draft, Entry
from ledger.standing_duty import Standing as Stands
from tests.api.console.of_a_page import asked
from tests.shipped import shipped_books

HOUR = 3600 * SECOND
NOW = 1_000_000 * HOUR
BOOKS = {**shipped_books(), "lamps": Book("lamps", "Lamps", "灯具", ("manager",), 1, ())}
DEVICES = [
    Device("smoke-1", "keyarea", "1", "store", name="Smoke 1", kind="smoke_detector"),
    Device("smoke-2", "keyarea", "2", "yard", name="Smoke 2", kind="smoke_detector"),
    Device("door-1", "keyarea", "3", "store", name="Door", kind="door_contact"),
    Device("plate", "keyarea", "4", "yard", tags=("vehicle_gate",)),
]
HAZARDS = [
    Hazard(id="1", number="2026-001", area="store", place="Shelf", description="", category="fire", deadline_at=NOW),
    Hazard(id="2", number="2026-002", area="yard", place="Yard", description="", category="traffic"),
    Hazard(id="3", number="2026-003", area="store", place="Door", description="", category="fire", stage="closed"),
]


RULE = SimpleNamespace(
    id="fire_safety", heading="Fire", edition="2", number="", second="cao", issued=None, reviewed=date(2026, 1, 1),
    document="", told=(),
)  # fmt: skip


def alert(id_: str, key: str, alert_class: str, *, area: str = "store", rule: str = "r", **more: Any) -> Alert:
    return Alert(
        id=id_, rule=rule, rule_version="1", area=area, key=key, alert_class=AlertClass(alert_class), priority=2,
        text=Text.of("plain.words", words="said"), state=State.UNACKNOWLEDGED, raised=NOW, changed=NOW,
        causes=(Reading(key, "smoke", True, NOW, NOW),), latched=False, occurrences=1, **more,
    )  # fmt: skip


ALERTS = [
    alert("a1", "smoke-1", "fire"),
    alert("a2", "smoke-2", "fault", area="yard"),
    alert("a3", "door-1", "tamper"),
    alert("a4", "works", "duty", area="", rule="patrol-rounds"),
    alert("a5", "smoke-1", "fault", origin="drill"),
]


def entry(number: int, book: str, hours_ago: float, **fields: str) -> Entry:
    return Entry(number, "works", NOW, Draft(book, NOW - int(hours_ago * HOUR), dict(fields), by="manager"), "", "")


ENTRIES = [
    entry(8, "patrol_rounds", 2),
    entry(7, "handovers", 30),
    entry(5, "organisations", 9, body="Fire group", kind="fire_safety"),
]


STANDS = [(duty, Stands(duty=duty.name, clause=duty.clause, state="kept")) for duty in standing_of("safe_enterprise")]


class Nouns:
    """What is asked of the gateway, and of which book."""

    def __init__(self) -> None:
        self.read: list[tuple[str, int]] = []

    def newest(self, book: str, limit: int, before: int = 0) -> list[Entry]:
        self.read.append((book, limit))
        return [each for each in ENTRIES if each.draft.book == book][:limit]

    def cases(self, workflow: str) -> list[Any]:
        return {"hazard": list(HAZARDS), "rules_documents": [RULE]}.get(workflow, [])

    def gateway(self, **more: Any) -> Any:
        plan = SimpleNamespace(plan="safe_enterprise")
        nouns = {
            "site": SimpleNamespace(
                now=lambda: NOW,
                time_zone=lambda: "Asia/Shanghai",
                site_name=lambda language: "Works",
                workflow_table=lambda name: plan if name == "obligations" else None,
            ),
            "ledger": SimpleNamespace(newest=self.newest, books=lambda: BOOKS, unsigned=list, ledger=lambda **_: []),
            "health": SimpleNamespace(health=lambda: SimpleNamespace(ledger_entries=9)),
            "workflows": SimpleNamespace(cases=self.cases, suppressions=list),
            "alerts": SimpleNamespace(open_alerts=lambda: list(ALERTS)),
            "rules": SimpleNamespace(rule_words=lambda rule, language: (rule.title(), "")),
            "obligations": SimpleNamespace(progress=list, standing=lambda: STANDS, counting=lambda: None),
            "devices": SimpleNamespace(
                devices=lambda: DEVICES,
                last_heard=lambda device: None if device == "plate" else NOW,
                device_name=lambda device, language: device,
            ),
        }
        return {**nouns, **more}


def systems(role: str = "manager", *areas: str, nouns: Nouns | None = None) -> Systems:
    gateway = SimpleNamespace(**(nouns or Nouns()).gateway())
    return Systems(cast("Gateway", gateway), Person("li", role, areas=areas))


def standing(of: Systems, system: str) -> Standing:
    found = of.find(system)
    assert found is not None
    return of.standing(found)


BELONGS: list[tuple[str, set[str], set[str]]] = [
    ("b1", {"a4"}, set()),
    ("b2", {"a2", "a3"}, {"smoke-2", "door-1"}),
    ("b4", {"a3"}, {"door-1"}),
    ("b5", {"a1", "a2"}, {"smoke-2"}),
    ("b6", set(), {"plate"}),
]


@pytest.mark.parametrize(("system", "alerts", "faulty"), BELONGS)
def test_what_belongs_to_a_system_and_what_of_it_does_not_work(system: str, alerts: set[str], faulty: set[str]) -> None:
    """A drill's alert belongs to none; a detector in alarm works."""
    live = standing(systems(), system).live
    assert alerts == {each.id for each in live.alerts}
    assert faulty == {device.id for device, _ in live.faulty}
    assert live.devices - len(faulty) == live.working


def test_whoever_is_limited_to_areas_sees_what_is_in_them() -> None:
    live = standing(systems("manager", "yard"), "b5").live
    assert (1, {"a2"}, {"smoke-2"}) == (
        live.devices, {each.id for each in live.alerts}, {device.id for device, _ in live.faulty},
    )  # fmt: skip


def test_what_an_inspector_asks_for_is_there_late_or_missing() -> None:
    of = systems()
    states = {one.wanted.book: one.state for one in standing(of, "b1").shown if one.wanted.book}
    assert {"handovers": "late", "patrol_rounds": "there"} == states
    fire = standing(of, "b5")
    assert {"missing"} == {one.state for one in fire.shown if one.wanted.book in ("fire_parts", "hot_work")}
    assert ("there", "2", "wanting") == (fire.document_state, fire.document and fire.document.version, fire.verdict)
    assert (None, "missing") == (standing(of, "b8").document, standing(of, "b8").document_state)


def test_open_hazards_of_its_kinds_with_what_is_overdue() -> None:
    fire, traffic = standing(systems(), "b5"), standing(systems(), "b6")
    assert (["2026-001"], 1) == ([case.number for case in fire.hazards], fire.overdue)
    assert (["2026-002"], 0) == ([case.number for case in traffic.hazards], traffic.overdue)


@pytest.mark.parametrize(("role", "reads"), [("auditor", True), ("operator", True), ("guard", False)])
def test_what_is_not_for_the_account_is_not_known_rather_than_missing(role: str, reads: bool) -> None:
    nouns = Nouns()
    of = systems(role, nouns=nouns)
    fire = standing(of, "b5")
    found = next(each for each in of.all if each.id == "b5")
    lines = {line.book.id: line for line in of.books(found)}
    assert ("missing" if reads else "unknown") == next(
        one.state for one in fire.shown if one.wanted.book == "fire_parts"
    )
    assert reads is not lines["fire_parts"].is_hidden
    hidden = {name for name, book in BOOKS.items() if not (reads or book.admits(role))}
    assert set() == hidden & {book for book, _ in nouns.read}


def test_a_book_that_no_file_names_stands_with_the_others() -> None:
    of = systems()
    assert "lamps" in next(each for each in of.all if each.id == OTHERS).books


def test_no_page_reads_the_ledger_beyond_the_newest_entries() -> None:
    """However long the ledger is: a book is read once, by its index, and no more than some hundred entries of it."""
    nouns = Nouns()
    of = systems(nouns=nouns)
    for system in of.all:
        of.standing(system)
        of.books(system)
    assert 300 >= max(limit for _, limit in nouns.read)
    assert 2 * len(BOOKS) > len(nouns.read)


@pytest.mark.parametrize(
    ("language", "title", "state"), [("en", "Fire safety", "Missing"), ("zh", "消防安全制度", "缺失")]
)
def test_the_page_says_it_in_either_language(language: str, title: str, state: str) -> None:
    given = asked("auditor", language, **Nouns().gateway())
    every = page._show_all(given)
    assert [8, 8] == [len(rows) for rows in every["groups"]]
    assert title in {row["title"] for row in every["groups"][0]}
    given.request.path_params = {"system": "b5"}  # type: ignore[misc]
    shown = page._show(given)
    assert state in {one["state"].word for one in shown["first"]}
    assert ("✕", "✓") == (shown["state"].icon, shown["document"].icon)
    assert all("{" not in str(value) for value in shown["rule"]["facts"])
