"""Whoever is not named for silent alarms has the same nouns as everybody else: each with all that its port promises."""

import asyncio
import inspect
import json
import re
import typing
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, State
from alerts.output import Output
from alerts.output_rule import Ordered, OutputState
from alerts.response_asks import Tick
from api import ports, silent_alarm_view, silent_ledger, silent_outward
from api.board_state import BoardState
from api.ports.centres import CentreNumber, CentreView, WayView
from api.screens import Screens
from api.silent_alarm_view import Sight, seen
from devices.message import plain
from devices.output_orders import OutputOrder

NOUNS: dict[str, Any] = typing.get_type_hints(ports.Gateway)


def discreet() -> dict[str, Any]:
    """The class that stands for each noun, by its field."""
    classes = dict(inspect.getmembers(silent_alarm_view, inspect.isclass))
    for module in (silent_outward, silent_ledger):
        classes |= {f"_{name}": each for name, each in inspect.getmembers(module, inspect.isclass)}
    return {noun: classes[f"_{noun.capitalize()}"] for noun in NOUNS if f"_{noun.capitalize()}" in classes}


def promised(port: Any) -> set[str]:
    return {name for name in vars(port) if not name.startswith("_")}


def test_some_nouns_are_seen_otherwise() -> None:
    assert {"alerts", "workflows", "areas", "health", "ledger", "feed", "outputs", "centres", "messages"} <= set(
        discreet()
    )


@pytest.mark.parametrize("noun", sorted(discreet()))
def test_a_noun_seen_otherwise_lacks_nothing_of_its_port(noun: str) -> None:
    made = discreet()[noun]
    own = {name for base in made.__mro__ for name in vars(base)}
    given = set(re.findall(r"self\.(\w+)", inspect.getsource(made.__init__)))
    assert promised(NOUNS[noun]) <= own | given


ALERT = Alert(
    id="a1", rule="hold-up", rule_version="1", area="office", key="desk", alert_class=AlertClass.HOLD_UP, priority=1,
    text=plain("button"), state=State.UNACKNOWLEDGED, raised=5, changed=5, causes=(), silent=True,
)  # fmt: skip
ORDER = OutputOrder("o1", "gate", "relay", True, 5, plain("hold-up in office"), alert="a1", alert_class="hold_up")
CENTRE = CentreView(name="arc", family="sia_dc09", ways=(WayView("tcp://arc:9", "up", heard_at=7),))
RELAY = OutputState("gate", Output("gate", "relay", (AlertClass.HOLD_UP,)), Ordered(ORDER, "acted"), is_silenced=False)


def bank(alert: Alert = ALERT) -> Any:
    """A gateway with that alert and the relay that it switched, as far as is asked here."""
    live = SimpleNamespace(
        silent_alerts=lambda: [alert] if alert.silent else [],
        flood=lambda now, with_silent: 0,
        open_alert=lambda id_: alert if id_ == alert.id and alert.state is not State.CLOSED else None,
    )
    nouns: dict[str, Any] = {name: SimpleNamespace() for name in ports.Gateway.__struct_fields__}
    return ports.Gateway(**nouns | {
        "live": live,
        "rules": SimpleNamespace(
            silent_alarm_screens=lambda: ("olga",),
            is_silent=lambda device, signal: (device, signal) == ("desk", "panic"),
        ),
        "outputs": SimpleNamespace(outputs=lambda: [RELAY]),
        "centres": SimpleNamespace(
            centres=lambda without=None: [replace(CENTRE, kept=len(without or ()))],
            numbers=lambda: [CentreNumber("arc", "zone", 1, "smoke-1"), CentreNumber("arc", "zone", 2, "desk")],
        ),
        "messages": SimpleNamespace(newest=lambda without=frozenset(): without),
    })  # fmt: skip


def test_what_it_switches_is_seen_by_the_named_alone() -> None:
    """A relay or a lock is not heard by an offender, and so is switched; nobody else reads that or for what."""
    assert [RELAY] == seen(bank(), Screens(), Sight.NAMED).outputs.outputs()
    assert [replace(RELAY, ordered=None)] == seen(bank(), Screens(), Sight.OTHER).outputs.outputs()
    for over in (replace(ALERT, state=State.CLOSED), replace(ALERT, silent=False)):
        assert [RELAY] == seen(bank(over), Screens(), Sight.OTHER).outputs.outputs()


@pytest.mark.parametrize(("silent", "is_shown"), [(True, False), (False, True)])
def test_the_strip_that_is_the_same_on_every_screen_leaves_it_out(*, silent: bool, is_shown: bool) -> None:
    gateway = replace(
        bank(replace(ALERT, silent=silent)),
        health=SimpleNamespace(health=lambda: SimpleNamespace(faults={}, devices=0, devices_lost=0)),
        senders=SimpleNamespace(waiting=lambda: 0),
        workflows=SimpleNamespace(cases=lambda name: []),
        devices=SimpleNamespace(device_name=lambda device, code: device),
        site=SimpleNamespace(now=lambda: 0),
    )
    assert is_shown == (json.loads(BoardState(gateway, Screens()).encoded())["outputs"]["words"] is not None)


def test_what_centres_and_people_are_told_of_it_is_left_out() -> None:
    other = seen(bank(), Screens(), Sight.OTHER)
    assert {"a1"} == other.messages.newest()
    assert [1] == [centre.kept for centre in other.centres.centres()]
    assert [0] == [
        centre.kept for centre in seen(bank(replace(ALERT, silent=False)), Screens(), Sight.OTHER).centres.centres()
    ]
    assert ["smoke-1"] == [each.name for each in other.centres.numbers()]
    assert [CENTRE] == seen(bank(), Screens(), Sight.NAMED).centres.centres()


def test_nobody_else_reads_when_a_centre_spoke_last_or_how_many_steps_alerts_took() -> None:
    """Both would say at which moment something happened that no list shows."""
    told = b"# HELP keyarea_alert_events_total Steps\nkeyarea_alert_events_total 3.0\nkeyarea_readings_total 9.0\n"
    gateway = replace(bank(), health=SimpleNamespace(metrics=lambda: told), site=SimpleNamespace(now=lambda: 0))
    for sight, heard, metrics in (
        (Sight.NAMED, 7, told),
        (Sight.OTHER, None, b"keyarea_readings_total 9.0\n"),
        (Sight.CONTROL_ROOM, None, b"keyarea_readings_total 9.0\n"),
    ):
        way = seen(gateway, Screens(lambda: 0), sight).centres.centres()[0].ways[0]
        assert (heard, metrics) == (way.heard_at, seen(gateway, Screens(lambda: 0), sight).health.metrics())
    loud = replace(gateway, rules=SimpleNamespace(silent_alarm_screens=lambda: (), is_silent=lambda *_: False))
    assert told == seen(loud, Screens(), Sight.OTHER).health.metrics()
    assert 7 == seen(loud, Screens(), Sight.OTHER).centres.centres()[0].ways[0].heard_at


def test_who_asks_about_its_case_is_answered_as_if_there_were_none() -> None:
    asked = list[Any]()

    async def ask(given: Any) -> str:
        asked.append(given)
        return "answered"

    gateway = replace(bank(), workflows=SimpleNamespace(ask=ask))
    tick = Tick(case="a1", step="scene", by="wu")
    for sight in (Sight.OTHER, Sight.NAMED):
        asyncio.run(seen(gateway, Screens(), sight).workflows.ask(tick))
    asyncio.run(seen(gateway, Screens(), Sight.OTHER).workflows.ask(replace(tick, case="b2")))
    hidden, named, other = (each.case for each in asked)
    assert ("a1", "b2") == (named, other)
    assert hidden not in ("", "a1")
