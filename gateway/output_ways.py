"""How orders to outputs leave this gateway: over the broker's connection, or by the line that the device is on."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from alerts.output_event import OutputAnswered
from alerts.output_rule import OutputRule
from alerts.rule import Rule
from devices.device import Device
from devices.errors import StoreUnavailable
from devices.output_orders import Commands, OutputOrder
from gateway.inbox import Delivery, Inbox
from gateway.ingest.ingest import Ingest
from gateway.output_sender import Answer, OutputSender
from gateway.ports import MqttIntake

log = logging.getLogger("keyarea.outputs")


def sender(
    monotonic: Callable[[], float],
    intake: Ingest,
    mqtt: MqttIntake | None,
    inbox: Inbox,
    on_line: Callable[[Device, OutputOrder, Answer], None],
    rules: Sequence[Rule[Any]],
) -> OutputSender:
    """One that sends by the broker and the lines of a gateway."""
    return OutputSender(OutputWays(intake, mqtt, inbox, on_line, rules), monotonic)


class OutputWays:
    """gateway.output_sender.Ways; ``on_line(device, order, answer)`` is Lines.order."""

    def __init__(
        self,
        ingest: Ingest,
        mqtt: MqttIntake | None,
        inbox: Inbox,
        on_line: Callable[[Device, OutputOrder, Answer], None],
        rules: Sequence[Rule[Any]],
    ) -> None:
        """``rules``: the gateway's own among them says which outputs tell by a reading that they acted."""
        self._ingest, self._mqtt, self._inbox, self._on_line = ingest, mqtt, inbox, on_line
        bound = (output for rule in rules if isinstance(rule, OutputRule) for output in rule.outputs)
        self._telling = {(output.device, output.key) for output in bound if output.feedback}

    def device(self, name: str) -> Device | None:
        return self._ingest.registry.device(name)

    def command(self, device: Device, order: OutputOrder) -> Commands:
        return self._ingest.command(device, order)

    def is_up(self) -> bool:
        return self._mqtt is not None and self._mqtt.is_up

    def publish(self, topic: str, payload: bytes) -> None:
        if self._mqtt is not None:
            self._mqtt.publish(topic, payload)

    def order(self, device: Device, order: OutputOrder, answer: Answer) -> None:
        self._on_line(device, order, answer)

    def tells(self, order: OutputOrder) -> bool:
        return (order.device, order.key) in self._telling

    def answer(self, event: OutputAnswered) -> None:
        try:
            self._inbox.put(Delivery(event))
        except StoreUnavailable:
            log.critical("%s of an order to %s: the inbox is full", event.step, event.order.device)
