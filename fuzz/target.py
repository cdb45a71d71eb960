"""One decoder under attack: takes input as the gateway would hand it in, and looks for what must never be.

Nothing may leave a line, nothing but MalformedMessage a decoder; values are refused by their signals in words; what
goes out and what is remembered stays bounded.

A decoder of ours takes about a thousand inputs a second under atheris, five to forty thousand without. So 5 % run
guided by coverage and the rest in mass, two in three with sums, lengths and ciphers put right. What a decoder remembers
lives for 256 inputs, which are all written down when something breaks: one alone may not break it again.
"""

import contextlib
from collections.abc import Callable
from zlib import crc32

from devices.codec import Decoded, Decoder, Line, Message
from devices.errors import MalformedMessage
from devices.families import bus_families, families, line_families, mqtt_families
from devices.reading import SECOND, Instant
from devices.signals import check
from fuzz.held import held
from fuzz.sums import KEY, has_key
from tests.devices.codecs.recordings import Recording, recordings

NOW: Instant = 1_795_480_215 * SECOND
WINDOW = 256
"""So many inputs are remembered by what hears them; then all begins anew, so that what broke can be replayed."""
_MOST_SENT = 64 * 1024
_MOST_HELD = 16 * 1024 * 1024
_MOST_HELD_BY_SESSION = 512 * 1024


class Broken(Exception):
    """What must never be, in words."""


class Target:
    """A family. ``seeds`` are its recordings as inputs; ``feed`` takes one input, ``begin_anew`` forgets all."""

    def __init__(self, family: str) -> None:
        if family not in families():
            raise KeyError(family)
        self.family = family
        recorded = recordings(family)
        if family in line_families():
            self._under_attack: _LineUnderAttack | _DecoderUnderAttack = _LineUnderAttack(family)
            self.seeds = [one.payload for one in recorded]
        else:
            self._under_attack = _DecoderUnderAttack(family, recorded)
            self.seeds = [self._under_attack.input_of(one.topic, one.payload) for one in recorded]
        self.history: list[bytes] = []
        """The inputs since all began anew: what a replay needs."""
        self.begin_anew()

    def begin_anew(self) -> None:
        self.history.clear()
        self._under_attack.begin_anew()

    def feed(self, data: bytes) -> None:
        """Raises whatever the decoder lets out, or Broken."""
        if len(self.history) >= WINDOW:
            self._under_attack.check_memory()
            self.begin_anew()
        self.history.append(data)
        self._under_attack.feed(data)


class _LineUnderAttack:
    """Sessions that hear one input, and one that hears the others; what they share they share."""

    def __init__(self, family: str) -> None:
        self._codec = line_families()[family]

    def begin_anew(self) -> None:
        self._open = self._codec.open_line("line", self._codec.options(), _key)
        self._lasting = self._open()
        self._now: Instant | None = None

    def feed(self, data: bytes) -> None:
        chance = crc32(data)
        if self._now is None:
            self._now = 0 if chance & 7 == 0 else NOW  # a machine whose clock was never set begins in 1970
        now = self._now + (chance & 3) * SECOND // 2
        line = self._lasting if chance & 4 else self._open()
        for piece in _pieces(data, chance >> 8):
            self._received(line, piece, now)
        wake_at = line.wake_at()
        if wake_at is not None and chance & 8:
            now = max(now, wake_at)
            self._received(line, b"", now)
        if chance & 0x3F0 == 0 and held(line) - held(self._open()) > _MOST_HELD_BY_SESSION:
            raise Broken("a session holds more than half a megabyte beyond what all share")
        if chance & 0x70 == 0:
            line.closed(now)
        self._now = now

    def check_memory(self) -> None:
        _check_memory(self._lasting)

    def _received(self, line: Line, data: bytes, now: Instant) -> None:
        for decoded in line.receive(data, now):
            _check(decoded)
        if len(line.to_send(now)) > _MOST_SENT:
            raise Broken(f"more than {_MOST_SENT} bytes to send at once")


class _DecoderUnderAttack:
    """An input is one byte that says which recorded topic it comes on (the highest: its own, up to a line feed)."""

    def __init__(self, family: str, recorded: tuple[Recording, ...]) -> None:
        self._fresh = _fresh(family)
        self._before = list(dict.fromkeys(said for one in recorded for said in one.before))
        topics = [one.topic for one in recorded] + [topic for topic, _ in self._before]
        self._topics = list(dict.fromkeys(topics))[:255]

    def input_of(self, topic: str, payload: bytes) -> bytes:
        if topic in self._topics:
            return bytes((self._topics.index(topic),)) + payload
        return b"\xff" + topic.encode() + b"\n" + payload

    def begin_anew(self) -> None:
        self._decoder = self._fresh()
        for topic, payload in self._before:
            self._decoder.decode(Message("before", topic, payload, NOW))

    def feed(self, data: bytes) -> None:
        which, rest = data[:1], data[1:]
        if not which or which[0] >= len(self._topics):
            written, _, payload = rest.partition(b"\n")
            topic = written.decode("utf-8", "replace")
        else:
            topic, payload = self._topics[which[0]], rest
        with contextlib.suppress(MalformedMessage):
            _check(self._decoder.decode(Message("fuzz", topic, payload, NOW, retained=len(payload) % 5 == 0)))

    def check_memory(self) -> None:
        _check_memory(self._decoder)


def _fresh(family: str) -> Callable[[], Decoder]:
    if family in bus_families():
        return bus_families()[family].open_bus
    codec = mqtt_families()[family]
    return lambda: codec.open(codec.base)


def _check(decoded: Decoded) -> None:
    """As the gateway would use it: every value is taken or refused in words."""
    for report in decoded.reports:
        report.address.encode("utf-8", "surrogatepass")
        for signal, value in report.values:
            with contextlib.suppress(MalformedMessage):
                check(signal, value)
    if len(decoded.confirm) + len(decoded.deny) > _MOST_SENT:
        raise Broken(f"an answer of more than {_MOST_SENT} bytes")


def _check_memory(root: object) -> None:
    size = held(root)
    if size > _MOST_HELD:
        raise Broken(f"{size} bytes are remembered after {WINDOW} inputs, {_MOST_HELD} are allowed")


def _pieces(data: bytes, chance: int) -> list[bytes]:
    """Mostly whole or cut in two, sometimes in small pieces, seldom byte by byte: by what the data is."""
    cut = chance & 0xFF
    size = len(data) if cut < 170 else 1 + chance % len(data) if cut < 245 and data else 7 if cut < 254 else 1
    size = max(size, len(data) // 200, 1)
    return [data[at : at + size] for at in range(0, len(data), size)]


def _key(name: str) -> bytes | None:
    return KEY if has_key(name) else None
