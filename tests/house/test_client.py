"""The client and the routes are the same list: whoever can sign in can do by program what the API offers."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, get_type_hints

import msgspec
import pytest
from fastapi.routing import APIRoute
from msgspec.structs import replace
from pydantic import BaseModel

import api.client
import api.routes
from alerts.drill import Measured
from alerts.heard import InTest
from alerts.response_case import states_of
from alerts.response_plan import DEFAULTS, title_of
from api.catalogue import language
from api.ports import Gateway
from api.workflow_finder import every_workflow, workflows
from api.workflow_lists import kept, row
from devices.device import Device
from devices.message import Text
from devices.reading import Reading
from devices.walk_test import Answer, WalkTest
from gateway.cli import main as keyarea
from tests.house.places import ROOT, modules

CLIENT = [path for path in modules("api") if path.parent == ROOT / "api" / "client"]
UNSIGNED = {("GET", "/healthz"), ("GET", "/healthz/alarms")}
"""What tells whoever comes no more than whether all is well."""
TWICE = {("POST", f"/api/{ask.ADDRESS}") for kind in every_workflow().values() for ask in kind.asks if ask.ADDRESS} | {
    ("POST", f"/api/bypasses/{{case}}/{word}") for word in ("consent", "decline")
}
"""Where programs of others ask what has an address under its workflow as well; the client asks there."""


def routes() -> dict[tuple[str, str], APIRoute]:
    """(method, path) of everything that the API offers."""
    found = [importlib.import_module(f"api.routes.{info.name}") for info in pkgutil.iter_modules(api.routes.__path__)]
    every = [route for module in found for route in module.router.routes if isinstance(route, APIRoute)]
    return {(method, route.path): route for route in every for method in route.methods}


def calls() -> Iterator[tuple[str, str]]:
    """(method, path) of each call of the client."""
    for path in CLIENT:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            texts = [node.value for node in ast.walk(function) if isinstance(node, ast.Constant)]
            paths = [text for text in texts if isinstance(text, str) and text.startswith(("/api/", "/metrics"))]
            methods = [m for node in ast.walk(function) if isinstance(node, ast.Call) for m in method_of(node)]
            yield from zip(methods, paths, strict=True) if paths else ()


def method_of(call: ast.Call) -> Iterator[str]:
    match call:
        case ast.Call(func=ast.Attribute(attr="get" | "post" | "delete" as name)) if "_caller" in ast.unparse(
            call.func
        ):
            yield name.upper()
        case ast.Call(func=ast.Attribute(attr="send" | "response"), args=[ast.Constant(value=str(name)), *_]):
            yield name


def fits(path: str, template: str) -> bool:
    """``/api/workflows/{workflow}/{ask}`` is each of these routes."""
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) is not None


def test_every_route_has_a_call_of_the_client() -> None:
    known = set(calls())
    assert len(known) > 40
    left = [
        route
        for route in routes()
        if route not in UNSIGNED | TWICE and not any(m == route[0] and fits(route[1], path) for m, path in known)
    ]
    assert [] == left


def test_every_call_has_its_route() -> None:
    assert [] == [call for call in calls() if not any(m == call[0] and fits(path, call[1]) for m, path in routes())]


def test_the_client_asks_of_bypasses_walk_tests_and_arming_at_their_workflows() -> None:
    old = ("/api/bypasses", "/api/walk-tests", "/api/areas/")
    assert [] == [path for method, path in calls() if method == "POST" and path.startswith(old)]


SCHEMAS = {
    name.removesuffix("Out"): model
    for path in modules("api")
    if (path.parent == ROOT / "api" and path.stem.endswith("schemas")) or path.parent == ROOT / "api" / "routes"
    for name, model in vars(importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))).items()
    if inspect.isclass(model) and issubclass(model, BaseModel)
}
CALLED = {
    "Described": "DescribedDevice",
    "RejectedSender": "Rejected",
    "Ordered": "Answered",
    "TestAnswer": "Answer",
    "AlertWithHistory": "AlertDetail",
    "AlertStep": "AlertEvent",
}
"""What a program calls them, where the schema says it otherwise."""
OWN = {"Who", "Answer", "StreamEvent", "DataFolder", "Address", "Labels", "Frame"}


def structs() -> dict[str, type[msgspec.Struct]]:
    found = [importlib.import_module(f"api.client.{info.name}") for info in pkgutil.iter_modules(api.client.__path__)]
    return {
        name: kind
        for module in found
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__
        if not name.startswith("_") and name not in OWN
    }


def rows() -> dict[str, set[str]]:
    """What the lists at the address of a workflow say: they are made of its cases, and of the facts it keeps."""
    answer = Answer("d", "smoke", 2, 1)
    test = WalkTest("t", "store", ("d",), "li", 1, 9, answers=(answer,))
    bypass, walk = (workflows()[name] for name in ("bypass", "walk_test"))
    stands = bypass.case(id="b", devices=("d",), reason="work", until=9)
    incident = workflows()["incident"]
    opened = incident.case(id="20261129-03", kind="fire", first="a", first_text=Text.of("plain.words", words="x"))
    procedure, answered = DEFAULTS[0], workflows()["response"]
    response = answered.case(
        id="20261129-03",
        alert_class="fire",
        procedure=title_of(procedure),
        started_at=1,
        first="a",
        text=Text.of("plain.words", words="x"),
        steps=states_of(procedure.steps),
    )
    drills = workflows()["drills"]
    measured = (Measured("detected", 10, 1),)
    planned = drills.case(id="d", purpose="p", scenario="smoke", steps=(), lasts=9, leader="li", measured=measured)
    drilled = row(drills, planned, language("en"))
    answer_row = row(answered, response, language("en"))
    shown = row(walk, walk.case(id="t", test=test), language("en"))
    (moves,) = [walk().step(InTest("t", TRIGGER), {"t": walk.case(id="t", test=replace(test, answers=()))}, AROUND, 2)]
    (fact,) = [fact for fact in moves.facts if fact.is_kept]
    return {
        "Bypass": {*row(bypass, stands, language("en"))},
        "WalkTest": {*shown},
        "TestAnswer": {*shown["answers"][0]},
        "Drill": {*drilled},
        "Measured": {*drilled["measured"][0]},
        "Drills": {"running", "past"},
        "Incident": {*row(incident, opened, language("en"))},
        "Incidents": {"running", "past"},
        "Response": {*answer_row},
        "ResponseStep": {*answer_row["steps"][0]},
        "Responses": {"running", "past"},
        "Tested": {*kept("d", fact, language("en"))},
        "WalkTests": {"running", "past"},
    }


SMOKE = Device("d", "keyarea", "d", "store", kind="smoke_detector", signals=("smoke",))
TRIGGER = Reading("d", "smoke", True, 1, 2)
AROUND: Any = SimpleNamespace(devices={"d": SMOKE})


@pytest.mark.parametrize("name", structs())
def test_what_the_client_reads_is_what_the_api_says(name: str) -> None:
    """A field that a schema loses, a program would miss."""
    told = rows()[name] if name in rows() else set(SCHEMAS[CALLED.get(name, name)].model_fields)
    assert set() == set(structs()[name].__struct_fields__) - told


ELSEWHERE = {
    "health.is_well": "status",
    "ledger.all": "ledger show",
    "drills.all": "drills list",
    "drills.show": "drills show",
    "incidents.all": "incident list",
    "incidents.show": "incident show",
    "live.show": "alert list",
    "responses.all": "response list",
    "responses.show": "response show",
    "session.set_password": "user password",
    "workflows.all": "hot-work list",
}
"""Calls that no word makes, each with the word that says or does the same."""
NO_WORD = ("/api/session", "/metrics")
"""Who comes over the network signs in, the socket in the data folder knows who it is; metrics are for Prometheus."""


def client_calls() -> dict[str, str]:
    """``ledger.show``: every call of the client, with the address that it asks, "" where it asks by another call."""
    client = api.client.Client(api.client.Address("http://127.0.0.1"))
    return {
        f"{noun}.{name}": next(iter(re.findall(r'"(/[^"]+)"', inspect.getsource(call))), "")
        for noun, calls_of in vars(client).items()
        if type(calls_of).__name__.endswith("Calls")
        for name, call in vars(type(calls_of)).items()
        if not name.startswith("_")
    }


def test_the_command_line_says_all_that_the_client_can() -> None:
    words = "\n".join(
        path.read_text(encoding="utf-8")
        for path in modules("gateway")
        if "cli" in path.parts or path.name in ("made_word.py", "cli_output.py")
    )
    can = client_calls()
    assert len(can) > 40
    left = {
        call for call, path in can.items() if path not in NO_WORD and not re.search(rf"\b{re.escape(call)}\(", words)
    }
    assert ELSEWHERE.keys() == left


@pytest.mark.parametrize("word", sorted(set(ELSEWHERE.values())))
def test_what_is_done_elsewhere_is_done_there(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        keyarea([*word.split(), "--help"])
    assert (0, True) == (ended.value.code, word in capsys.readouterr().out)


def test_what_has_no_word_is_an_address_of_the_api() -> None:
    assert set(NO_WORD) <= set(client_calls().values()) <= {path for _, path in calls()} | {""}


def asked_for(*folders: str) -> set[str]:
    """The commands, orders and records that these hand in."""
    found = set()
    for path in modules("api"):
        if path.relative_to(ROOT).parts[1] in folders:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module in HANDED_IN:
                    found |= {name.name for name in node.names if name.name not in UNIONS}
    return found


def doings() -> set[str]:
    """``ledger.erase``: the methods of the ports that do something: those that answer when it is done, or nothing."""
    nouns = get_type_hints(Gateway)
    return {
        f"{noun}.{name}"
        for noun, port in nouns.items()
        for name, method in vars(port).items()
        if inspect.isfunction(method) and not name.startswith("_")
        if inspect.iscoroutinefunction(method) or get_type_hints(method).get("return") is type(None)
    }


def done_in(folder: str) -> set[str]:
    """Those of them that the files of a folder name, on whatever they call the noun."""
    known = doings()
    found = set()
    for path in modules("api"):
        if folder not in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(attr=name, value=ast.Attribute(attr=noun) | ast.Name(id=noun)):
                    found |= {f"{noun}.{name}"} & known
    return found


def test_whatever_a_page_does_to_the_gateway_a_route_does() -> None:
    """By the ports themselves: a page that calls something new is red until a route, a call and a word do it, too."""
    assert {"commands.submit", "workflows.ask", "ledger.erase", "registration.import_list"} <= done_in("console")
    assert set() == done_in("console") - done_in("routes")


HANDED_IN = ("alerts.command", "alerts.output_event", "devices.orders")
UNIONS = {"Command", "BypassCommand", "Order", "LastingOrder", "Change", "Import"}
"""No order by themselves; a list goes to its route as it is (api/routes/device_list.py)."""


def test_whatever_people_do_on_the_console_has_a_route() -> None:
    """And so a call of the client, and a word."""
    assert set() == asked_for("console") - asked_for("routes")


def test_the_client_knows_nothing_of_a_gateway() -> None:
    """Its own module and what it imports, whole: a program of others needs no more."""
    text = "".join(path.read_text(encoding="utf-8") for path in CLIENT)
    imported = set(re.findall(r"^(?:from|import) ([\w.]+)", text, re.MULTILINE))
    ours = {name for name in imported if name.split(".")[0] in ("gateway", "api", "ledger", "alerts", "workflows")}
    assert {"api.catalogue"} == {name for name in ours if not name.startswith("api.client")}
