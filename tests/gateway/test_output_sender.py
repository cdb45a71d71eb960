"""What goes out when: after the commit, or without one after two seconds, and never twice."""

import threading
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.output_event import OutputAnswered
from devices.device import Device
from devices.message import Text
from devices.output_orders import Commands, OutputOrder, refused
from gateway.output_sender import LONGEST_WAIT_S, Answer, OutputSender

FIRE = OutputOrder("o1", "siren", "siren", True, 0, Text.of("output_control.over"), alert_class="fire")
THEFT = replace(FIRE, id="o2", alert_class="intrusion")


class Broker:
    """Where orders go, in one list; the clock is a number."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[Any] = []
        self.has_broker = self.is_told = True
        self.went = threading.Event()
        self.sender = OutputSender(self, lambda: self.now)

    def device(self, name: str) -> Device | None:
        line = "bus" if name == "reader" else ""
        return Device(name, "keyarea", name, "hall", line=line) if name != "gone" else None

    def command(self, device: Device, order: OutputOrder) -> Commands:
        if device.id == "broken":
            raise ZeroDivisionError
        if device.id == "lamp":
            raise refused("no_such_output", order)
        return Commands(publish=((f"{device.address}/set", order.id.encode()),), is_mute=device.id == "mute")

    def is_up(self) -> bool:
        return self.has_broker

    def publish(self, topic: str, payload: bytes) -> None:
        self.log.append(f"{topic} {payload.decode()}")
        self.went.set()

    def order(self, device: Device, order: OutputOrder, answer: Answer) -> None:
        self.log.append(f"line {device.line}")
        answer(OutputAnswered(order, "acted"))

    def tells(self, order: OutputOrder) -> bool:
        return self.is_told

    def answer(self, event: OutputAnswered) -> None:
        self.log.append(event.step if event.why is None else f"{event.step} {event.why.key}")


def test_an_order_goes_out_when_it_is_stored() -> None:
    broker = Broker()
    broker.sender.decided([FIRE, THEFT])
    with broker.sender.storing():
        assert broker.log == []
    broker.sender.look()
    broker.sender.send([FIRE, THEFT])
    assert broker.log == ["siren/set o1", "siren/set o2"]


def test_a_siren_for_fire_waits_two_seconds_for_a_store_and_goes_out_once() -> None:
    broker = Broker()
    broker.sender.decided([FIRE, THEFT])
    broker.now = LONGEST_WAIT_S - 0.1
    broker.sender.look()
    assert broker.log == []
    broker.now = LONGEST_WAIT_S
    broker.sender.look()
    assert broker.log == ["siren/set o1", "early"]
    broker.sender.look()
    broker.sender.send([FIRE, THEFT])
    assert broker.log == ["siren/set o1", "early", "siren/set o2"]
    broker.sender.send([replace(FIRE, attempt=2)])
    assert broker.log[-1] == "siren/set o1"


def test_it_goes_out_though_the_store_does_not_return() -> None:
    broker = Broker()
    broker.sender.decided([FIRE])
    broker.now = LONGEST_WAIT_S
    with broker.sender.storing():
        assert broker.went.wait(30)
    assert broker.log == ["siren/set o1", "early"]
    broker.sender.send([FIRE])
    assert broker.log == ["siren/set o1", "early"]


def test_what_ended_in_time_sends_nothing_early() -> None:
    broker = Broker()
    broker.sender.decided([FIRE])
    watch = broker.sender.storing()
    with watch:
        pass
    watch._overdue()  # type: ignore[attr-defined]  # the timer was late
    assert broker.log == []


def test_what_is_said_of_an_order() -> None:
    broker = Broker()
    names = ("siren", "mute", "reader", "gone", "lamp", "broken")
    for name in names:
        broker.sender.send([replace(FIRE, id=name, device=name)])
    broker.is_told = False
    broker.sender.send([FIRE])
    assert broker.log == [
        "siren/set siren",
        "mute/set mute", "sent",
        "line bus", "acted",
        "refused output_orders.not_there",
        "refused output_orders.no_such_output",
        "refused output_control.no_way",
        "siren/set o1", "sent",
    ]  # fmt: skip


def test_what_finds_no_broker_goes_out_when_there_is_one() -> None:
    broker = Broker()
    broker.has_broker = False
    broker.sender.send([FIRE, replace(FIRE, attempt=2)])
    broker.sender.look()
    assert broker.log == []
    broker.has_broker = True
    broker.sender.look()
    broker.sender.look()
    assert broker.log == ["siren/set o1"]


@pytest.mark.parametrize(("device", "what", "channel", "goes"), [
    ("co2-release", "relay", "", False),
    ("board", "relay", "气体灭火", False),
    ("deluge-valve", "lock", "", False),
    ("deluge-room-siren", "siren", "", True),
    ("smoke-fan", "relay", "", True),
])  # fmt: skip
def test_nothing_that_puts_fires_out_is_ever_sent(device: str, what: Any, channel: str, goes: bool) -> None:
    broker = Broker()
    broker.sender.send([replace(FIRE, device=device, what=what, channel=channel)])
    assert broker.log == ([f"{device}/set o1"] if goes else ["refused output_orders.extinguishing"])
