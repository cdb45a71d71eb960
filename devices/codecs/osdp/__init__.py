"""OSDP: card readers with keypads, tamper contacts, inputs and outputs on an RS485 bus.

Source of the format: IEC 60839-11-5 (OSDP v2) as libosdp reads it (``osdp.h``); cards: 26-bit Wiegand (H10301) and
34-bit Wiegand. The device's ``address`` is the reader's, ``0`` to ``126``. What the library made of the bus comes as
JSON:

``1/card`` ``{"reader": 0, "format": 1, "bits": 26, "data": "0a2c1f80"}`` is the signal ``credential`` in one text form:
``26:20:22591`` (bits, facility, number) where length and parity bits agree, ``37=0f3a02b1c4`` (bits, hexadecimal)
otherwise, ``text=...`` for a card that is read as text. A second head on the reader says ``credential.2``.

``1/keys`` ``{"reader": 0, "data": "313233340d"}`` are keys: ``#``, or 5 s without another, ends an entry, ``*`` deletes
it. Digits are secrets: no value holds them, and ``Report.keyed`` hands them to the check of user codes only. An entry
is ``code:`` and 16 hexadecimal digits made with a key of the gateway's (``secret``), so that equal codes are equal
words; without a key it is ``code of 4 digits``.

``1/local`` ``[0, 1]`` are tamper and power. ``1/inputs`` ``[0, 1]`` are ``switch.1``, ``switch.2``: ``rename`` them to
``door`` and the like. ``1/outputs`` are ``switch.out1`` and on. ``1/heads`` ``[0]`` says if a head is connected and
closed, ``1/id`` who made the reader. ``1/state`` is the line's word: ``online``, ``fault.channel`` (it answers, but not
under its key), ``tamper.line`` (somebody else spoke as this reader). ``time`` says that time passed.

Orders: an LED takes a colour (``green``, ``red``, ``amber``, ``off``), a buzzer and an output true, each for
``duration_s``, in tenths of a second up to 25.5; ``channel`` is the output, from 0. That it took an order to its light
or sound a reader says to the line, in no reading; of an output ``switch.out1`` tells. How an area stands a reader shows
for good, and again when it comes back: red for armed, green for not, amber while a delay runs; what it does not take it
answers with 2 s of amber.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from devices.codec import Decoded, Decoder, Message, Report
from devices.codecs.osdp.orders import reader_order
from devices.device import Device
from devices.errors import MalformedMessage
from devices.keypad import Keyed
from devices.message import Reason, Text, several
from devices.output_orders import Commands, OutputOrder
from devices.reading import SECOND, Instant, Value

_ENTRY_ENDS_AFTER = 5 * SECOND
_MOST_DIGITS = 16
_MOST_ENTRIES = 1_000
_MOST_BITS = 64 * 8
_MOST_STATES = 64
_ENTER, _ENTER_2, _DELETE, _DELETE_2 = 0x0D, ord("#"), 0x7F, ord("*")
_FUNCTION_KEYS = dict(enumerate(("F1", "F2", "F3", "F4", "F1+F2", "F2+F3", "F3+F4", "F1+F4"), ord("A")))
_ASCII = 2


class _Card(msgspec.Struct, forbid_unknown_fields=True):
    data: str
    format: int = 0
    bits: int = 0
    reader: int = 0


class _Keys(msgspec.Struct, forbid_unknown_fields=True):
    data: str
    reader: int = 0


class _Id(msgspec.Struct, forbid_unknown_fields=True):
    vendor: int
    model: int
    version: int
    serial: int
    firmware: int


class _State(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    online: bool | None = None
    channel: Literal["", "fault", "good"] = ""
    line: Literal["", "tamper", "good"] = ""
    why: Reason = ""


class _Entry(msgspec.Struct):
    """Keys that were pressed and are no whole code yet."""

    head: int
    digits: bytes
    last: Instant


_Values = list[tuple[str, Value]]
_States = list[int]
_KINDS: dict[str, Any] = {
    "card": _Card,
    "keys": _Keys,
    "id": _Id,
    "state": _State,
    "local": _States,
    "inputs": _States,
    "outputs": _States,
    "heads": _States,
}
_DECODERS = {kind: msgspec.json.Decoder(shape) for kind, shape in _KINDS.items()}


class _OsdpDecoder:
    """Remembers who each reader is, and codes that are being typed: at most 1,000 of them."""

    def __init__(self) -> None:
        self._secret = b""
        self._models: dict[str, str] = {}
        self._firmware: dict[str, str] = {}
        self._entries: dict[tuple[str, int], _Entry] = {}
        self._typed_now: list[tuple[str, str]] = []
        """Codes that have just been ended, by the reader's address: for ``Report.keyed`` only."""

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """The order as a reader takes it. Raises Refused."""
        return Commands(bus=reader_order(order))

    def decode(self, message: Message) -> Decoded:
        """What one reader said."""
        if message.address == "secret":
            self._secret = message.payload
            return Decoded()
        if message.address == "time":
            return self._time_passed(message.received)
        address, _, kind = message.address.partition("/")
        if not _is_address(address) or kind not in _DECODERS:
            raise MalformedMessage(Text.of("osdp.address", kinds="|".join(_KINDS)))
        try:
            said = _DECODERS[kind].decode(message.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise MalformedMessage(Text.of("osdp.shape", kind=repr(kind))) from None  # the text may hold digits
        address = str(int(address))
        values, problem = self._understood(address, kind, said, message.received)
        is_told = bool(values) or kind == "id"
        if problem and not values and kind != "state":
            raise MalformedMessage(problem)
        model, firmware = self._models.get(address, ""), self._firmware.get(address, "")
        typed = self._taken(address)
        report = Report(address, tuple(values), None, message.retained, model, firmware, keyed=typed)
        raw = message.payload[:200] if problem and kind not in ("keys", "state") else b""
        text = Text.of("osdp.reader", reader=address, problem=problem) if problem else ""
        return Decoded((report,) if is_told else (), malformed=text, raw=raw)

    def _understood(self, address: str, kind: str, said: Any, now: Instant) -> tuple[_Values, Reason]:
        """The values, and what is wrong with the rest."""
        match kind:
            case "card":
                return [(_named("credential", said.reader), _credential(said))], ""
            case "keys":
                return self._keys(address, said, now)
            case "id":
                self._models[address], self._firmware[address] = _model(said), _firmware(said)
                return [], ""
            case "state":
                return _state(said), said.why[:200] if isinstance(said.why, str) else said.why
            case _:
                return _statuses(kind, said)

    # -- keypads -------------------------------------------------------------------------------------------

    def _keys(self, address: str, said: _Keys, now: Instant) -> tuple[_Values, Reason]:
        """The entries that these keys end, and the keys that are none."""
        values: _Values = []
        unknown = too_long = False
        place = (address, said.reader)
        for key in _bytes(said.data):
            entry = self._entries.get(place)
            if entry is not None and now - entry.last > _ENTRY_ENDS_AFTER:
                values.append(self._ended(place))
                entry = None
            if key in (_ENTER, _ENTER_2):
                if entry is not None:
                    values.append(self._ended(place))
            elif key in (_DELETE, _DELETE_2):
                self._entries.pop(place, None)
            elif 0x30 <= key <= 0x39:
                too_long |= not self._typed(place, key, now)
            elif key in _FUNCTION_KEYS:
                values.append((_named("action", said.reader), f"key {_FUNCTION_KEYS[key]}"))
            else:
                unknown = True
        problems = [Text.of("osdp.no_such_key")] * unknown + [Text.of("osdp.long_code", most=_MOST_DIGITS)] * too_long
        return values, several(problems)

    def _typed(self, place: tuple[str, int], key: int, now: Instant) -> bool:
        """False if the entry is longer than a code can be: it is dropped."""
        entry = self._entries.get(place)
        if entry is None:
            if len(self._entries) >= _MOST_ENTRIES:
                self._entries.pop(next(iter(self._entries)))
            entry = self._entries[place] = _Entry(place[1], b"", now)
        if len(entry.digits) == _MOST_DIGITS:
            del self._entries[place]
            return False
        entry.digits, entry.last = entry.digits + bytes((key,)), now
        return True

    def _ended(self, place: tuple[str, int]) -> tuple[str, Value]:
        """The word for what was typed, which holds none of its digits."""
        entry = self._entries.pop(place)
        self._typed_now.append((place[0], entry.digits.decode("ascii")))
        if not self._secret:
            return _named("credential", entry.head), f"code of {len(entry.digits)} digits"
        word = hmac.new(self._secret, entry.digits, hashlib.sha256).hexdigest()[:16]
        return _named("credential", entry.head), f"code:{word}"

    def _time_passed(self, now: Instant) -> Decoded:
        over = [place for place, entry in self._entries.items() if now - entry.last > _ENTRY_ENDS_AFTER]
        said = [(place[0], (self._ended(place),)) for place in over]
        return Decoded(
            tuple(
                Report(address, values, model=self._models.get(address, ""), keyed=self._taken(address))
                for address, values in said
            )
        )

    def _taken(self, address: str) -> tuple[Keyed, ...]:
        """The codes that were ended at that reader since this was asked last."""
        typed = tuple(Keyed("", code) for at, code in self._typed_now if at == address)
        self._typed_now = [each for each in self._typed_now if each[0] != address]
        return typed


# -- cards ---------------------------------------------------------------------------------------------------------


def _credential(card: _Card) -> str:
    raw = _bytes(card.data)
    if card.format == _ASCII:
        if not raw:
            raise MalformedMessage(Text.of("osdp.no_data"))
        is_text = raw.isascii() and raw.decode("ascii").isprintable()
        return f"text={raw.decode('ascii')}" if is_text else f"{8 * len(raw)}={raw.hex()}"
    bits = card.bits
    if not 0 < bits <= _MOST_BITS or len(raw) != (bits + 7) // 8:
        raise MalformedMessage(Text.of("osdp.card_length", bits=bits, length=len(raw)))
    number = int.from_bytes(raw, "big") >> (8 * len(raw) - bits)
    known = _FORMATS.get(bits)
    fields = known(number) if known is not None else None
    if fields is not None:
        return f"{bits}:{fields[0]}:{fields[1]}"
    return f"{bits}={number:0{(bits + 3) // 4}x}"


def _wiegand(bits: int, facility_bits: int) -> Callable[[int], tuple[int, int] | None]:
    """Facility and number between an even parity over the first half and an odd one over the second."""
    half = bits // 2

    def fields(number: int) -> tuple[int, int] | None:
        first, second = number >> half, number & ((1 << half) - 1)
        if first.bit_count() % 2 or not second.bit_count() % 2:
            return None
        return number >> 17 & ((1 << facility_bits) - 1), number >> 1 & 0xFFFF

    return fields


_FORMATS = {26: _wiegand(26, 8), 34: _wiegand(34, 16)}
"""37 bits are not here: H10302 and H10304 have the same parities and divide the number differently."""


# -- what the reader says of itself --------------------------------------------------------------------------------


def _statuses(kind: str, states: list[int]) -> tuple[_Values, Reason]:
    """The values of a status report; a state without a meaning is no value and stands in the problem."""
    values: _Values = []
    unknown: list[str] = []
    if len(states) > _MOST_STATES or (kind == "local" and len(states) != 2):
        raise MalformedMessage(Text.of("osdp.places", count=len(states)))
    for place, state in enumerate(states):
        meaning = _MEANINGS[kind](place, state)
        values += meaning
        if not meaning:
            unknown.append(f"{kind} {place + 1} is {state}")
    return values, Text.of("osdp.no_state", states=tuple(unknown[:12])) if unknown else ""


def _local(place: int, state: int) -> _Values:
    if state not in (0, 1):
        return []
    return [("mains", state == 0)] if place else [("tamper", state == 1)]


def _input(place: int, state: int) -> _Values:
    return [(f"switch.{place + 1}", state == 1)] if state in (0, 1) else []


def _output(place: int, state: int) -> _Values:
    return [(f"switch.out{place + 1}", state == 1)] if state in (0, 1) else []


def _head(place: int, state: int) -> _Values:
    if state not in (0, 1, 2):
        return []
    return [(f"fault.head{place + 1}", state == 1), (f"tamper.head{place + 1}", state == 2)]


_MEANINGS: dict[str, Callable[[int, int], _Values]] = {
    "local": _local,
    "inputs": _input,
    "outputs": _output,
    "heads": _head,
}


def _state(said: _State) -> _Values:
    values: _Values = []
    if said.online is not None:
        values.append(("online", said.online))
    if said.channel:
        values.append(("fault.channel", said.channel == "fault"))
    if said.line:
        values.append(("tamper.line", said.line == "tamper"))
    return values


def _model(said: _Id) -> str:
    """Who made it, what it is, its firmware and number, as a technician would read it from the label."""
    vendor = "-".join(f"{said.vendor >> shift & 0xFF:02X}" for shift in (0, 8, 16))
    model = f"{said.model & 0xFF}.{said.version & 0xFF}"
    return f"{vendor} {model}, firmware {_firmware(said)}, number {said.serial & 0xFFFFFFFF}"


def _firmware(said: _Id) -> str:
    return ".".join(str(said.firmware >> shift & 0xFF) for shift in (16, 8, 0))


def _named(signal: str, head: int) -> str:
    """The signal of a head of the reader: the first has no number."""
    if not 0 <= head <= 255:
        raise MalformedMessage(Text.of("osdp.head", head=head))
    return signal if head == 0 else f"{signal}.{head + 1}"


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise MalformedMessage(Text.of("osdp.not_hexadecimal")) from None


def _is_address(text: str) -> bool:
    """127 is the address for all (5.9)."""
    return text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= 126


class OsdpCodec:
    """OSDP, as devices.families finds it."""

    family = "osdp"
    takes_orders = True

    def feedback(self, what: str, channel: str) -> str:
        """An output says how it stands; of light and sound there is no reading."""
        if what in ("led", "buzzer", "siren", "keypad"):
            return ""
        return f"switch.out{int(channel or '0') + 1}" if (channel or "0").isdecimal() else ""

    def open_bus(self) -> Decoder:
        return _OsdpDecoder()

    def refuses(self, address: str) -> Text | None:
        return None if _is_address(address) and address == str(int(address)) else Text.of("osdp.no_address")


CODEC = OsdpCodec()
