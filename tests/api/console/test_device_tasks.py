"""What a technician does to a device from its page: what the gateway is asked, and what a refusal leaves standing."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.effects import Answered
from api.auth import Person
from api.console.device_tasks import Task, perform, tasks
from api.console.locale import Say
from api.console.web_page import Asked, GoTo
from devices.device import Device
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.reading import SECOND

DETECTOR = Device("smoke-1", "keyarea", "old", "store", line="bus-1", kind="smoke_detector")
NOW = 1_000 * SECOND
SENDER = SimpleNamespace(family="zigbee2mqtt", address="new", line="", guess_kind="smoke_detector", guess_model="S1")


class Doors:
    """Where asks and records arrive; ``waits`` and ``refuses`` are what is answered."""

    def __init__(self, *, waits: bool = False, refuses: str = "") -> None:
        self.taken: list[Any] = []
        self.waits, self.refuses = waits, refuses

    async def ask(self, ask: Any) -> Answered:
        if self.refuses:
            raise Refused(Text.of(self.refuses))
        self.taken.append(ask)
        return Answered(1, "w", "", waits=self.waits)

    async def submit(self, record: Any) -> None:
        self.taken.append(record)


def asked(doors: Doors, role: str = "technician") -> Asked:
    gateway: Any = SimpleNamespace(
        workflows=doors,
        commands=doors,
        site=SimpleNamespace(now=lambda: NOW, time_zone=lambda: "UTC"),
        devices=SimpleNamespace(device_name=lambda device, language: f"{device} in {language}"),
    )
    board: Any = SimpleNamespace(waiting=lambda: [SENDER], forget=lambda: None)
    request: Any = None
    return Asked(request, Person("tom", role), gateway, Say("en"), board)


def send(doors: Doors, role: str = "technician", **fields: str) -> GoTo | list[Task]:
    return asyncio.run(perform(asked(doors, role), DETECTOR, {name: [value] for name, value in fields.items()}))


def test_a_bypass_is_asked_for_with_its_end() -> None:
    doors = Doors()
    assert GoTo("/console/devices/smoke-1?done=bypass") == send(doors, do="bypass", reason="welding", hours="4", id="7")
    (ask,) = doors.taken
    assert (("smoke-1",), "welding", NOW + 4 * 3_600 * SECOND, "7") == (ask.devices, ask.reason, ask.until, ask.id)
    assert GoTo("/console/devices/smoke-1?waits=bypass") == send(Doors(waits=True), do="bypass", reason="w", hours="1")


@pytest.mark.parametrize(
    ("sent", "hardware"),
    [
        ({"waiting": '["zigbee2mqtt","new","","S1"]'}, ("zigbee2mqtt", "new", "", "S1")),
        ({"family": "keyarea", "address": " new ", "line": "bus-2"}, ("keyarea", "new", "bus-2", "")),
    ],
)
def test_hardware_is_chosen_or_typed_and_commissioned(sent: dict[str, str], hardware: tuple[str, ...]) -> None:
    doors = Doors()
    assert GoTo("/console/devices/smoke-1/commissioning") == send(doors, do="replace", **sent)
    replaced, begun = doors.taken
    assert hardware == (replaced.family, replaced.address, replaced.line, replaced.model)
    assert "smoke-1" == begun.device


@pytest.mark.parametrize(
    ("sent", "told", "beside"),
    [
        ({"do": "replace", "family": "keyarea", "note": "from stock"}, "see the fields", "address"),
        ({"do": "bypass", "hours": "soon", "reason": "paint"}, "see the fields", "hours"),
        ({"do": "replace", "waiting": "no list", "note": "from stock"}, "see the fields", "waiting"),
    ],
)
def test_what_was_typed_outlives_a_refusal(sent: dict[str, str], told: str, beside: str) -> None:
    doors = Doors()
    forms = send(doors, **sent)
    assert isinstance(forms, list)
    form = next(form for form in forms if form.name == sent["do"])
    assert told in form.refused
    assert [beside] == list(form.faults)
    typed = {field.name: field.value for field in form.fields}
    assert all(typed[name] == value for name, value in sent.items() if name not in ("do", "waiting"))
    assert [] == doors.taken


def test_what_the_gateway_refuses_is_said_in_its_words() -> None:
    forms = send(Doors(refuses="bypass.gone"), do="retire", note="broken")
    assert isinstance(forms, list)
    assert [("retire", Say("en").said(Text.of("bypass.gone")))] == [(f.name, f.refused) for f in forms if f.refused]


def test_work_goes_into_the_maintenance_book() -> None:
    doors = Doors()
    assert GoTo("/console/devices/smoke-1?done=work") == send(doors, do="work", action="battery", result="failed")
    (record,) = doors.taken
    assert ("store", "maintenance", "tom") == (record.area, record.book, record.by)
    assert {"equipment": "smoke-1 in en", "device": "smoke-1", "person": "tom"}.items() <= record.fields.items()
    assert {"action": "battery", "result": "failed"}.items() <= record.fields.items()


def test_retired_is_gone_from_the_page_unless_it_waits_for_another() -> None:
    assert GoTo("/console/devices") == send(Doors(), do="retire")
    assert GoTo("/console/devices/smoke-1?waits=retire") == send(Doors(waits=True), do="retire")


def test_an_operator_has_no_form_and_no_door() -> None:
    doors = Doors()
    assert [] == tasks(asked(doors, "operator"), DETECTOR)
    with pytest.raises(NotAllowed):
        send(doors, "operator", do="retire")
    assert [] == doors.taken
