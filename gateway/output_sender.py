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
from devices.extinguishing import extinguishes
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

    def is_up(self) -> bool:
        """Whether there is a connection to the broker."""
        ...

    def publish(self, topic: str, payload: bytes) -> None:
        """To the broker; nothing without a connection."""

    def order(self, device: Device, order: OutputOrder, answer: Answer) -> None:
        """On its line, which answers itself. Raises Refused."""

    def tells(self, order: OutputOrder) -> bool:
        """Whether a reading will say that it acted."""
        ...

    def answer(self, event: OutputAnswered) -> None:
        """To the engine; from any thread."""


class OutputSender:
    """``decided`` before the commit, ``send`` after it; in between ``storing`` and ``look``.

    What finds no broker is held, the newest order to each output, and goes out as soon as there is one.
    """

    def __init__(self, ways: Ways | None, monotonic: Callable[[], float]) -> None:
        """Without ``ways`` nothing is sent: a pipeline of a test, or of a site without outputs."""
        self._ways, self._monotonic = ways, monotonic
        self._urgent: dict[tuple[str, int], tuple[float, OutputOrder]] = {}
        """What goes out without a commit, and when."""
        self._gone: set[tuple[str, int]] = set()
        """What did, and whose commit is still to come."""
        self._held: dict[tuple[str, str], OutputOrder] = {}

    def decided(self, orders: Iterable[OutputOrder]) -> None:
        """These will be sent when they are stored."""
        for order in orders:
            if order.is_urgent and self._ways is not None:
                self._urgent[_name(order)] = (self._monotonic() + LONGEST_WAIT_S, order)

    def send(self, orders: Iterable[OutputOrder]) -> None:
        """These are stored."""
        for order in orders if self._ways is not None else ():
            name = _name(order)
            self._urgent.pop(name, None)
            if name in self._gone:
                self._gone.discard(name)
            else:
                self._send(order)

    def look(self) -> None:
        """Send what is urgent and has waited too long, and what was held if the broker is there."""
        if self._held and self._ways is not None and self._ways.is_up():
            held, self._held = self._held, {}
            for order in held.values():
                self._send(order)
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
        if self._ways is None:
            return
        urgent, self._urgent = self._urgent, {}
        for name, (_, order) in urgent.items():
            log.error("nothing can be stored: the %s of %s is switched all the same", order.what, order.device)
            self._gone.add(name)
            self._send(order)
            self._ways.answer(OutputAnswered(order, "early"))

    def _send(self, order: OutputOrder) -> None:
        ways = self._ways
        if ways is None:
            return
        try:
            self._sent(order, ways)
        except Refused as refusal:
            ways.answer(OutputAnswered(order, "refused", refusal.text))
        except Exception:  # a codec's bug must not stop what else is to be sent
            log.exception("the order to the %s of %s can't be sent", order.what, order.device)
            ways.answer(OutputAnswered(order, "refused", Text.of("output_control.no_way")))

    def _sent(self, order: OutputOrder, ways: Ways) -> None:
        device = ways.device(order.device)
        if device is None:
            raise refused("not_there", order)
        if extinguishes(
            device, order.what, order.channel
        ):  # whoever ordered it, and whatever let it come as far as here
            raise refused("extinguishing", order)
        if device.line:
            ways.order(device, order, ways.answer)
            return
        if not ways.is_up():
            self._held[order.device, order.key] = order
            return
        commands = ways.command(device, order)
        for topic, payload in commands.publish:
            ways.publish(topic, payload)
        if commands.is_mute or not ways.tells(order):
            ways.answer(OutputAnswered(order, "sent"))


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
