"""Births, data and deaths in their order: which node lives, what its aliases mean, and whether a message was missed.

Only a birth says what an alias, a datatype and a unit are, so whatever comes without one is read as far as it speaks
for itself: flags and texts by name. A number waits for the birth (80 may be °F), and the node is asked for it.

Data comes at QoS 0: what was said while gateway or broker was away is gone, and ``seq`` shows it only when the node
speaks next. So at each connection every node that is known, or of which a device is installed, is asked for a
rebirth, 20 a second and 2,000 at most, but for those that were born meanwhile; deploy/mosquitto/mosquitto.conf keeps
QoS 0 messages for a session that is away. A will takes with it also the installed devices of its node of which no
birth is known. To publish ``STATE`` as a primary host was rejected: the nodes would stop when this gateway does. The
price: a site of 2,000 nodes is asked for 100 s after each connection, and brokers other than Mosquitto need their own
word for keeping QoS 0.
"""

from collections.abc import Iterable
from itertools import islice

import msgspec

from devices.codec import KEPT, Decoded, Message, Report
from devices.codecs.sparkplug.data import data, in_time, time_of, values_of
from devices.codecs.sparkplug.meaning import (
    fault_of,
    is_firmware,
    is_model,
)
from devices.codecs.sparkplug.scope import Scope, told_by
from devices.codecs.sparkplug.wire import LONGEST_NAME, Payload, Scalar, read, rebirth_request
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.not_understood import Note, bounded
from devices.reading import SECOND, Instant

_MOST_NODES = 2_000
_MOST_METRICS = 2_000
_MOST_METRICS_IN_ALL = 100_000
_MOST_DEVICES = 500
_MOST_PROBLEMS = 20
_BETWEEN_REQUESTS: Instant = 10 * SECOND
_MOST_ASKED = 2_000
_ASKED_AT_ONCE = 10
_OF_NODES = frozenset({"NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA"})
_OF_HOSTS = frozenset({"NCMD", "DCMD"})


class _Node(msgspec.Struct):
    own: Scope
    devices: dict[str, Scope] = {}
    bd_seq: Scalar | None = None
    seq: int | None = None
    asked: Instant | None = None
    alive: bool = False

    @property
    def size(self) -> int:
        return self.own.size + sum(scope.size for scope in self.devices.values())


class SparkplugDecoder:
    """The nodes of one namespace. What happens at the bounds is said in the package's docstring."""

    def __init__(self, base: str) -> None:
        self._base = base + "/"
        self._nodes: dict[str, _Node] = {}
        self._size = 0
        self._installed: dict[str, set[str]] = {}
        """Devices by node, as they were installed at the last connection: they have no birth here after a start."""
        self._to_ask: dict[str, None] = {}
        """Nodes that are to tell everything anew, in order."""

    def connected(self, installed: Iterable[str]) -> None:
        """What was said meanwhile may be lost (data come at QoS 0): every node that matters tells it anew."""
        self._installed = {}
        for address in installed:
            group, name, *device = [*address.split("/"), ""][:3]
            self._installed.setdefault(f"{group}/{name}", set()).update([address] if device[0] else [])
        self._to_ask = dict.fromkeys(islice((*self._installed, *self._nodes), _MOST_ASKED))

    def to_ask(self, now: Instant) -> tuple[tuple[str, bytes], ...]:
        """The next few that have not been born since: all at once would be a flood of births."""
        asked: list[tuple[str, bytes]] = []
        for address in list(self._to_ask)[:_ASKED_AT_ONCE]:
            del self._to_ask[address]
            node = self._nodes.get(address)
            if node is not None:
                node.asked = now
            asked.append(self._request(address, now))
        return tuple(asked)

    def _request(self, address: str, now: Instant) -> tuple[str, bytes]:
        group, _, name = address.partition("/")
        return f"{self._base}{group}/NCMD/{name}", rebirth_request(now // 1_000_000)

    def decode(self, message: Message) -> Decoded:
        place = self._place(message.address)
        if place is None:
            return Decoded()
        group, kind, name, device = place
        if message.source == KEPT:
            return self._recalled(f"{group}/{name}", device, message)
        if message.retained:
            raise MalformedMessage(Text.of("sparkplug.retained"))
        payload = read(message.payload)
        address = f"{group}/{name}"
        if kind == "NDEATH":
            return self._node_died(address, payload)
        node, problem = self._known(address)
        is_missing, missed = _follow(node, kind, payload.seq)
        problems: list[Reason] = [fault for fault in (problem, missed, payload.problem) if fault]
        notes: list[Note] = []
        stands: tuple[tuple[str, tuple[str, ...]], ...] = ()
        where = f"{address}/{device}" if device else address
        if kind == "DDEATH":
            self._put(node, device, (node.devices.get(device) or Scope()).without_aliases())
            reports = [Report(where, (("online", False),), time_of(payload.timestamp, problems))]
        elif kind.endswith("BIRTH"):
            self._to_ask.pop(address, None)
            reports = self._born(node, where, device, payload, problems, notes)
            stands = ((message.address, (where,)),)
        else:
            scope = (node.devices.get(device) if device else node.own) or Scope()
            is_missing |= not scope.born
            reports, is_strange = data(where, scope, payload, problems, notes)
            is_missing |= is_strange
            if not reports and not problems:
                reports = [Report(where, (("online", True),), time_of(payload.timestamp, problems))]
        publish: tuple[tuple[str, bytes], ...] = ()
        if is_missing and not problem and (node.asked is None or message.received - node.asked >= _BETWEEN_REQUESTS):
            node.asked = message.received
            publish = (self._request(address, message.received),)
        if problems and not reports and not publish and not notes:
            raise MalformedMessage(problems[0])
        raw = message.payload[:200] if problems or notes else b""
        notes += [Note(problem) for problem in problems[1:_MOST_PROBLEMS]]
        malformed = problems[0] if problems else ""
        return Decoded(
            tuple(reports), publish=publish, malformed=malformed, notes=bounded(notes), raw=raw, stands=stands
        )

    def _recalled(self, address: str, device: str, message: Message) -> Decoded:
        """A birth from before the gateway's start: its names mean now what they meant; its aliases may not."""
        payload = read(message.payload)
        node, problem = self._known(address)
        where = f"{address}/{device}" if device else address
        if not problem and not (device and len(node.devices) >= _MOST_DEVICES):
            told = told_by([metric for metric in payload.metrics if metric.name])
            if told.size <= min(_MOST_METRICS - node.size, _MOST_METRICS_IN_ALL - self._size):
                self._put(node, device, told.without_aliases())
        return Decoded(stands=((message.address, (where,)),))

    def _place(self, topic: str) -> tuple[str, str, str, str] | None:
        """(group, message type, node, device or nothing), None for what hosts say."""
        if not topic.startswith(self._base):
            raise MalformedMessage(Text.of("sparkplug.base", start=self._base))
        group, kind, name, device, *more = [*topic.removeprefix(self._base).split("/"), "", "", ""]
        if group == "STATE" or kind in _OF_HOSTS:
            return None
        if kind not in _OF_NODES or not group or not name or any(more) or (kind[0] == "D") != bool(device):
            raise MalformedMessage(Text.of("sparkplug.topic"))
        if len(group + name + device) > LONGEST_NAME or {"+", "#", "\0"} & set(group + name + device):
            raise MalformedMessage(Text.of("sparkplug.names", most=LONGEST_NAME))
        return group, kind, name, device

    def _known(self, address: str) -> tuple[_Node, Reason]:
        """The node, and why it is not remembered, if so: dead ones make room for new ones, living ones do not."""
        node = self._nodes.get(address)
        if node is not None:
            return node, ""
        if len(self._nodes) >= _MOST_NODES:
            dead = next((known for known, node in self._nodes.items() if not node.alive), None)
            if dead is None:
                return _Node(Scope()), Text.of("sparkplug.nodes", most=_MOST_NODES)
            self._size -= self._nodes.pop(dead).size
        return self._nodes.setdefault(address, _Node(Scope())), ""

    def _node_died(self, address: str, payload: Payload) -> Decoded:
        """Node and devices are gone, unless the will is an older session's (bdSeq, 6.4.21)."""
        node = self._nodes.get(address)
        told = _bd_seq(payload)
        gone = [address]
        if node is not None:
            if told is not None and node.bd_seq is not None and told != node.bd_seq:
                return Decoded()
            node.alive = False
            self._put(node, "", node.own.without_aliases())
            for device, scope in node.devices.items():
                self._put(node, device, scope.without_aliases())
                gone.append(f"{address}/{device}")
        gone += sorted(self._installed.get(address, set()) - {*gone})
        # The will was written when the node connected, so its timestamp is not the time of death.
        return Decoded(tuple(Report(where, (("online", False),)) for where in gone))

    def _put(self, node: _Node, device: str, scope: Scope) -> None:
        old = node.devices.get(device) if device else node.own
        self._size += scope.size - (old.size if old is not None else 0)
        if device:
            node.devices[device] = scope
        else:
            node.own = scope

    def _room_for(self, scope: Scope, node: _Node, old: Scope) -> bool:
        """Whether it may be remembered. Names of the dead are the first to be forgotten."""
        if scope.size > _MOST_METRICS - node.size + old.size:
            return False
        if scope.size > _MOST_METRICS_IN_ALL - self._size + old.size:
            for other in self._nodes.values():
                if not other.alive and other is not node:
                    self._put(other, "", Scope())
                    for device in other.devices:
                        self._put(other, device, Scope())
        return scope.size <= _MOST_METRICS_IN_ALL - self._size + old.size

    def _born(
        self, node: _Node, where: str, device: str, payload: Payload, problems: list[Reason], notes: list[Note]
    ) -> list[Report]:
        """The birth, remembered if the bounds allow, as reports: it is there, and how it stands.

        What was there all the time and is only told anew is no snapshot: a door that opened in a message that was
        lost has opened.
        """
        old = node.devices.get(device, Scope()) if device else node.own
        was_there = old.born or old.was_there
        if not device:
            bd_seq = _bd_seq(payload)
            was_there = node.alive and bd_seq is not None and bd_seq == node.bd_seq
            for name, scope in node.devices.items():
                self._put(node, name, scope.without_aliases(was_there=was_there and scope.born))
            node.bd_seq, node.alive = bd_seq, True
        metrics = [metric for metric in payload.metrics if metric.name]
        told = told_by(metrics, old)
        if not self._room_for(told, node, old):
            problems.append(Text.of("sparkplug.metrics_of_node", most=_MOST_METRICS))
            self._put(node, device, Scope(born=True))
        elif device and device not in node.devices and len(node.devices) >= _MOST_DEVICES:
            problems.append(Text.of("sparkplug.devices_of_node", most=_MOST_DEVICES))
        else:
            self._put(node, device, told)
        problems += [fault for sense in told.names.values() if (fault := fault_of(sense))]
        at = time_of(payload.timestamp, problems)
        values, past, _ = values_of(told, payload, problems, notes)
        live = tuple((signal, value) for _, signal, value in values)
        model = next((str(m.value)[:100] for m in metrics if isinstance(m.value, str) and is_model(m.name)), "")
        firmware = next((text for m in metrics if is_firmware(m.name) and (text := _version(m.value))), "")
        reports = [
            Report(where, (("online", True),), at, model=model, firmware=firmware),
            *in_time(where, past, snapshot=True),
        ]
        return [*reports, Report(where, live, at, not was_there, model, firmware)] if live else reports


def _follow(node: _Node, kind: str, seq: int | None) -> tuple[bool, Reason]:
    """Whether a birth is missing, and what to tell of it: each message but NDEATH counts on, from 255 to 0 (6.4.2)."""
    if seq is not None and seq > 255:
        return False, Text.of("sparkplug.no_seq", seq=seq)
    last, node.seq = node.seq, seq
    if kind == "NBIRTH":
        return False, ""
    if not node.alive:
        return True, ""
    if last is None or seq is None or seq in (last, (last + 1) % 256):  # the same again: repeated after a crash
        return False, ""
    return True, Text.of("sparkplug.lost", seq=seq, last=last)


def _version(value: Scalar | None) -> str:
    """A version as text; a bare true is none."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)[:40].strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _bd_seq(payload: Payload) -> Scalar | None:
    return next((metric.value for metric in payload.metrics if metric.name == "bdSeq"), None)
