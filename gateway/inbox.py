"""The one door in: what lines received, what people decided, what the gateway noticed of itself.

(MQTT messages come through the same pipeline turn, but are read by its own thread: see transports/mqtt.py.)
"""

import contextlib
import queue
import socket
from collections.abc import Callable, Sequence

import msgspec

from alerts.ask import Ask
from alerts.canary import Canary
from alerts.command import Command
from alerts.effects import Answered
from alerts.event import Due, Recorded
from alerts.facts import Fact
from alerts.moves import Receipt
from alerts.output_event import OutputAnswered
from devices.codec import Decoded
from devices.device_service import Prepared
from devices.errors import Fault, StoreUnavailable
from devices.message import Text
from devices.reading import Reading

_MOST_WAITING = 20_000


class FromLine(msgspec.Struct, frozen=True):
    """What a line received, and from which peer, where it has several."""

    line: str
    family: str
    decoded: Decoded
    peer: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """One thing that came in and the way to say that it is done.

    ``done`` is called once, after the commit; ``failed`` with the reason instead, if it cannot be. Before that
    ``answered`` is told what came of an ask, or ``faulted`` what is wrong with its fields.
    """

    item: FromLine | Command | Recorded | Reading | Prepared | Due | OutputAnswered | Ask | Fact | Receipt | Canary
    done: Callable[[], None] | None = None
    failed: Callable[[str | Text], None] | None = None
    answered: Callable[[Answered], None] | None = None
    faulted: Callable[[Sequence[Fault]], None] | None = None


class Inbox:
    """A bounded queue from any thread to the pipeline, with a descriptor that wakes it."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Delivery] = queue.Queue(_MOST_WAITING)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def put(self, delivery: Delivery) -> None:
        """Hand in a delivery. Raises StoreUnavailable if the pipeline is hopelessly behind."""
        try:
            self._waiting.put_nowait(delivery)
        except queue.Full:
            raise StoreUnavailable(Text.of("stores.overloaded")) from None
        self.wake()

    def wake(self) -> None:
        """Wake the pipeline without handing in anything."""
        with contextlib.suppress(OSError):  # awake already: the descriptor is full of wake-ups; or closed: too late
            self._writer.send(b"!")

    def take(self, most: int) -> list[Delivery]:
        """Up to ``most`` deliveries, oldest first; never waits."""
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
        taken: list[Delivery] = []
        try:
            while len(taken) < most:
                taken.append(self._waiting.get_nowait())
        except queue.Empty:
            return taken
        self.wake()
        return taken

    def fileno(self) -> int:
        return self._reader.fileno()

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


def refuse(deliveries: list[Delivery], delivery: Delivery, reason: str | Text, faults: Sequence[Fault] = ()) -> None:
    """Answer one of these that it cannot be, and why."""
    deliveries.remove(delivery)
    if faults and delivery.faulted is not None:
        delivery.faulted(faults)
    if delivery.failed is not None:
        delivery.failed(reason)


def answer_to(deliveries: list[Delivery], delivery: Delivery, answer: Answered) -> None:
    """Tell what came of an ask; one that was only checked has nothing that must be stored first."""
    if delivery.answered is not None:
        delivery.answered(answer)
    if isinstance(delivery.item, Ask) and delivery.item.only_check:
        deliveries.remove(delivery)
        if delivery.done is not None:
            delivery.done()


def give_up(deliveries: Sequence[Delivery], reason: Text) -> None:
    """Answer all of these that nothing comes of it."""
    for delivery in deliveries:
        if delivery.failed is not None:
            delivery.failed(reason)
