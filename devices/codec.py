"""The one interface that a device family implements: bytes in, values out, no socket in sight."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from devices.keypad import Keyed
from devices.message import Reason, Text
from devices.payloads.not_understood import Note
from devices.reading import Instant, Value

Key = Callable[[str], bytes | None]


KEPT = "kept"
"""The source of an announcement that the gateway had kept: what is announced live goes before it."""


class Message(msgspec.Struct, frozen=True, gc=False):
    """What a transport received: ``source`` names the transport or line, ``address`` is the MQTT topic."""

    source: str
    address: str
    payload: bytes
    received: Instant
    retained: bool = False


class Report(msgspec.Struct, frozen=True):
    """What one device said in one message. ``address`` is the family's own name of the device.

    ``time`` is the source's, None where it gave none. ``snapshot`` marks a state dump that is no transition.
    ``model`` is what the device says it is, ``announced`` the signals that it says it has, though they may have had no
    value yet (both for the guess in quarantine); ``firmware`` is the version that it runs.

    ``event``: its flags are events of which the protocol may never tell the end: one that is told again is a new
    occurrence, which sounds again. ``reset``: on a line, the panel at this address was reset: what it and the parts
    behind it had in alarm is over, before the values of this report count. Behind it is every address that begins with
    its own and ``/`` or ``.``; the panel itself need not be installed, and the report may have no values.
    ``reset_of``: of these signals alone and their channels, as a user cancels a burglary alarm and no fire.
    ``keyed``: what somebody typed or showed there to arm or disarm.
    """

    address: str
    values: tuple[tuple[str, Value], ...]
    time: Instant | None = None
    snapshot: bool = False
    model: str = ""
    firmware: str = ""
    announced: tuple[str, ...] = ()
    event: bool = False
    reset: bool = False
    reset_of: tuple[str, ...] = ()
    keyed: tuple[Keyed, ...] = ()


class Decoded(msgspec.Struct, frozen=True):
    """All that follows from one message or frame; nothing was done yet.

    ``confirm`` goes back on the line after the commit, ``deny`` if it fails. ``publish`` are (topic, payload)
    to send, ``subscribe`` topics that the family now needs. ``malformed`` says what was wrong with ``raw``; ``notes``
    are what it says of alarms and faults that the family does not understand (devices/payloads/not_understood.py).
    ``said`` is the line's own name for this: the line hears of it when it is stored, or could not be.
    ``stands``: (topic, addresses), what was said there last is what gives these devices' words their meaning; it is
    kept over restarts for the installed ones among them. With no addresses it means nothing any more.
    """

    reports: tuple[Report, ...] = ()
    confirm: bytes = b""
    deny: bytes = b""
    publish: tuple[tuple[str, bytes], ...] = ()
    subscribe: tuple[str, ...] = ()
    malformed: Reason = ""
    notes: tuple[Note, ...] = ()
    raw: bytes = b""
    said: Any = None
    stands: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Decoder(Protocol):
    """A family at work on one broker. Raises MalformedMessage; nothing else, whatever the bytes.

    One whose devices take orders has ``command(device, order)``, which returns Commands or raises Refused
    (devices/output_orders.py), as a Line may have, too; its codec then says ``takes_orders = True``, and
    ``feedback(what, channel)`` which signal says how an output stands, where that is not the usual one.

    One that asks its devices anew when the broker is there (again) has ``connected(addresses)``, those of the installed
    ones, and ``to_ask(now)``, which returns the next (topic, payload) to publish and is called twice a second.
    """

    def decode(self, message: Message) -> Decoded: ...


class Line(Protocol):
    """A family at work on one serial or socket line (sans-I/O, after h11).

    ``settled(said, is_stored)`` tells of each Decoded that had a ``said``, once, in the line's own thread.
    """

    def receive(self, data: bytes, now: Instant) -> list[Decoded]: ...
    def to_send(self, now: Instant) -> bytes: ...
    def wake_at(self) -> Instant | None: ...
    def closed(self, now: Instant) -> None: ...
    def settled(self, said: Any, *, is_stored: bool) -> None: ...


class DeviceTopics(msgspec.Struct, frozen=True):
    """What one device needs at the broker: where it speaks and where it listens (wildcards allowed)."""

    write: tuple[str, ...]
    read: tuple[str, ...] = ()


class MqttCodec(Protocol):
    """``base`` is the default topic prefix; ``topics(base)`` the subscriptions; ``open(base)`` a fresh decoder.

    A family whose devices sign in at the broker themselves also has ``device_topics(base, address)``, which returns
    DeviceTopics. Without it they come through a converter, which signs in for all of them.
    A family of which the first level below the base does not tell one sender from another has ``sender(base, topic)``:
    a flood of one then holds up no other.
    A family whose topics are a guess says ``yields = True``: others' devices that announce such a topic go before it.
    A family whose decoder must know who is installed has ``open_for(base, is_installed)`` besides; it asks by address.
    """

    family: str
    base: str

    def topics(self, base: str) -> tuple[str, ...]: ...
    def open(self, base: str) -> Decoder: ...


class LineCodec(Protocol):
    """A family on serial and socket lines. ``options`` is the struct of its own settings in the site file.

    ``open_line(name, options, key)`` returns what starts a session on the line of that name: one for each cable,
    connection or datagram peer. What sessions share (which frames were seen) they share through it. ``key(name)``
    is a secret of the gateway's key file, None where it holds none.
    A family whose panels watch their own components and zones, which speak only when something happens, says
    ``answers_for_parts = True``: such a part is there as long as its panel is. One whose panels prove nothing and call
    from one address each says ``one_caller = True``: that address is learnt, and others end no alarm.
    """

    family: str
    options: type[msgspec.Struct]

    def open_line(self, name: str, options: Any, key: Key) -> Callable[[], Line]: ...


class BusCodec(Protocol):
    """A family whose bus a library works (gateway/transports): ``decode`` makes sense of what that has read.

    ``refuses(address)`` says why no device on the bus can have that address, None if one can.
    """

    family: str

    def open_bus(self) -> Decoder: ...
    def refuses(self, address: str) -> Text | None: ...
