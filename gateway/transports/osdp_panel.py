"""libosdp at work on one bus: its readers, what they said, who of them came and went.

Its Python binding has holes that are closed here: a callback must
not raise, an event stays in memory unless it is emptied, nobody may ask for the status of more than 32 readers.

libosdp (PyPI, Apache 2.0, C with a Python binding) is the only library for OSDP that is alive, and nobody should write
a secure channel twice. It is called at least every 10 ms from the line's own thread: its wrapper's thread sleeps 20 ms,
has unbounded queues and prints. Status is not asked and its log is off; why a reader is lost we say ourselves. A bus
takes 126 readers; biometrics, smart cards, file transfer and text are left out.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import osdp_sys

from devices.message import Reason, Text
from gateway.transports.osdp_frames import Frame, Framer, passes
from gateway.transports.osdp_orders import NAMES, NEEDS, Command, status
from gateway.transports.osdp_readers import News, Phase, Reader, dead, due, one_is_back

MOST_READERS = 126
"""OSDP_PD_MAX: libosdp writes past its arrays with more."""
_ANSWERS_WITHIN_S = 0.25
_LOUDEST_ONLY = osdp_sys.LOG_EMERG
DONE = "done"
NOT_THERE = "osdp_bus.not_there"
"""The kind of word by which a reader answers an order: ``[command, whether it was done]``. No word for the codec."""
_STATUS_KINDS = {
    osdp_sys.STATUS_REPORT_LOCAL: "local",
    osdp_sys.STATUS_REPORT_INPUT: "inputs",
    osdp_sys.STATUS_REPORT_OUTPUT: "outputs",
    osdp_sys.STATUS_REPORT_REMOTE: "heads",
}


class Said(msgspec.Struct, frozen=True):
    """What a reader said, in the words of devices/codecs/osdp. ``is_found``: it is how things were found."""

    address: int
    kind: str
    what: Any
    is_found: bool = False


class Wire(Protocol):
    """The port: ``write`` takes it all or raises OSError."""

    def write(self, data: bytes, /) -> int | None: ...


class Slot(msgspec.Struct, frozen=True):
    """A place on the panel. ``key`` is None for a reader that may speak unencrypted.

    ``may_be_given_key``: a new reader is taken under the key that all know, and given its own.
    """

    address: int
    key: bytes | None
    may_be_given_key: bool = False


def _ignore(*_: object) -> int:
    return 0


class _Channel:
    """What the library reads and writes for one reader: whole frames of that reader, and nothing raised."""

    id = 1

    def __init__(self, ask: Callable[[bytes], object]) -> None:
        self._ask = ask
        self.pending = bytearray()
        self.is_shut = False

    def read(self, most: int) -> bytes:
        taken = bytes(self.pending[:most])
        del self.pending[:most]
        return taken

    def write(self, data: bytes) -> int:
        self.pending.clear()
        if self.is_shut:
            return -1
        self._ask(data)
        return len(data)

    def flush(self) -> None:
        self.pending.clear()

    def close(self) -> None:
        """The library keeps a channel for ever; let it be a small one."""
        self.pending.clear()
        self._ask = _ignore


class Panel:
    """The control panel side for the readers of one bus; everything is called from the line's own thread."""

    def __init__(self, slots: Sequence[Slot], monotonic: Callable[[], float]) -> None:
        self.readers = [Reader(slot.address, slot.key is not None) for slot in slots]
        self.broken: OSError | None = None
        """What went wrong with the wire while the library wrote to it."""
        self.forged: list[int] = []
        """Readers as which somebody spoke without their key, since that was last asked."""
        self._wire: Wire | None = None
        self._asked_at = -math.inf
        self._monotonic = monotonic
        self._framer = Framer()
        self._by_address = {reader.address: index for index, reader in enumerate(self.readers)}
        self._channels = [_Channel(self._asks(reader)) for reader in self.readers]
        self._came: list[tuple[int, dict[str, Any]]] = []
        self._finding: list[set[str]] = [set() for _ in slots]
        self._questions: list[list[int]] = [[] for _ in slots]
        """Kinds of status that a reader is still to be asked for; the first is under way."""
        self._refused: list[set[tuple[int, int]]] = [set() for _ in slots]
        """(command, kind of status) that a reader has refused: it is not asked for that again."""
        self._library: Any = None
        osdp_sys.set_loglevel(_LOUDEST_ONLY)  # it would print to our output; why a reader is lost we say ourselves
        if slots:
            self._library = osdp_sys.ControlPanel([self._description(index, slot) for index, slot in enumerate(slots)])
            self._library.set_event_callback(self._event)

    def close(self) -> None:
        """Let go of the library, which would otherwise hold on to us and we to it."""
        if self._library is not None:
            self._library.set_event_callback(_ignore)
            self._library = None
        for channel in self._channels:
            channel.close()

    def attach(self, wire: Wire) -> None:
        """Work on this wire from now on: all readers are taken up anew."""
        self._wire, self.broken = wire, None
        self._framer.clear()
        for index, reader in enumerate(self.readers):
            reader.line_back(self._monotonic())
            self._channels[index].is_shut = True

    def detach(self) -> list[tuple[int, News]]:
        """The wire is gone; what is to be told of the readers."""
        self._wire = None
        found = [(reader.address, reader.lost_with_its_line()) for reader in self.readers]
        return [(address, news) for address, news in found if news is not None]

    def receive(self, data: bytes) -> list[Frame]:
        """Hand what came to the library, reader by reader; the frames of readers that are none of ours come back."""
        foreign = []
        for frame in self._framer.feed(data):
            index = self._by_address.get(frame.address)
            if index is None:
                foreign.append(frame)
                continue
            reader = self.readers[index]
            if passes(frame, is_keyed=reader.is_keyed):
                reader.heard(self._monotonic(), is_key_answer=frame.is_key_answer)
                self._channels[index].pending += frame.raw
                self._asked_at = -math.inf
            elif reader.is_keyed:
                self.forged.append(reader.address)
        return foreign

    def is_quiet(self, now: float) -> bool:
        """Nobody has been asked who may still answer."""
        return now - self._asked_at > _ANSWERS_WITHIN_S

    def work(self) -> tuple[list[Said], list[tuple[int, News]]]:
        """One step of the library: what readers said, and which of them came and went."""
        said: list[Said] = []
        news: list[tuple[int, News | None]] = []
        if self._library is None:
            return [], []
        self._library.refresh()
        came, self._came = self._came, []
        for index, event in came:
            if event.get("event") == osdp_sys.EVENT_NOTIFICATION:
                news.append((self.readers[index].address, self._notified(index, event, said)))
            elif self.readers[index].phase is Phase.ONLINE:
                self._understand(index, event, said)
        now = self._monotonic()
        for index in due(self.readers, now):
            self._take_up(index)
        for index, reader in enumerate(self.readers):
            if reader.is_hopeless(now):
                reader.dropped(now, dead(self.readers))
                self._channels[index].is_shut = True
            news.append((reader.address, reader.overdue(now)))
        return said, [(address, told) for address, told in news if told is not None]

    # -- what readers are told -----------------------------------------------------------------------------

    def order(self, address: int, command: Command) -> Reason:
        """Have a reader do that; why it can't, "" if it is under way."""
        index = self._by_address.get(address)
        if index is None or self.readers[index].phase is not Phase.ONLINE:
            return Text.of(NOT_THERE, reader=address)
        which = command["command"]
        if which in NEEDS and not self._can(index, NEEDS[which]):
            return Text.of("osdp_bus.lacks", reader=address, what=NAMES[which])
        if (which, 0) in self._refused[index]:
            return Text.of("osdp_bus.refused", reader=address, what=NAMES[which])
        return "" if self._library.submit_command(index, command) else Text.of("osdp_bus.busy", reader=address)

    def _can(self, index: int, capability: int) -> bool:
        level, _ = self._library.check_capability(index, capability)
        return bool(level)

    # -- the library ---------------------------------------------------------------------------------------

    def _description(self, index: int, slot: Slot) -> dict[str, Any]:
        flags = osdp_sys.FLAG_ENABLE_NOTIFICATION
        if slot.key is not None:
            flags |= osdp_sys.FLAG_INSTALL_MODE if slot.may_be_given_key else osdp_sys.FLAG_ENFORCE_SECURE
        channel = self._channels[index]
        return {
            "name": str(slot.address),
            "address": slot.address,
            "flags": flags,
            "scbk": slot.key,
            "channel": channel,
        }

    def _asks(self, reader: Reader) -> Callable[[bytes], None]:
        def ask(data: bytes) -> None:
            self._asked_at = self._monotonic()
            reader.asked(self._asked_at)
            self._framer.clear()
            if self._wire is None:
                return
            try:
                self._wire.write(data)
            except OSError as error:
                self.broken = error

        return ask

    def _event(self, index: int, event: dict[str, Any]) -> int:
        """The library's callback; it lets no exception through and keeps the event for ever."""
        self._came.append((index, dict(event)))
        event.clear()
        return 0

    def _take_up(self, index: int) -> None:
        """Off and on again in the library, because that is how it begins anew before five minutes are over."""
        if self._library.is_pd_enabled(index):
            self._library.disable_pd(index)
            return
        self._channels[index].is_shut = False
        self._library.enable_pd(index)
        self.readers[index].tried()

    def _notified(self, index: int, event: Mapping[str, int], said: list[Said]) -> News | None:
        reader, now = self.readers[index], self._monotonic()
        what, is_so = event["type"], bool(event["arg0"])
        if what == osdp_sys.EVENT_NOTIFICATION_SC_STATUS:
            reader.is_secured = is_so and not event["arg1"]
            return None
        if what == osdp_sys.EVENT_NOTIFICATION_COMMAND:
            self._answered(index, event["arg0"], is_done=bool(event["arg1"]), said=said)
            return None
        if what != osdp_sys.EVENT_NOTIFICATION_PD_STATUS or reader.phase is Phase.OFF:
            return None
        if not is_so or (reader.is_keyed and not reader.is_secured):
            reader.dropped(now)
            self._channels[index].is_shut = True
            return None
        said.append(Said(reader.address, "id", self._identity(index), is_found=True))
        self._ask_how_it_is(index)
        if reader.fails:
            one_is_back(self.readers, now)
        return reader.came(now)

    def _identity(self, index: int) -> dict[str, int]:
        known = self._library.get_pd_id(index)
        unsigned = {name: value & 0xFFFFFFFF for name, value in known.items()}
        return {
            "vendor": unsigned["vendor_code"],
            "model": unsigned["model"],
            "version": unsigned["version"],
            "serial": unsigned["serial_number"],
            "firmware": unsigned["firmware_version"],
        }

    def _ask_how_it_is(self, index: int) -> None:
        """Tamper and power, and inputs and outputs where it has some: the library will not ask by itself."""
        self._finding[index] = set(_STATUS_KINDS.values())
        wanted = [osdp_sys.STATUS_REPORT_LOCAL]
        wanted += [osdp_sys.STATUS_REPORT_INPUT] * self._can(index, osdp_sys.CAP_CONTACT_STATUS_MONITORING)
        wanted += [osdp_sys.STATUS_REPORT_OUTPUT] * self._can(index, osdp_sys.CAP_OUTPUT_CONTROL)
        self._questions[index] = [which for which in wanted if (osdp_sys.CMD_STATUS, which) not in self._refused[index]]
        self._ask_next(index)

    def _ask_next(self, index: int) -> None:
        questions = self._questions[index]
        if questions:
            self._library.submit_command(index, status(questions[0]))

    def _answered(self, index: int, command: int, *, is_done: bool, said: list[Said]) -> None:
        """A command was carried out, or refused; or the reader has gone meanwhile, which is no refusal."""
        reader, questions, which = self.readers[index], self._questions[index], 0
        if command == osdp_sys.CMD_STATUS and questions:
            which = questions.pop(0)
        if command in NEEDS:
            said.append(Said(reader.address, DONE, (command, is_done)))
        if is_done:
            self._ask_next(index)
        elif self._monotonic() - reader.up_at < _ANSWERS_WITHIN_S:
            self._refused[index].add((command, which))
            refused = NAMES.get(command, Text.of("osdp_bus.command"))
            said.append(Said(reader.address, "state", {"why": Text.of("osdp_bus.has_refused", what=refused)}))

    def _understand(self, index: int, event: Mapping[str, Any], said: list[Said]) -> None:
        address, what = self.readers[index].address, event.get("event")
        if what == osdp_sys.EVENT_CARDREAD:
            card = {"reader": event["reader_no"], "format": event["format"], "data": event["data"].hex()}
            said.append(Said(address, "card", {**card, "bits": event.get("length", 0)}))
        elif what == osdp_sys.EVENT_KEYPRESS:
            said.append(Said(address, "keys", {"reader": event["reader_no"], "data": event["data"].hex()}))
        elif what == osdp_sys.EVENT_STATUS and event["type"] in _STATUS_KINDS:
            kind = _STATUS_KINDS[event["type"]]
            is_found = kind in self._finding[index]
            self._finding[index].discard(kind)
            said.append(Said(address, kind, list(event["report"]), is_found))
