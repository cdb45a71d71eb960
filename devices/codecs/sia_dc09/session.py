"""A session with whoever speaks on one connection, datagram peer or cable: takes messages and says how to answer.

ACK means that an event is stored for good, so it is handed over as ``Decoded.confirm`` and goes out after the commit.
NAK (the time is wrong; it carries ours) and DUH (a frame, but nothing that can be taken) go out at once: nothing was
taken. What fails its sum or length is not answered: the panel sends it again. An account that has a key is believed
only if it uses it.
"""

from collections.abc import Iterator
from hashlib import blake2s

import msgspec

from devices.codec import Decoded, Key, Report
from devices.codecs.sia_dc09 import contact_id, dcs
from devices.codecs.sia_dc09.cipher import opened, sealed
from devices.codecs.sia_dc09.envelope import ANSWERS, Content, Envelope, content_of, envelope_of, instant_of, stamp_of
from devices.codecs.sia_dc09.event import PANEL_MODEL, Event, reports, spoken_of
from devices.codecs.sia_dc09.framing import Failed, Frame, Framer, Skipped, encoded
from devices.codecs.sia_dc09.options import Options
from devices.codecs.sia_dc09.shared import Name, Shared
from devices.errors import MalformedMessage
from devices.reading import SECOND, Instant
from devices.repeats import Standing
from devices.signals import counts_in_snapshot

_MOST_UNSENT = 4096
_LINK_TESTS = frozenset(("NULL", "XNM"))
_CODES = {"ADM-CID": contact_id.events, "SIA-DCS": dcs.events}
_CLOCK, _MESSAGE = "fault.clock", "fault.message"
_NOBODY = b'"DUH"0000L0#000[]'


class SiaDc09Line:
    """The Line of devices/codec.py."""

    def __init__(self, options: Options, key: Key, shared: Shared) -> None:
        self._options, self._key, self._shared = options, key, shared
        self._framer = Framer()
        self._unsent = bytearray()

    def receive(self, data: bytes, now: Instant) -> list[Decoded]:
        decoded = []
        for piece in self._framer.feed(data, now):
            match piece:
                case Frame():
                    decoded.append(self._frame(piece, now))
                case Failed():
                    decoded.append(Decoded(malformed=piece.reason, raw=piece.raw))
                case Skipped():
                    reason = f"{piece.count} bytes that belong to no frame"
                    decoded.append(Decoded(malformed=reason, raw=piece.raw))
        return decoded

    def to_send(self, now: Instant) -> bytes:
        sent = bytes(self._unsent)
        self._unsent.clear()
        return sent

    def wake_at(self) -> Instant | None:
        return self._framer.wake_at()

    def closed(self, now: Instant) -> None:
        """The next one on this line is a stranger: half a frame ends here, what was said does not."""
        self._framer = Framer()
        self._unsent.clear()

    def settled(self, said: tuple[Name, ...], *, is_stored: bool) -> None:
        self._shared.settled(said, is_stored=is_stored)

    # -- what came -----------------------------------------------------------------------------------------

    def _frame(self, frame: Frame, now: Instant) -> Decoded:
        try:
            envelope = envelope_of(frame.body)
        except MalformedMessage as error:
            return self._not_understood(frame, _NOBODY, str(error))
        if envelope.token in ANSWERS:
            return Decoded(malformed=f"{envelope.token} without a question", raw=frame.raw)
        if envelope.token not in _LINK_TESTS and envelope.token not in _CODES:
            return self._not_understood(frame, envelope.answer(b"DUH"), f"messages {envelope.token} are not known")
        try:
            self._check_encryption(envelope, envelope.account)
            content = self._content(envelope)
        except MalformedMessage as error:
            return self._not_understood(frame, envelope.answer(b"DUH"), str(error))
        late = self._wrong_time(envelope, content, now)
        if late:
            return self._not_now(frame, envelope, content, late, now)
        try:
            told, notes = self._events(envelope, content)
        except MalformedMessage as error:
            return self._not_understood(frame, envelope.answer(b"DUH"), str(error))
        if envelope.token in _CODES and not told:
            return self._lost(frame, envelope, "; ".join(notes) or f"{envelope.token} without an event")
        return self._taken(frame, envelope, content, told, notes, now)

    def _check_encryption(self, envelope: Envelope, account: str) -> None:
        """Raises MalformedMessage unless that account may be spoken of in this way."""
        if not envelope.account:
            raise MalformedMessage("a message without an account")
        own, needed = self._key(f"dc09/{envelope.account}"), self._options.encryption
        if envelope.is_encrypted:
            if own is None:
                raise MalformedMessage(f"an encrypted message of account {account}, which has no key")
            if account != envelope.account and self._key(f"dc09/{account}") not in (None, own):
                raise MalformedMessage(f"account {envelope.account} speaks of {account}, which has a key of its own")
        elif needed == "required":
            raise MalformedMessage(f"account {account} does not encrypt, and must")
        elif needed == "where_keyed" and self._key(f"dc09/{account}") is not None:
            raise MalformedMessage(f"account {account} has a key, and does not encrypt")

    def _content(self, envelope: Envelope) -> Content:
        key = self._key(f"dc09/{envelope.account}")
        if not envelope.is_encrypted or key is None:
            return content_of(envelope.content)
        try:
            return content_of(opened(envelope.content, key))
        except MalformedMessage as error:
            raise MalformedMessage(f"account {envelope.account}, read with its key: {error}") from None

    def _wrong_time(self, envelope: Envelope, content: Content, now: Instant) -> str:
        """Why the message counts as too old or too new, "" if it does not."""
        if not envelope.is_encrypted and (not content.has_time or self._options.check_time == "encrypted"):
            return ""
        if content.time is None:
            return "has no time" if not content.has_time else "has an impossible time"
        ahead = (content.time - now) / SECOND
        if -self._options.oldest_s <= ahead <= self._options.newest_s:
            return ""
        return f"was sent {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} our time"

    def _events(self, envelope: Envelope, content: Content) -> tuple[list[Event], list[str]]:
        """What happened, and what is odd about it. Raises MalformedMessage: so nobody may speak of that account."""
        told: list[Event] = []
        notes: list[str] = []
        if envelope.token in _CODES:
            spoken = spoken_of(content.data, envelope.account)
            for account, _ in spoken:
                self._check_encryption(envelope, account)
            for account, blocks in spoken:
                events, odd = _CODES[envelope.token](blocks, account)
                told += events
                notes += odd
        return told, notes

    def _taken(
        self, frame: Frame, envelope: Envelope, content: Content, told: list[Event], notes: list[str], now: Instant
    ) -> Decoded:
        account = envelope.account
        confirm = self._ack(frame, envelope, now)
        said = self._name(envelope, content) if told else ()
        standing = self._shared.standing(said, now)
        if standing is Standing.WAITING:
            return Decoded(raw=frame.raw)
        if standing is Standing.STORED:
            return Decoded(confirm=confirm, raw=frame.raw)
        over = [_CLOCK] * self._shared.is_right(account, _CLOCK)
        over += [_MESSAGE] * bool(told and self._shared.is_right(account, _MESSAGE))
        presence = Report(account, (("online", True), *((signal, False) for signal in over)), model=PANEL_MODEL)
        due = [words for words in notes if self._shared.is_due(account, words, now)]
        told_all = (presence, *self._reports(told, content))
        return Decoded(told_all, confirm, malformed="; ".join(due), raw=frame.raw, said=said or None)

    def _reports(self, told: list[Event], content: Content) -> tuple[Report, ...]:
        """Dated by the time of occurrence, if the message tells it, else by the time of sending."""
        time = instant_of(content.block(b"H")) or content.time
        text = content.text()
        named = [msgspec.structs.replace(event, text=event.text or text) for event in told]
        return reports(named, self._options.zones, time)

    def _name(self, envelope: Envelope, content: Content) -> tuple[Name, ...]:
        """Of what was said: by account and number, and of an encrypted message also the cipher text itself.

        The panel's own repeat is the same cipher text, or somebody has listened.
        """
        what = blake2s(b"\n".join((envelope.token.encode(), content.data, *content.extended))).digest()
        names: list[Name] = [((envelope.account, envelope.sequence), what)]
        if envelope.is_encrypted:
            names.append((blake2s(envelope.account.encode() + envelope.content.upper()).digest(), b""))
        return tuple(names)

    # -- what goes -----------------------------------------------------------------------------------------

    def _ack(self, frame: Frame, envelope: Envelope, now: Instant) -> bytes:
        key = self._key(f"dc09/{envelope.account}")
        if not envelope.is_encrypted or key is None:
            return encoded(envelope.answer(b"ACK"), binary_sum=frame.binary_sum)
        content = sealed(b"]" + stamp_of(now), key, frame.raw + now.to_bytes(16, "big", signed=True))
        return encoded(envelope.answer(b"*ACK", content), binary_sum=frame.binary_sum)

    def _not_now(self, frame: Frame, envelope: Envelope, content: Content, why: str, now: Instant) -> Decoded:
        """NAK with our time: the panel sets its clock and sends again; one that cannot shows as a fault of its own.

        An alarm in the clear is believed all the same, an end of one is not: whoever cannot set his clock burns too,
        and what anybody could have said at the right time proves no less at a wrong one (docs/adr/0129).
        """
        self._send(encoded(b'"NAK"0000R0L0A0[]' + stamp_of(now), binary_sum=frame.binary_sum))
        self._shared.is_wrong(envelope.account, _CLOCK)
        presence = Report(envelope.account, (("online", True), (_CLOCK, True)), model=PANEL_MODEL)
        told = () if envelope.is_encrypted else tuple(self._alarms(envelope, content))
        due = self._shared.is_due(envelope.account, "clock", now)
        reason = f"account {envelope.account}: the message {why}; {'alarms' if told else 'not'} taken" if due else ""
        return Decoded((presence, *told), malformed=reason, raw=frame.raw)

    def _alarms(self, envelope: Envelope, content: Content) -> Iterator[Report]:
        """What of it is a danger by itself, of the time of receipt."""
        try:
            events, _ = self._events(envelope, content)
        except MalformedMessage:
            return
        for report in reports(events, self._options.zones, None):
            alarms = tuple(pair for pair in report.values if pair[1] is True and counts_in_snapshot(pair[0]))
            if alarms:
                yield msgspec.structs.replace(report, values=alarms)

    def _lost(self, frame: Frame, envelope: Envelope, reason: str) -> Decoded:
        """Something happened that nobody can read: it may have been a fire, so the panel shows a fault."""
        self._shared.is_wrong(envelope.account, _MESSAGE)
        presence = Report(envelope.account, (("online", True), (_MESSAGE, True)), model=PANEL_MODEL)
        refused = self._not_understood(frame, envelope.answer(b"DUH"), reason)
        return msgspec.structs.replace(refused, reports=(presence,))

    def _not_understood(self, frame: Frame, duh: bytes, reason: str) -> Decoded:
        self._send(encoded(duh, binary_sum=frame.binary_sum))
        return Decoded(malformed=reason, raw=frame.raw)

    def _send(self, frame: bytes) -> None:
        """What a peer provokes beyond 4 KiB at a time is not sent: it asks again."""
        if len(self._unsent) + len(frame) <= _MOST_UNSENT:
            self._unsent += frame
