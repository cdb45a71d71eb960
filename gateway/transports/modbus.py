"""A Modbus bus, a thread each: asks the units in turn (RTU on a serial port, or Modbus TCP), hands in their values.

pymodbus frames and checks; who is asked when is gateway/transports/modbus_polls.py's; what registers mean, the
codec's. A unit that is silent is offline, a line that is gone is a state; neither ends the thread, and nothing that a
peer sends can.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence

import msgspec
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ModbusPDU

from devices.codec import Decoded, Decoder, Message, Report
from devices.device import Device
from devices.errors import MalformedMessage, StoreUnavailable
from devices.message import Reason, Text
from devices.modbus_map import BIT_KINDS, RegisterMap
from devices.output_orders import OutputOrder, refused
from gateway.clock import Clock
from gateway.transports.modbus_client import MOST_UNREAD, Client, Flooded, Setup, client_for, opened, unread
from gateway.transports.modbus_identity import IDENTIFY, revision_of
from gateway.transports.modbus_polls import FAILS_UNTIL_OFFLINE, Poll, Polls, due_at, payload_size
from gateway.transports.modbus_stream import LATE_S, LATE_SERIAL_S, Pairing
from gateway.transports.modbus_told import Parts, nothing, nothing_for, online, payload, reason, unreadable
from gateway.transports.modbus_writes import Told, Writes

_FIRST_RETRY_S = 0.2
_LONGEST_RETRY_S = 10.0
_BUSY_S = 0.1
_LONGEST_PAUSE_S = 0.25
"""Between two looks at what is to be written."""
_REOPEN_AFTER = 3
_KEPT = 200
_FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
_NO_PATH, _NO_TARGET = 0x0A, 0x0B
"""Exception codes of a gateway behind which nobody answers."""
_REFUSALS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
}

Put = Callable[[Decoded, Callable[[], None], Callable[[str], None]], None]


class ModbusLine:
    """One bus. ``run`` is the body of its thread; ``stop`` may be called from any other."""

    def __init__(
        self,
        setup: Setup,
        maps: Mapping[str, RegisterMap],
        put: Put,
        clock: Clock,
        on_state: Callable[[str], None],
        decoder: Decoder,
    ) -> None:
        """``maps`` are the register maps by model.

        ``put(decoded, done, failed)`` hands in what was read; ``on_state`` hears ``up`` or ``lost: ...``.
        """
        self._setup, self._put, self._clock, self._on_state, self._decoder = setup, put, clock, on_state, decoder
        self._maps = maps
        self._wanted = self._served = Parts((), maps)
        self._polls = Polls(maps, setup.poll_s, setup.timeout_s)
        self._stopping = threading.Event()
        self._writes = Writes()
        self._state = ""
        self._retry_s = _FIRST_RETRY_S
        self._heard = b""
        self._silences = 0
        self._is_unnumbered = bool(setup.port) or setup.framing == "rtu"
        """RTU frames have no number: a late answer would answer the next question."""
        self._settle_s = min(2 * setup.timeout_s, LATE_SERIAL_S)
        self._pairing = Pairing(LATE_SERIAL_S if setup.port else LATE_S)
        self._reopen_after = 1 if setup.framing == "rtu" else _REOPEN_AFTER
        self._gap_s = max(3.5 * 11 / setup.baud, 0.00175) if setup.port else 0.0
        """Silence between frames: Modbus over Serial Line V1.02, 2.5.1.1."""

    def stop(self) -> None:
        self._stopping.set()

    def serve(self, devices: Sequence[Device]) -> None:
        """These are on the bus from now on; from any thread."""
        self._wanted = Parts(devices, self._maps)

    def order(self, device: Device, order: OutputOrder, told: Told) -> None:
        """Write what that order wants, and tell what came of it; from any thread. Raises Refused."""
        command = getattr(self._decoder, "command", None)
        if command is None or self._state.startswith("lost"):
            raise refused("line_lost" if command is not None else "no_such_output", order)
        self._writes.add(command(device, order).bus, order, told)

    def run(self) -> None:
        """Open, ask, lose, open again, until stopped."""
        # Each failed frame would be a line in the log; what matters of it is handed in as a note.
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
        was_lost = True
        while not self._stopping.is_set():
            self._take_up()
            client = client_for(self._setup, self._polls.longest_answer(), self._overhear)
            try:
                opened(client, self._setup)
                if was_lost:
                    self._polls.line_back(self._clock.monotonic(), in_doubt=self._is_unnumbered)
                was_lost = True
                if not self._state or not self._polls.units:
                    self._say("up")
                self._work(client)
            except (ConnectionException, OSError) as error:
                self._say(f"lost: {reason(error)}")
            else:
                was_lost = False
                continue
            finally:
                client.close()  # type: ignore[no-untyped-call]
                self._writes.give_up()
            self._stopping.wait(self._retry_s * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
            self._retry_s = min(self._retry_s * 2, _LONGEST_RETRY_S)

    def _take_up(self) -> None:
        """Ask those who are on the bus now; what is known of the others' turns stays."""
        if self._wanted is self._served:
            return
        before = {model for _, model in self._served.units}
        self._served = self._wanted
        self._polls.serve([(unit, model) for unit, model in self._served.units if model in self._maps])
        for model in sorted({model for _, model in self._served.units} - before):
            self._tell_map(model)

    # -- the line ------------------------------------------------------------------------------------------

    def _overhear(self, sending: bool, data: bytes) -> bytes:
        """What came so far instead of or as an answer, without what answers another question. Raises Flooded."""
        if not sending:
            self._heard = data[:_KEPT]
            if len(data) > MOST_UNREAD:
                raise Flooded
            if self._is_unnumbered:
                return self._pairing.sifted(data, self._clock.monotonic())
        return data

    def _say(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)

    # -- asking --------------------------------------------------------------------------------------------

    def _work(self, client: Client) -> None:
        """Until stopped, or others are on the bus."""
        while not self._stopping.is_set() and self._wanted is self._served:
            if self._writes:
                self._writes.carry_out(client, self._clear)
                self._stopping.wait(self._gap_s)
            poll = self._polls.next()
            wait_s = 1.0 if poll is None else due_at(poll) - self._clock.monotonic()
            if poll is None or wait_s > 0:
                self._stopping.wait(min(wait_s, _LONGEST_PAUSE_S))
                continue
            is_in_step = self._ask(client, poll)
            self._stopping.wait(self._gap_s)
            if is_in_step and poll.unit.online and not poll.unit.is_identified:
                is_in_step = self._identify(client, poll)
                self._stopping.wait(self._gap_s)
            if not is_in_step and isinstance(client, ModbusTcpClient):
                # A stream that is out of step, or a connection that some box on the way has forgotten.
                client.close()  # type: ignore[no-untyped-call]
                opened(client, self._setup)

    def _ask(self, client: Client, poll: Poll) -> bool:
        """One request, and what follows from it. False if the connection had better be made anew."""
        request, unit = poll.request, poll.unit
        read = {
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
            "holding": client.read_holding_registers,
            "input": client.read_input_registers,
        }[request.kind]
        self._heard = b""
        try:
            self._clear(client, unit.number, _FUNCTIONS[request.kind], payload_size(request))
            answer: ModbusPDU | None = read(request.first, count=request.count, device_id=unit.number)
        except (ConnectionException, OSError):
            self._doubt(poll)
            raise
        except (ModbusException, Flooded):
            return self._unanswered(poll, self._heard)
        except Exception as error:  # noqa: BLE001 - a fault of the library on hostile bytes must not stop the others
            self._note(poll, Text.of("modbus_bus.not_read", error=repr(error)), self._heard)
            return self._unanswered(poll, b"")
        if answer is None or answer.function_code & 0x7F != _FUNCTIONS[request.kind]:
            return self._unanswered(poll, self._heard)
        is_lost = answer.isError() and answer.exception_code in (_NO_PATH, _NO_TARGET)
        if not is_lost and self._polls.is_doubtful(poll, self._clock.monotonic(), self._settle_s):
            return True
        if answer.isError():
            return self._refused(poll, answer.exception_code)
        data = payload(poll, answer)
        if data is None:
            return self._unanswered(poll, self._heard)
        self._answered(poll, data)
        return True

    def _clear(self, client: Client, unit: int, function: int, size: int) -> None:
        """Nothing that came before the question answers it. Raises Flooded, OSError."""
        self._pairing.asks(unit, function, size)
        if self._is_unnumbered:
            self._pairing.read_away(unread(client), self._clock.monotonic())
            for words in self._pairing.told():
                self._hand_in(Decoded(malformed=words))

    def _identify(self, client: Client, poll: Poll) -> bool:
        """Ask a unit that came online who it is, if its map says that it knows. False as in ``_ask``."""
        unit = poll.unit
        unit.is_identified = True
        if not self._maps[unit.model].identify:
            return True
        try:
            self._clear(client, unit.number, IDENTIFY, 0)
            revision = revision_of(client, unit.number)
        except (ConnectionException, OSError):
            raise
        except (ModbusException, Flooded) as error:
            self._hand_in(Decoded(malformed=Text.of("modbus_bus.nameless", unit=unit.number, error=str(error))))
            return False
        if revision:
            self._hand_in(Decoded((Report(str(unit.number), (), model=unit.model, firmware=revision),)))
        return True

    def _answered(self, poll: Poll, payload: bytes) -> None:
        is_fresh = poll.fresh
        self._alive(poll, is_back=self._polls.answered(poll, self._clock.monotonic()))
        if self._polls.is_read_again(poll):
            self._hand_in(unreadable(poll, is_unread=False))
        for block in poll.request.blocks:
            place = block.first - poll.request.first
            if block.kind in BIT_KINDS:
                bits = int.from_bytes(payload, "little") >> place & ((1 << block.count) - 1)
                part = bits.to_bytes((block.count + 7) // 8, "little")
            else:
                part = payload[2 * place : 2 * (place + block.count)]
            address = f"{poll.unit.number}/{poll.unit.model}/{block.name}"
            try:
                message = Message(self._setup.name, address, part, self._clock.now(), is_fresh)
                decoded = self._decoder.decode(message)
            except MalformedMessage as error:
                decoded = Decoded(malformed=error.text, raw=part[:_KEPT])
            if decoded.malformed:
                malformed = Text.of("modbus_bus.unit", unit=poll.unit.number, problem=decoded.malformed)
                decoded = msgspec.structs.replace(decoded, malformed=malformed)
            self._hand_in(decoded)

    def _refused(self, poll: Poll, code: int) -> bool:
        if code in (_NO_PATH, _NO_TARGET):
            return self._unanswered(poll, b"", is_line_fine=True)
        self._alive(poll, is_back=self._polls.refused(poll, self._clock.monotonic()))
        raw = bytes([_FUNCTIONS[poll.request.kind] | 0x80, code])
        self._note(poll, Text.of("modbus_bus.refused", refusal=_REFUSALS.get(code, "exception"), code=code), raw)
        if self._polls.is_unread_now(poll):
            self._hand_in(unreadable(poll, is_unread=True))
        return True

    def _unanswered(self, poll: Poll, heard: bytes, *, is_line_fine: bool = False) -> bool:
        """False if the connection had better be made anew."""
        is_lost = self._polls.unanswered(poll, self._clock.monotonic())
        if self._is_unnumbered or is_line_fine:  # behind a gateway that gave up, too, the answer may yet come
            self._doubt(poll)
        if heard:
            self._note(poll, Text.of("modbus_bus.no_answer_to_it"), heard)
        elif poll.fails == FAILS_UNTIL_OFFLINE and poll.unit.online and not is_lost:
            self._note(poll, Text.of("modbus_bus.no_answer", times=poll.fails), b"")
        if self._polls.is_unread_now(poll):
            self._hand_in(unreadable(poll, is_unread=True))
        if is_lost:
            self._hand_in(online(poll, is_online=False))
        if self._polls.all_silent():
            units = self._polls.units
            self._say(
                "lost: its unit does not answer" if len(units) == 1 else f"lost: none of {len(units)} units answers"
            )
        if is_line_fine:
            return True
        self._silences += 1
        if heard or self._silences >= self._reopen_after:
            self._silences = 0
            return False
        return True

    def _doubt(self, poll: Poll) -> None:
        self._polls.doubts(poll, self._pairing.gave_up(self._clock.monotonic()))

    def _alive(self, poll: Poll, *, is_back: bool) -> None:
        self._silences, self._retry_s = 0, _FIRST_RETRY_S
        self._say("up")
        if is_back:
            self._hand_in(online(poll, is_online=True))

    # -- handing in ----------------------------------------------------------------------------------------

    def _tell_map(self, model: str) -> None:
        known = self._maps.get(model)
        if known is None:
            self._hand_in(Decoded(malformed=Text.of("modbus_bus.no_map", model=repr(model[:60]))))
            return
        message = Message(self._setup.name, f"map/{model}", msgspec.json.encode(known), self._clock.now())
        try:
            self._decoder.decode(message)
        except MalformedMessage as error:
            self._hand_in(Decoded(malformed=Text.of("modbus_bus.map", model=model, problem=error.text)))

    def _note(self, poll: Poll, problem: Reason, raw: bytes) -> None:
        request = poll.request
        last = request.first + request.count - 1
        asked = f"{request.kind} {request.first}" + (f" to {last}" if last > request.first else "")
        self._hand_in(
            Decoded(malformed=Text.of("modbus_bus.asked", unit=poll.unit.number, asked=asked, problem=problem), raw=raw)
        )

    def _hand_in(self, decoded: Decoded) -> None:
        reports = tuple(told for report in decoded.reports for told in self._served.told(report))
        decoded = msgspec.structs.replace(decoded, reports=reports)
        while not self._stopping.is_set():
            try:
                self._put(decoded, nothing, nothing_for)
            except StoreUnavailable:
                # The pipeline is behind; asking on would only make it worse.
                self._stopping.wait(_BUSY_S)
            else:
                return
