"""Reporting to an alarm receiving centre by SIA DC-09: events out, ACK, NAK and DUH back, link tests in between.

A message said again has the same sequence number, whichever path it takes, so that the centre counts it once. Sequence
numbers run from 1 to 9999; a link test (``NULL``) has 0. NAK tells the centre's time: from then on timestamps are in
that. DUH says that the centre does not know the code: the next attempt says the general one of its class. With a key
every message is encrypted, and nothing but an encrypted ACK that names a time near ours confirms: who can hold up a
message must not be able to confirm it. Texts are ASCII: there are receivers that take nothing else.
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from devices.centre import Alive, CentreEvent, ClockTold, Confirmed, Denied, Told, Transceiver
from devices.codec import Key
from devices.codecs.sia_dc09.cipher import opened, sealed
from devices.codecs.sia_dc09.envelope import Envelope, content_of, envelope_of, instant_of, stamp_of
from devices.codecs.sia_dc09.framing import Frame, Framer, encoded
from devices.codecs.sia_dc09.reporting_codes import ENDS, REPORTING_CODES
from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import SECOND, Instant

_MOST_SEQUENCE = 9_999
_REMEMBERED = 512
"""Messages whose answer may still come."""
_OLDEST: Instant = 300 * SECOND
"""So far the time of an encrypted ACK may be from ours; a NAK, which anybody can send, does not move that."""
_LATE: Instant = 5 * SECOND
"""What is told later than this says when it happened."""
_LONGEST_TEXT = 60
_NO_TEXT = re.compile(r"[^ -~]|[\[\]|^#]")
_HEX = re.compile(r"[0-9A-F]{3,16}")
_SHORT_HEX = re.compile(r"[0-9A-F]{0,6}")


class ReportingOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """each holds for one centre.

    ``account``: what the centre calls this site, 3 to 16 hexadecimal digits; ``codes``: ``contact_id`` or ``sia``;
    ``encrypted``: with the key ``"forwarding/<name>"`` of the key file; ``receiver`` and ``line``: as the centre
    asks for them, hexadecimal digits (no receiver: it is left out); ``text``: whether the name of the place is told.
    """

    account: str
    codes: Literal["contact_id", "sia"] = "contact_id"
    encrypted: bool = True
    receiver: str = "0"
    line: str = "0"
    text: bool = True

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.account):
            raise ValueError(f"account must be 3 to 16 hexadecimal digits in capitals, not {self.account!r}")
        if not _SHORT_HEX.fullmatch(self.receiver):
            raise ValueError(f"receiver must be at most 6 hexadecimal digits in capitals, not {self.receiver!r}")
        if not self.line or not _SHORT_HEX.fullmatch(self.line):
            raise ValueError(f"line must be 1 to 6 hexadecimal digits in capitals, not {self.line!r}")


class Numbers:
    """What all connections to one centre share: which sequence number an event has, and what the centre made of it."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._of_event: dict[str, int] = {}
        self._events: dict[int, str] = {}
        self.not_understood: set[str] = set()
        self.ahead: Instant = 0
        """By how much the centre's clock is ahead of ours."""

    def of(self, event: str, now: Instant) -> int:
        """The same for the same event; after a start it goes on from where a receiver remembers nothing."""
        if event not in self._of_event:
            last = now // SECOND if self._last is None else self._last
            self._last = last % _MOST_SEQUENCE + 1
            self._of_event[event], self._events[self._last] = self._last, event
            while len(self._of_event) > _REMEMBERED:
                oldest = next(iter(self._of_event))
                self._events.pop(self._of_event.pop(oldest), None)
                self.not_understood.discard(oldest)
        return self._of_event[event]

    def event(self, sequence: int) -> str:
        return self._events.get(sequence, "")


class Reporting:
    """The Transceiver of devices/centre.py."""

    def __init__(self, options: ReportingOptions, key: Callable[[], bytes | None], numbers: Numbers) -> None:
        self._options, self._key, self._numbers = options, key, numbers
        self._framer = Framer()
        self._newest = ""

    def hello(self, now: Instant) -> bytes:
        return self.probe(now)

    def probe(self, now: Instant) -> bytes:
        return self._message("NULL", 0, "", "", now)

    def tell(self, event: CentreEvent, now: Instant) -> bytes:
        self._newest = event.id
        sequence = self._numbers.of(event.id, now)
        is_contact_id = self._options.codes == "contact_id"
        text = _NO_TEXT.sub("", event.text)[:_LONGEST_TEXT].strip() if self._options.text else ""
        happened = stamp_of(event.at + self._numbers.ahead).decode()[1:] if now - event.at > _LATE else ""
        extended = f"[H{happened}]" if happened else ""
        if is_contact_id:
            extended = extended or (f"[I{text}]" if text else "")  # there are receivers that read one block and no more
            said = self._contact_id(event)
        else:
            said = _sia(event, text)
        account = self._options.account
        return self._message("ADM-CID" if is_contact_id else "SIA-DCS", sequence, f"#{account}|{said}", extended, now)

    def _contact_id(self, event: CentreEvent) -> str:
        row = REPORTING_CODES[event.condition]
        code = row.general if event.id in self._numbers.not_understood else row.contact_id
        number = {"Z": event.zone, "U": event.user}.get(row.counts, 0)
        zone = number if number <= 999 else 0
        partition = event.partition if event.partition <= 99 else 0
        qualifier = 3 if event.is_restore or event.condition in ENDS else 1
        return f"{qualifier}{code} {partition:02} {zone:03}"

    def _message(self, kind: str, sequence: int, data: str, extended: str, now: Instant) -> bytes:
        options = self._options
        stamp = stamp_of(now + self._numbers.ahead)
        receiver = f"R{options.receiver}" if options.receiver else ""
        head = f'"{{}}{kind}"{sequence:04}{receiver}L{options.line}#{options.account}['
        inside = f"{data}]{extended}".encode("ascii") + stamp
        if not options.encrypted:
            return encoded(head.format("").encode() + inside)
        key = self._key()
        if key is None:
            return b""  # gateway.site and the sender say that it is missing; nothing goes out in the clear
        text = b"|" + inside
        return encoded(head.format("*").encode() + sealed(text, key, text + now.to_bytes(8, "big")))

    # -- what the centre says ------------------------------------------------------------------------------

    def receive(self, data: bytes, now: Instant) -> Sequence[Told]:
        found: list[Told] = []
        for piece in self._framer.feed(data, now):
            if isinstance(piece, Frame):
                try:
                    found += self._answer(envelope_of(piece.body), now)
                except MalformedMessage:
                    continue  # what makes no sense confirms nothing: the message is said again
        return found

    def to_send(self) -> bytes:
        return b""

    def _answer(self, envelope: Envelope, now: Instant) -> list[Told]:
        sequence = int(envelope.sequence) if envelope.sequence.isdigit() else -1
        event = self._numbers.event(sequence)
        match envelope.token:
            case "ACK":
                if not self._is_genuine(envelope, now):
                    return []
                return [Alive(), Confirmed(event)] if event else [Alive()]
            case "NAK":
                time = instant_of(_stamp_in(envelope.content))
                why = Text.of("sia_dc09.refused" if time is None else "sia_dc09.refused_time")
                told: list[Told] = [Alive()]
                if time is not None:
                    self._numbers.ahead = (time - now) // SECOND * SECOND
                    told.append(ClockTold(self._numbers.ahead / SECOND))
                return [*told, Denied(self._newest, why)] if self._newest else told
            case "DUH" if event:
                self._numbers.not_understood.add(event)
                return [Alive(), Denied(event, Text.of("sia_dc09.refused_code"))]
        return []

    def _is_genuine(self, envelope: Envelope, now: Instant) -> bool:
        if not self._options.encrypted:
            return True
        key = self._key()
        if key is None or not envelope.is_encrypted:
            return False
        content = content_of(opened(envelope.content, key, self._options.account), was_sealed=True)
        return content.time is not None and abs(content.time - now) <= _OLDEST


class ReportingCentre:
    """The Centre of devices/centre.py."""

    options = ReportingOptions
    conditions = frozenset(REPORTING_CODES)

    def open(self, name: str, options: ReportingOptions, key: Key) -> Callable[[], Transceiver]:
        numbers = Numbers()
        return lambda: Reporting(options, lambda: key(_key_of(name)), numbers)

    def keys(self, name: str, options: ReportingOptions) -> Sequence[str]:
        return (_key_of(name),) if options.encrypted else ()


def _key_of(name: str) -> str:
    return f"forwarding/{name}"


def _sia(event: CentreEvent, text: str) -> str:
    row = REPORTING_CODES[event.condition]
    code = row.ends if event.is_restore else row.begins
    where = f"ri{event.partition}/" if event.partition else ""
    counted = {"Z": event.zone, "U": event.user}.get(row.counts, 0)
    return f"N{where}{code}{counted or ''}" + (f"^{text}^" if text else "")


def _stamp_in(content: bytes) -> bytes:
    return content.rpartition(b"]")[2].rstrip(b"\0 ")
