"""An OSDP bus of card readers, a thread each: polls those that are in service, hands in what they say.

The library frames, encrypts and polls (gateway/transports/osdp_panel.py); what an event means is the codec's. Nothing
that a peer sends ends the thread. Keys go from the key file to the library and nowhere else.
"""

import logging
import random
import select
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from devices.codec import Decoded, Decoder, Key, Message
from devices.device import Device
from devices.errors import MalformedMessage, StoreUnavailable
from devices.message import Text, as_text
from devices.output_orders import OutputOrder, refused
from gateway.clock import Clock
from gateway.transports import osdp_orders
from gateway.transports.osdp_panel import DONE, MOST_READERS, NOT_THERE, Panel, Said, Slot
from gateway.transports.osdp_readers import News, Why, all_silent
from gateway.transports.osdp_scan import Scan
from gateway.transports.serial import open_port

_STEP_S = 0.01
"""The library wants to be called at least every 50 ms."""
_MOST_AT_ONCE = 4_096
_FIRST_RETRY_S = 0.2
_LONGEST_RETRY_S = 10.0
_BUSY_S = 0.1
_TICK_S = 1.0
_THERE_EVERY_S = 15.0
"""A reader that is well has nothing to say, but answers each poll: so often that is told, for its supervision."""
_TAMPER_HOLDS_S = 60.0
_MOST_ORDERS = 64
_KEY_BYTES = 16
CODES = "osdp/codes"
"""The key under which codes typed at a keypad become words that hold none of their digits."""

log = logging.getLogger("keyarea.osdp")

Put = Callable[[Decoded, Callable[[], None], Callable[[str], None]], None]


class Setup(Protocol):
    """A bus as the site file describes it (gateway.site.model.OsdpLine)."""

    @property
    def name(self) -> str: ...
    @property
    def port(self) -> str: ...
    @property
    def baud(self) -> int: ...
    @property
    def plain(self) -> tuple[int, ...]: ...
    @property
    def install(self) -> tuple[int, ...]: ...
    @property
    def scan(self) -> bool: ...


class Port(Protocol):
    """An open serial port."""

    def fileno(self) -> int: ...
    def read(self, size: int, /) -> bytes: ...
    def write(self, data: bytes, /) -> int | None: ...


class OsdpLine:
    """One bus. ``run`` is the body of its thread; ``stop``, ``serve`` and the orders may be called from any other."""

    def __init__(
        self,
        setup: Setup,
        key: Key,
        put: Put,
        clock: Clock,
        on_state: Callable[[str], None],
        decoder: Decoder,
    ) -> None:
        """``key(name)`` is a secret of the key file: ``osdp/<line>/<address>`` for a reader.

        ``put(decoded, done, failed)`` hands in what was read; ``on_state`` hears ``up`` or ``lost: ...``.
        """
        self._setup, self._key, self._put, self._clock, self._on_state = setup, key, put, clock, on_state
        self._decoder = decoder
        self._wanted: tuple[int, ...] = ()
        self._served: tuple[int, ...] | None = None
        self._served_keys: list[bytes | None] = []
        self._panel = Panel((), clock.monotonic)
        self._scan = Scan(setup.scan)
        self._orders: deque[osdp_orders.ReaderTask] = deque()
        self._unanswered = osdp_orders.Unanswered()
        self._shown: dict[int, osdp_orders.ReaderTask] = {}
        """The light of each reader that is to stay as it is."""
        self._stopping = threading.Event()
        self._state = ""
        self._tick_at = self._look_at = 0.0
        self._there_at = 0.0
        self._forged: dict[int, float] = {}
        secret = key(CODES)
        if secret is not None:
            decoder.decode(Message(setup.name, "secret", secret, clock.now()))

    def stop(self) -> None:
        self._stopping.set()

    def serve(self, devices: Sequence[Device]) -> None:
        """These are on the bus from now on."""
        self._wanted = tuple(sorted({int(device.address) for device in devices}))

    def order(self, device: Device, order: OutputOrder, told: osdp_orders.Told) -> None:
        """Have a reader do that, and tell what came of it; from any thread. Raises Refused."""
        command = getattr(self._decoder, "command", None)
        if command is None:
            raise refused("no_such_output", order)
        command_ = osdp_orders.command_of(command(device, order).bus)
        task = osdp_orders.ReaderTask(int(device.address), command_, order, told)
        if osdp_orders.is_for_good(command_):
            self._shown[task.address] = msgspec.structs.replace(task, told=_nothing_told)
        if len(self._orders) >= _MOST_ORDERS or self._state.startswith("lost"):
            raise refused("line_lost", order)
        self._orders.append(task)

    def run(self) -> None:
        """Open, ask, lose, open again, until stopped."""
        setup, pause = self._setup, _FIRST_RETRY_S
        while not self._stopping.is_set():
            try:
                with open_port(setup.port, setup.baud, timeout_s=0) as port:
                    pause = _FIRST_RETRY_S
                    self._work(port)
            except OSError as error:
                self._say(f"lost: {error}")
                self._tell_all(self._panel.detach())
            self._stopping.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
            pause = min(pause * 2, _LONGEST_RETRY_S)

    # -- the bus -------------------------------------------------------------------------------------------

    def _work(self, port: Port) -> None:
        self._panel.attach(port)
        if not self._state or not self._panel.readers:
            self._say("up")
        while not self._stopping.is_set():
            self._take_up(port)
            # The line is awake as soon as something comes, and the library's timers run on when nothing does.
            if select.select([port.fileno()], (), (), _STEP_S)[0]:
                for frame in self._panel.receive(port.read(_MOST_AT_ONCE)):
                    self._scan.heard(frame)
            if self._scan.is_waiting(self._clock.monotonic()):
                continue
            self._carry_out()
            said, news = self._panel.work()
            if self._panel.broken is not None:
                raise self._panel.broken
            for what in said:
                if what.kind == DONE:
                    self._unanswered.answered(what.address, what.what[0], is_done=what.what[1])
                else:
                    self._tell(what)
            self._tell_all(news)
            self._tell_forged()
            self._tell_who_is_there()
            self._tell_time()
            self._look_for_more(port)

    def _take_up(self, port: Port) -> None:
        """Ask those who are on the bus now, with their keys. The library takes no reader out: it is built anew."""
        now = self._clock.monotonic()
        if self._wanted == self._served and now < self._look_at:
            return
        self._look_at = now + _TICK_S
        wanted = self._wanted
        keys = [self._key(self._key_name(address)) for address in wanted]
        if (wanted, keys) == (self._served, self._served_keys):
            return
        self._served, self._served_keys = wanted, keys
        self._panel.close()
        slots = [self._slot(address) for address in wanted]
        self._panel = Panel([slot for slot in slots if slot is not None][:MOST_READERS], self._clock.monotonic)
        self._panel.attach(port)

    def _key_name(self, address: int) -> str:
        return f"osdp/{self._setup.name}/{address}"

    def _slot(self, address: int) -> Slot | None:
        """The reader as the panel asks it; told and None if it may not be asked."""
        setup, name = self._setup, self._key_name(address)
        key = self._key(name)
        if key is not None and len(key) != _KEY_BYTES:
            why = Text.of("osdp_bus.odd_key", name=name)
        elif key is None and address not in setup.plain:
            why = Text.of("osdp_bus.no_key", name=name)
        else:
            may_be_given_key = key is not None and address in setup.install
            if may_be_given_key:
                log.warning(
                    "line %s: reader %d may be given its key; then take it out of 'install'", setup.name, address
                )
            return Slot(address, key, may_be_given_key)
        self._tell(Said(address, "state", {"online": False, "channel": "fault", "why": why}))
        return None

    def _carry_out(self) -> None:
        while self._orders:
            task = self._orders.popleft()
            problem = self._panel.order(task.address, task.command)
            if not problem:
                self._unanswered.add(task)
                continue
            is_away = as_text(problem).key == NOT_THERE
            task.lost("not_there" if is_away else "device_refused")
            if not (is_away and task.address in self._wanted and osdp_orders.is_for_good(task.command)):
                self._hand_in(Decoded(malformed=Text.of("osdp_bus.not_carried_out", problem=problem)))

    def _look_for_more(self, port: Port) -> None:
        for address, identity in self._scan.found():
            self._tell(Said(address, "id", identity))
            self._tell(Said(address, "state", {"online": True}))
        now = self._clock.monotonic()
        if self._panel.is_quiet(now):
            question = self._scan.next(self._served or (), now)
            if question:
                port.write(question)

    # -- telling -------------------------------------------------------------------------------------------

    def _say(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)

    def _tell_all(self, news: list[tuple[int, News]]) -> None:
        for address, told in news:
            if not told.is_online:
                self._unanswered.gone(address)
            elif address in self._shown:
                self._orders.append(self._shown[address])
            if told.why is None and told.away_s:
                away = Text.of("osdp_bus.away", seconds=told.away_s)
                self._tell(Said(address, "state", {"why": away}))
                continue
            why = told.why.text if told.why is not None else ""
            state: dict[str, Any] = {"online": told.is_online}
            if told.is_online or told.why is not Why.LINE:
                state["channel"] = "fault" if told.why is not None and told.why.is_fault else "good"
            self._tell(Said(address, "state", {**state, "why": why}))
        if news and self._state.startswith("lost") and any(told.is_online for _, told in news):
            self._say("up")
        if all_silent(self._panel.readers):
            count = len(self._panel.readers)
            whose = "its reader does not answer" if count == 1 else f"none of its {count} readers answers"
            self._say(f"lost: {whose}")

    def _tell_who_is_there(self) -> None:
        now = self._clock.monotonic()
        if now >= self._there_at:
            self._there_at = now + _THERE_EVERY_S
            for reader in self._panel.readers:
                if reader.answers(now):
                    self._tell(Said(reader.address, "state", {"online": True}))

    def _tell_forged(self) -> None:
        """Somebody without the key has spoken as a reader: that is told once, and that it is over after a minute."""
        now = self._clock.monotonic()
        forged, self._panel.forged = set(self._panel.forged), []
        for address in forged:
            if address not in self._forged:
                why = "something came in its name without its key, and was not believed: look at the cable"
                self._tell(Said(address, "state", {"line": "tamper", "why": why}))
            self._forged[address] = now
        for address in [address for address, at in self._forged.items() if now - at > _TAMPER_HOLDS_S]:
            del self._forged[address]
            self._tell(Said(address, "state", {"line": "good"}))

    def _tell_time(self) -> None:
        now = self._clock.monotonic()
        if now >= self._tick_at:
            self._tick_at = now + _TICK_S
            decoded = self._decoder.decode(Message(self._setup.name, "time", b"", self._clock.now()))
            if decoded.reports:
                self._hand_in(decoded)

    def _tell(self, said: Said) -> None:
        address = f"{said.address}/{said.kind}"
        message = Message(self._setup.name, address, msgspec.json.encode(said.what), self._clock.now(), said.is_found)
        try:
            decoded = self._decoder.decode(message)
        except MalformedMessage as error:
            decoded = Decoded(
                malformed=Text.of("osdp_bus.reader", reader=said.address, kind=said.kind, problem=error.text)
            )
        if decoded.reports or decoded.malformed or decoded.notes:
            self._hand_in(decoded)

    def _hand_in(self, decoded: Decoded) -> None:
        while not self._stopping.is_set():
            try:
                self._put(decoded, _nothing, _nothing_for)
            except StoreUnavailable:
                # The pipeline is behind; a reader keeps what it has until it is asked.
                self._stopping.wait(_BUSY_S)
            else:
                return


def _nothing_told(_step: str, _why: Text | None) -> None:
    """A light that is shown again was answered the first time."""


def _nothing() -> None:
    """OSDP has no word for "it is stored"."""


def _nothing_for(_reason: str) -> None:
    """Nor for "it is not"."""
