"""Routes that are made of workflows: a toy's, in both languages, without a line written for it."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from alerts.ask import Ask
from api.asks import ask_at, ask_of, every_workflow, fields_in, form_of, given_at
from api.auth import Person
from api.catalogue import language
from api.routes.workflows import _shown, routes_of
from api.workflow_lists import case_shape, row
from devices.errors import NotAllowed, Refused
from devices.reading import SECOND
from tests.alerts.kernel.toy import Close, Toy

LI = Person("li", "technician")


def test_every_ask_of_a_workflow_has_a_route_with_its_form() -> None:
    app = FastAPI()
    app.include_router(routes_of({"toy": Toy}))
    document = app.openapi()
    assert {
        "/api/workflows",
        "/api/workflows/toy/cases",
        "/api/workflows/toy/close",
        "/api/workflows/toy/reopen",
    } == set(document["paths"])
    form = document["components"]["schemas"]["ToyCloseIn"]["properties"]
    assert {"devices", "hours", "mode", "note", "until", "case", "id", "seen", "done_at", "for_s"} == form.keys()
    summary = document["paths"]["/api/workflows/toy/close"]["post"]["summary"]
    assert "Close these devices' room for work" == summary


def test_what_the_door_sets_nobody_can_send() -> None:
    form = form_of("toy", "close", Close)
    for name in ("by", "role", "second", "proof", "origin"):
        with pytest.raises(ValidationError):
            form.model_validate({name: "wang"})
    ask = ask_of(Close, dict(form.model_validate({"devices": ["d1"], "hours": 2})), LI)
    assert ("li", "technician", ("d1",), 2, "session", "real") == (
        *(ask.by, ask.role, ask.devices, ask.hours, ask.proof, ask.origin),  # type: ignore[attr-defined]
    )


def test_times_are_written_as_people_write_them() -> None:
    form = form_of("toy", "close", Close)
    ask = ask_of(Close, dict(form.model_validate({"done_at": "2026-11-30T08:00:00Z"})), LI)
    assert int(datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp()) * SECOND == ask.done_at


def test_how_long_may_be_said_instead_of_until_when() -> None:
    form = form_of("toy", "close", Close)
    given = form.model_validate({"devices": ["d1"], "for_s": 60}).model_dump(exclude_unset=True)
    assert 90 * SECOND == ask_of(Close, given, LI, now=30 * SECOND).until


class Fussy(Ask, tag="fussy", frozen=True, kw_only=True):
    """Takes no odd numbers."""

    number: int = 0

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("odd")


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refused, match="wrong_value"):
        ask_of(Fussy, {"number": 1}, Person("li", "operator"))


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """Go in."""

    ADDRESS = "rooms/{room}/enter"

    room: str


class Rooms(Toy):
    """With an ask that has an address of its own."""

    name, asks = "rooms", (Enter,)


def test_an_ask_may_have_an_address_of_its_own_beside_the_made_one() -> None:
    app = FastAPI()
    app.include_router(routes_of({"rooms": Rooms}))
    document = app.openapi()
    route = document["paths"]["/api/rooms/{room}/enter"]["post"]
    assert "/api/workflows/rooms/enter" in document["paths"]
    assert {("room", "path", True), ("check", "query", False), ("lang", "query", False)} == {
        (it["name"], it["in"], it["required"]) for it in route["parameters"]
    }
    forms = document["components"]["schemas"]
    assert {"room"} == forms["RoomsEnterIn"]["properties"].keys() - forms["RoomsEnterAtIn"]["properties"].keys()
    assert ("room",) == fields_in(Enter.ADDRESS)


def test_an_address_that_nobody_has_leads_nowhere() -> None:
    assert ask_at("rooms/{room}/enter") is None


@pytest.mark.parametrize(("code", "title"), [("en", "Second person"), ("zh", "双人确认")])
def test_titles_are_in_the_callers_language(code: str, title: str) -> None:
    shown = _shown(every_workflow()["consent"], language(code))
    assert (title, ["decline", "give"]) == (shown.title, sorted(ask.tag for ask in shown.asks))


class Known(Ask, tag="known", frozen=True, kw_only=True):
    """Something that programs knew before."""

    ADDRESS, CALLED = "things/{place}/known", {"id": "thing"}

    place: str
    thing: Annotated[str, msgspec.Meta(max_length=3)]
    size: float | msgspec.UnsetType | None = msgspec.UNSET
    parts: Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1)], ...], msgspec.Meta(max_length=2)] = ()


def test_what_is_left_out_at_an_address_is_left_open() -> None:
    """And what its body there calls otherwise is that field."""
    form = form_of("toy", "known", Known, Known.ADDRESS)
    given = given_at(Known, form.model_validate({"id": "x"}).model_dump(exclude_unset=True))
    ask = ask_of(Known, {**given, "place": "hall"}, Person("li", "operator"), only_check=True)
    assert isinstance(ask, Known)
    assert ("x", "hall", msgspec.UNSET, True, "") == (ask.thing, ask.place, ask.size, ask.only_check, ask.id)
    assert {"id": "x", "size": None} == form.model_validate({"id": "x", "size": None}).model_dump(exclude_unset=True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "long"},
        {"id": "x", "parts": ["a", "b", "c"]},
        {"id": "x", "parts": [""]},
        {"id": "\ud800"},
        {"id": "x", "by": "x"},
        {"id": "x", "only_check": True},
        {"id": "x", "note": "n" * 2_001},
    ],
)
def test_bounds_of_an_ask_are_bounds_of_its_form(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        form_of("toy", "known", Known, Known.ADDRESS).model_validate(body)


def test_who_may_not_ask_is_not_let_in() -> None:
    with pytest.raises(NotAllowed):
        ask_of(Close, {}, Person("olga", "operator"))


def test_the_lists_at_a_workflows_address_say_what_they_hold() -> None:
    """And what a case says there fits it: a field that is renamed in one of the two is red."""
    app = FastAPI()
    kinds = {name: kind for name, kind in every_workflow().items() if kind.address}
    app.include_router(routes_of(kinds))
    schemas = app.openapi()["components"]["schemas"]
    bypass, walk = schemas["BypassCase"]["properties"], schemas["WalkTestCase"]["properties"]
    assert {"type": "array", "items": {"type": "string"}, "title": "Devices"} == bypass["devices"]
    assert ("string", "date-time") == (bypass["until"]["type"], bypass["until"]["format"])
    assert "reason_message" in bypass
    assert {"$ref": "#/components/schemas/AnswerShown"} == walk["answers"]["items"]
    case = kinds["bypass"].case(id="b", area="store", by="li", devices=("d",), reason="work", until=9)
    shown = row(kinds["bypass"], case, language("en"))
    assert shown == case_shape(kinds["bypass"]).model_validate(shown).model_dump(exclude_unset=True)
