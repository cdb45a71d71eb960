"""What an account that is limited to areas sees, and what everybody sees of people."""

import inspect
import re
from typing import Any

import msgspec
import pytest

from alerts.case import Case
from alerts.hazards import Hazard
from alerts.kernel.consent import Waiting
from api import area_sight, ports
from api.area_sight import Limits, limited
from api.asks import every_workflow
from api.auth import Person, as_seen_by
from ledger.entry import Draft, Entry
from tests.shipped import shipped_books
from workflows.people import Registered

BOOKS = shipped_books()
PLACES = ("store", "yard", "")
CASES: dict[str, list[Any]] = {
    "people": [Registered(id="w1", name="Li", cards=("77",))],
    "hazard": [Hazard(id=area or "site", area=area, number="1", place="", description="") for area in PLACES],
    "consent": [Waiting(id="c", workflow="people", tag="import", ask={"lines": ["w1"], "skip_faulty": True}, until=9)],
    "bypass": [Case(id="b1", area="yard")],
}


class Kept(msgspec.Struct):
    """What is kept, asked as the ports say."""

    entries: tuple[Entry, ...] = ()

    def cases(self, workflow: str, limit: int = 50) -> list[Case]:
        return CASES[workflow]

    past_cases = cases

    def case(self, workflow: str, case: str) -> Case | None:
        return next((each for each in CASES[workflow] if each.id == case), None)

    def books(self) -> Any:
        return BOOKS

    def newest(self, book: str, limit: int, before: int = 0) -> list[Entry]:
        return [*self.entries]

    def ledger(self, **_wanted: Any) -> list[Entry]:
        return [*self.entries]


def gateway(*entries: Entry) -> ports.Gateway:
    nouns: dict[str, Any] = dict.fromkeys(ports.Gateway.__struct_fields__)
    return ports.Gateway(**nouns | {"workflows": Kept(), "ledger": Kept(entries)})


def seen(role: str, *areas: str, by: str = "li", entries: tuple[Entry, ...] = ()) -> ports.Gateway:
    return as_seen_by(gateway(*entries), Person(by, role, areas=areas))


@pytest.mark.parametrize("role", ["operator", "guard", "technician", "manager"])
def test_hazards_of_its_areas_and_of_none_and_every_bypass(role: str) -> None:
    """What holds an alarm back next door concerns whoever is here."""
    theirs, everywhere = seen(role, "store").workflows, seen(role).workflows
    assert ["store", "site"] == [case.id for case in theirs.cases("hazard")]
    assert ["store", "site"] == [case.id for case in theirs.past_cases("hazard")]
    assert 3 == len(everywhere.cases("hazard"))
    assert theirs.case("hazard", "yard") is None
    assert theirs.case("hazard", "store") is not None
    assert ["b1"] == [case.id for case in theirs.cases("bypass")]


@pytest.mark.parametrize(
    ("role", "areas", "cards"),
    [
        ("manager", (), ("*7",)),
        ("auditor", (), ("*7",)),
        ("manager", ("store",), ()),
        ("operator", (), ()),
        ("guard", (), ()),
    ],
)
def test_cards_are_shown_by_their_end_to_who_sees_what_is_personal(
    role: str, areas: tuple[str, ...], cards: tuple[str, ...]
) -> None:
    (person,) = seen(role, *areas).workflows.cases("people")
    assert ("Li", cards) == (person.name, person.cards)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("role", "areas", "shown"),
    [("admin", (), True), ("manager", ("store",), False), ("operator", (), False), ("guard", (), False)],
)
def test_a_list_of_people_that_waits_for_a_second_person_is_shown_to_few(
    role: str, areas: tuple[str, ...], shown: bool
) -> None:
    (waiting,) = seen(role, *areas).workflows.cases("consent")
    assert {"skip_faulty", *(["lines"] if shown else [])} == waiting.ask.keys()  # type: ignore[attr-defined]


def entry(area: str, by: str) -> Entry:
    draft = Draft(at=1, book="health", by=by, area=area, fields={"kind": "visit", "name": "Wu"})
    return Entry(1, "site", 1, draft, "", "", commitments={"name": "c"}, salts={"name": "00"})


@pytest.mark.parametrize(
    ("areas", "area", "by", "is_shown"),
    [
        ((), "yard", "bo", True),
        (("store",), "store", "bo", True),
        (("store",), "yard", "bo", False),
        (("store",), "", "bo", False),
        (("store",), "yard", "li", True),
        (("store",), "yard", "Li (os:root)", True),
    ],
)
def test_values_beside_the_chain_are_those_of_its_areas_and_its_own(
    areas: tuple[str, ...], area: str, by: str, is_shown: bool
) -> None:
    """The entry itself is there for everybody who reads the ledger."""
    ledger = seen("manager", *areas, entries=(entry(area, by),)).ledger
    for (found,) in (ledger.newest("health", 1), ledger.ledger(book="health")):
        assert ({"name"} if is_shown else set()) == {"name"} & found.draft.fields.keys()
        assert "visit" == found.draft.fields["kind"]
        assert "c" == found.commitments["name"]


ROLES = ("guard", "operator", "technician", "manager", "auditor", "admin")
VISIT = Entry(1, "site", 1, Draft(at=1, book="visitors", by="li", fields={"document_number": "ID 4711"}), "", "")


@pytest.mark.parametrize("person", [*(Person("bo", role) for role in ROLES), Person("root", "admin", owns=True)])
def test_numbers_of_documents_are_masked_for_everybody(person: Person) -> None:
    ledger = as_seen_by(gateway(VISIT), person).ledger
    for (found,) in (ledger.newest("visitors", 1), ledger.ledger(book="visitors")):
        assert {"document_number": "****711"} == found.draft.fields


def test_what_waits_for_a_second_person_is_masked_too() -> None:
    ask = {"person": "w1", "document": "ID 4711", "cards": ["77"], "name": "Li"}
    CASES["adding"] = [Waiting(id="c", workflow="people", tag="add", ask=ask, until=9)]
    (waiting,) = seen("manager").workflows._seen("consent", CASES["adding"])  # type: ignore[attr-defined]
    assert {**ask, "document": "****711", "cards": ["*7"]} == waiting.ask  # type: ignore[attr-defined]


def test_alarms_and_what_stands_around_them_are_the_same_for_everybody() -> None:
    whole = gateway()
    theirs = limited(whole, Limits("li", "guard", ("store",)))
    other = {noun for noun in ports.Gateway.__struct_fields__ if getattr(whole, noun) is not getattr(theirs, noun)}
    assert {"workflows", "ledger"} == other
    assert not [kind.name for kind in every_workflow().values() if kind.by_area and not kind.asks]


@pytest.mark.parametrize(("port", "made"), [("Workflows", "_Workflows"), ("Ledger", "_Ledger")])
def test_a_noun_seen_otherwise_lacks_nothing_of_its_port(port: str, made: str) -> None:
    promised = {name for name in vars(getattr(ports, port)) if not name.startswith("_")}
    assert promised <= {*vars(getattr(area_sight, made)), *re.findall(r"self\.(\w+)", inspect.getsource(area_sight))}


def test_what_is_personal_is_a_field_with_a_default() -> None:
    for kind in every_workflow().values():
        assert not [ask for ask in kind.asks if not ask.PERSONAL <= set(ask.__struct_fields__)]
        defaults = {each.name for each in msgspec.structs.fields(kind.case) if each.default is not msgspec.NODEFAULT}
        assert set(kind.personal) <= defaults, kind.name
