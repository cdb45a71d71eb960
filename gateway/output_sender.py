"""Sends what was ordered of outputs: after the commit, or without one where people's lives hang on it.

An order waits for its commit, so that the ledger knows what a device does. If nothing can be stored for 2 s, sirens and
strobes for fire and gas go out all the same, and the engine is told, so that the ledger says so once it can. That holds
too while a store hangs and with it the pipeline's thread: then a timer's thread sends, which may use what is the
pipeline's as long as that waits in ``storing()``.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Protocol

from alerts.output_event import OutputAnswered
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.output_orders import Commands, OutputOrder, refused

LONGEST_WAIT_S = 2.0
"""For a store, of what is urgent."""

log = logging.getLogger("keyarea.outputs")
Answer = Callable[[OutputAnswered], None]


class Ways(Protocol):
    """How orders reach devices; all of it but ``answer`` belongs to the pipeline's thread."""

    def device(self, name: str) -> Device | None: ...
    def command(self, device: Device, order: OutputOrder) -> Commands:
        """In the words of its MQTT family. Raises Refused."""
        ...

    def publish(self, topic: str, payload: bytes) -> bool:
        """False if there is no connection to the broker."""
        ...

    def order(self, device: Device, order: OutputOrder, answer: Answer) -> None:
        """On its line, which answers itself. Raises Refused."""

    def tells(self, order: OutputOrder) -> bool:
        """Whether a reading will say that it acted."""
        ...

    def answer(self, event: OutputAnswered) -> None:
        """To the engine; from any thread."""


class OutputSender:
    """``decided`` before the commit, ``send`` after it; in between ``storing`` and ``look``."""

    def __init__(self, ways: Ways, monotonic: Callable[[], float]) -> None:
        self._ways, self._monotonic = ways, monotonic
        self._urgent: dict[tuple[str, int], tuple[float, OutputOrder]] = {}
        """What goes out without a commit, and when."""
        self._gone: set[tuple[str, int]] = set()
        """What did, and whose commit is still to come."""

    def decided(self, orders: Iterable[OutputOrder]) -> None:
        """These will be sent when they are stored."""
        for order in orders:
            if order.is_urgent:
                self._urgent[_name(order)] = (self._monotonic() + LONGEST_WAIT_S, order)

    def send(self, orders: Iterable[OutputOrder]) -> None:
        """These are stored."""
        for order in orders:
            name = _name(order)
            self._urgent.pop(name, None)
            if name in self._gone:
                self._gone.discard(name)
            else:
                self._send(order)

    def look(self) -> None:
        """Send what is urgent and has waited too long."""
        now = self._monotonic()
        if any(due <= now for due, _ in self._urgent.values()):
            self._go_early()

    def storing(self) -> AbstractContextManager[object]:
        """Around each call of a store: what is urgent goes out although the call does not return."""
        if not self._urgent:
            return nullcontext()
        due = min(due for due, _ in self._urgent.values())
        return _Watch(max(0.0, due - self._monotonic()), self._go_early)

    def _go_early(self) -> None:
        urgent, self._urgent = self._urgent, {}
        for name, (_, order) in urgent.items():
            log.error("nothing can be stored: the %s of %s is switched all the same", order.what, order.device)
            self._gone.add(name)
            self._send(order)
            self._ways.answer(OutputAnswered(order, "early"))

    def _send(self, order: OutputOrder) -> None:
        try:
            self._sent(order)
        except Refused as refusal:
            self._ways.answer(OutputAnswered(order, "refused", refusal.text))
        except Exception:  # a codec's bug must not stop what else is to be sent
            log.exception("the order to the %s of %s can't be sent", order.what, order.device)
            self._ways.answer(OutputAnswered(order, "refused", Text.of("output_control.no_way")))

    def _sent(self, order: OutputOrder) -> None:
        device = self._ways.device(order.device)
        if device is None:
            raise refused("not_there", order)
        if device.line:
            self._ways.order(device, order, self._ways.answer)
            return
        commands = self._ways.command(device, order)
        if not all(self._ways.publish(topic, payload) for topic, payload in commands.publish):
            raise refused("line_lost", order)
        if commands.is_mute or not self._ways.tells(order):
            self._ways.answer(OutputAnswered(order, "sent"))


class _Watch:
    """Calls ``act`` once if what it stands around takes longer than that, and never after it has ended."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._act, self._lock, self._is_over = act, threading.Lock(), False
        self._timer = threading.Timer(seconds, self._overdue)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_over = True

    def _overdue(self) -> None:
        with self._lock:
            if not self._is_over:
                self._act()


def _name(order: OutputOrder) -> tuple[str, int]:
    return order.id, order.attempt
