"""A session with whoever speaks on one connection, datagram peer or cable: takes messages and says how to answer.

ACK means that an event is stored for good, so it is handed over as ``Decoded.confirm`` and goes out after the commit.
NAK (the time is wrong; it carries ours) and DUH (a frame, but nothing that can be taken) go out at once: nothing was
taken. What fails its sum or length is not answered: the panel sends it again. An account that has a key is believed
only if it uses it.

The standard refuses what was sent more than 40 s ago or 20 s ahead; a panel that cannot correct its clock, or a
gateway whose own clock is wrong after a night without power, would lose every alarm. So the NAK goes out as ever and
``fault.clock`` stands, but an alarm in the clear is told all the same, dated by its receipt; an end of one, an arming
and the like are not. Said again at the right time it is new, and is confirmed. Of a panel with a key nothing is told:
its timestamp keeps a recorded alarm from being played back. Of a message whose sum is right what can be read is
taken; if nothing can be, ``fault.message`` stands until the next event that can. A wider window was rejected: a late
end of an alarm would clear a new one. The price: whoever may speak in the clear can play back an alarm; he could as
well invent one.
"""

from collections.abc import Iterator
from hashlib import blake2s

import msgspec

from devices.codec import Decoded, Key, Report
from devices.codecs.sia_dc09 import contact_id, dcs
from devices.codecs.sia_dc09.cipher import opened, sealed
from devices.codecs.sia_dc09.envelope import (
    ANSWERS,
    Content,
    Envelope,
    account_in,
    caller_in,
    content_of,
    envelope_of,
    instant_of,
    stamp_of,
)
from devices.codecs.sia_dc09.event import PANEL_MODEL, TEXT, Event, Heard, readings_of, reports, spoken_of
from devices.codecs.sia_dc09.framing import Failed, Frame, Framer, Skipped, encoded
from devices.codecs.sia_dc09.options import Options
from devices.codecs.sia_dc09.shared import Name, Shared
from devices.errors import MalformedMessage
from devices.message import Reason, Text, several
from devices.payloads.deduplication import Standing
from devices.reading import SECOND, Instant
from devices.signals import counts_in_snapshot

_MOST_UNSENT = 4096
_LINK_TESTS = frozenset(("NULL", "XNM"))
_CODES = {"ADM-CID": contact_id.events, "SIA-DCS": dcs.events}
_CLOCK, _MESSAGE, _KEY = "fault.clock", "fault.message", "fault.key"
_NOBODY = b'"DUH"0000L0#000[]'
NO_ACCOUNT = "no account"
"""Under what somebody waits who calls and does not say who he is."""
_FAILS_UNTIL_FAULT = 2
"""One message that fails its sum is noise, and said again."""


class _Unlocked(MalformedMessage):
    """The account has a key, and this was not said with it."""


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
                    decoded.append(self._failed(piece))
                case Skipped():
                    decoded.append(self._failed(Failed(Text.of("sia_dc09.skipped", count=piece.count), piece.raw)))
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
            account = account_in(frame.body).decode().upper()
            return self._lost(frame, account, _NOBODY, error.text)
        account, duh = envelope.account, envelope.answer(b"DUH")
        if envelope.token in ANSWERS:
            return Decoded(malformed=Text.of("sia_dc09.no_question", answer=envelope.token), raw=frame.raw)
        if not account:
            return self._lost(frame, "", duh, Text.of("sia_dc09.no_account"))
        self._shared.came_through(account)
        try:
            self._check_encryption(envelope, account)
            if envelope.token not in _LINK_TESTS and envelope.token not in _CODES:
                return self._lost(frame, account, duh, Text.of("sia_dc09.no_such_message", token=envelope.token))
            content = self._content(envelope)
        except _Unlocked as error:
            return self._locked(frame, account, duh, error.text)
        except MalformedMessage as error:
            return self._lost(frame, account, duh, error.text)
        late = self._wrong_time(envelope, content, now)
        if late:
            return self._not_now(frame, envelope, content, late, now)
        try:
            heard = self._events(envelope, content)
        except _Unlocked as error:
            return self._locked(frame, account, duh, error.text)
        if envelope.token in _CODES and not heard.events:
            return self._lost(
                frame, account, duh, several(heard.notes) or Text.of("sia_dc09.no_event", token=envelope.token)
            )
        return self._taken(frame, envelope, content, heard, now)

    def _failed(self, piece: Failed) -> Decoded:
        """Not answered, so that it is said again; whoever fails again and again is shown, and a fault of his panel."""
        account = caller_in(piece.raw).decode().upper()
        if not account:
            return Decoded(malformed=piece.reason, raw=piece.raw)
        is_fault = self._shared.failed(account) >= _FAILS_UNTIL_FAULT
        if is_fault:
            self._shared.is_wrong(account, _MESSAGE)
        report = Report(account, ((_MESSAGE, True),) * is_fault, model=PANEL_MODEL)
        return Decoded((report,), malformed=_of(account, piece.reason), raw=piece.raw)

    def _check_encryption(self, envelope: Envelope, account: str) -> None:
        """Raises MalformedMessage unless that account may be spoken of in this way."""
        own, needed = self._key(f"dc09/{envelope.account}"), self._options.encryption
        if envelope.is_encrypted:
            if own is None:
                raise MalformedMessage(Text.of("sia_dc09.no_key", account=account))
            if account != envelope.account and self._key(f"dc09/{account}") not in (None, own):
                raise _Unlocked(Text.of("sia_dc09.speaks_of", account=envelope.account, other=account))
        elif needed == "required":
            raise _Unlocked(Text.of("sia_dc09.must_encrypt", account=account))
        elif needed == "where_keyed" and self._key(f"dc09/{account}") is not None:
            raise _Unlocked(Text.of("sia_dc09.keyed", account=account))

    def _content(self, envelope: Envelope) -> Content:
        key = self._key(f"dc09/{envelope.account}")
        if not envelope.is_encrypted or key is None:
            return content_of(envelope.content)
        try:
            return content_of(opened(envelope.content, key, envelope.account), was_sealed=True)
        except MalformedMessage as error:
            raise _Unlocked(Text.of("sia_dc09.read_with_key", account=envelope.account, problem=error.text)) from None

    def _wrong_time(self, envelope: Envelope, content: Content, now: Instant) -> Text | None:
        """Why the message counts as too old or too new."""
        if not envelope.is_encrypted and (not content.has_time or self._options.check_time == "encrypted"):
            return None
        if content.time is None:
            return Text.of("sia_dc09.no_time" if not content.has_time else "sia_dc09.impossible_time")
        ahead = (content.time - now) / SECOND
        if -self._options.oldest_s <= ahead <= self._options.newest_s:
            return None
        return Text.of("sia_dc09.ahead" if ahead > 0 else "sia_dc09.behind_us", seconds=round(abs(ahead)))

    def _events(self, envelope: Envelope, content: Content) -> Heard:
        """What is said, and what is odd about it. Raises MalformedMessage: so nobody may speak of that account."""
        heard = Heard([], [])
        if envelope.token in _CODES:
            for data in readings_of(content.data, envelope.account):
                heard = self._events_in(envelope, data)
                if any(event.name != TEXT for event in heard.events):
                    break
        return msgspec.structs.replace(
            heard, notes=[content.odd, *heard.notes] if content.odd is not None else heard.notes
        )

    def _events_in(self, envelope: Envelope, data: bytes) -> Heard:
        told: list[Event] = []
        notes: list[Text] = []
        is_unread = False
        spoken = spoken_of(data, envelope.account)
        for account, _ in spoken:
            self._check_encryption(envelope, account)
        for account, blocks in spoken:
            heard = _CODES[envelope.token](blocks, account)
            told += heard.events
            notes += heard.notes
            is_unread = is_unread or heard.is_unread
        return Heard(told, notes, is_unread)

    def _taken(self, frame: Frame, envelope: Envelope, content: Content, heard: Heard, now: Instant) -> Decoded:
        account = envelope.account
        confirm = self._ack(frame, envelope, now)
        said = self._name(envelope, content) if heard.events else ()
        standing = self._shared.standing(said, now)
        if standing is Standing.WAITING:
            return Decoded(raw=frame.raw)
        if standing is Standing.STORED:
            return Decoded(confirm=confirm, raw=frame.raw)
        over = [signal for signal in (_CLOCK, _KEY) if self._shared.is_right(account, signal)]
        if heard.is_unread:
            self._shared.is_wrong(account, _MESSAGE)
        elif heard.events and self._shared.is_right(account, _MESSAGE):
            over.append(_MESSAGE)
        values = (("online", True), *((signal, False) for signal in over), *((_MESSAGE, True),) * heard.is_unread)
        presence = Report(account, values, model=PANEL_MODEL)
        due = [note for note in heard.notes if self._shared.is_due(account, str(note), now)]
        told_all = (presence, *self._reports(heard.events, content))
        return Decoded(told_all, confirm, malformed=several(due), raw=frame.raw, said=said or None)

    def _reports(self, told: list[Event], content: Content) -> tuple[Report, ...]:
        """Dated by the time of occurrence, if the message tells it, else by the time of sending."""
        time = instant_of(content.block(b"H")) or content.time
        text = content.text()
        named = [msgspec.structs.replace(event, text=event.text or text) for event in told]
        return reports(named, self._options.zones, time)

    def _name(self, envelope: Envelope, content: Content) -> tuple[Name, ...]:
        """Of what was said: by account and number, for a minute, and by the time that it bears for longer.

        A panel that is not answered may put another time on it when it tries again; one that counts nothing has the
        same number for what happens later. Of an encrypted message the cipher text itself counts, too: the panel's own
        repeat is the same, or somebody has listened.
        """
        words = b"\n".join((envelope.token.encode(), content.data, *content.extended))
        key = (envelope.account, envelope.sequence)
        names: list[Name] = [(key, blake2s(words).digest(), True)]
        if content.time is not None:
            names.append((key, blake2s(b"%d\n%s" % (content.time, words)).digest(), False))
        if envelope.is_encrypted:
            names.append((blake2s(envelope.account.encode() + envelope.content.upper()).digest(), b"", False))
        return tuple(names)

    # -- what goes -----------------------------------------------------------------------------------------

    def _ack(self, frame: Frame, envelope: Envelope, now: Instant) -> bytes:
        key = self._key(f"dc09/{envelope.account}")
        if not envelope.is_encrypted or key is None:
            return encoded(envelope.answer(b"ACK"), binary_sum=frame.binary_sum)
        content = sealed(b"]" + stamp_of(now), key, frame.raw + now.to_bytes(16, "big", signed=True))
        return encoded(envelope.answer(b"*ACK", content), binary_sum=frame.binary_sum)

    def _not_now(self, frame: Frame, envelope: Envelope, content: Content, why: Text, now: Instant) -> Decoded:
        """NAK with our time: the panel sets its clock and sends again; one that cannot shows as a fault of its own.

        An alarm in the clear is believed all the same, an end of one is not: whoever cannot set his clock burns too,
        and what anybody could have said at the right time proves no less at a wrong one.
        """
        self._send(encoded(b'"NAK"0000R0L0A0[]' + stamp_of(now), binary_sum=frame.binary_sum))
        self._shared.is_wrong(envelope.account, _CLOCK)
        presence = Report(envelope.account, (("online", True), (_CLOCK, True)), model=PANEL_MODEL)
        said = blake2s(b"%d\n" % (content.time or 0) + envelope.sequence + content.data).hexdigest()
        is_new = self._shared.is_due(envelope.account, said, now)
        told = () if envelope.is_encrypted else tuple(self._alarms(envelope, content, is_new=is_new))
        due = self._shared.is_due(envelope.account, "clock", now)
        key = "sia_dc09.alarms_taken" if told else "sia_dc09.not_taken"
        reason = Text.of(key, account=envelope.account, problem=why) if due else ""
        return Decoded((presence, *told), malformed=reason, raw=frame.raw)

    def _alarms(self, envelope: Envelope, content: Content, *, is_new: bool) -> Iterator[Report]:
        """What of it is a danger by itself, of the time of receipt. Said again because of the NAK it is no new one."""
        try:
            events = self._events(envelope, content).events
        except MalformedMessage:
            return
        for report in reports(events, self._options.zones, None):
            alarms = tuple(pair for pair in report.values if pair[1] is True and counts_in_snapshot(pair[0]))
            if alarms:
                yield msgspec.structs.replace(report, values=alarms, event=report.event and is_new, reset=False)

    def _lost(self, frame: Frame, account: str, duh: bytes, reason: Reason) -> Decoded:
        """Something happened that nobody can read: it may have been a fire, so the panel shows a fault."""
        if not account:
            report = Report(NO_ACCOUNT, (), model=PANEL_MODEL)
        else:
            self._shared.is_wrong(account, _MESSAGE)
            is_keyed = self._key(f"dc09/{account}") is not None
            presence = () if is_keyed else (("online", True),)
            report = Report(account, (*presence, (_MESSAGE, True)), model=PANEL_MODEL)
            reason = _of(account, reason)
        return self._not_understood(frame, duh, reason, report)

    def _locked(self, frame: Frame, account: str, duh: bytes, reason: Reason) -> Decoded:
        """In the name of a panel with a key, but not with it: its key is another one, or it was somebody else."""
        self._shared.is_wrong(account, _KEY)
        return self._not_understood(frame, duh, reason, Report(account, ((_KEY, True),), model=PANEL_MODEL))

    def _not_understood(self, frame: Frame, duh: bytes, reason: Reason, report: Report) -> Decoded:
        self._send(encoded(duh, binary_sum=frame.binary_sum))
        return Decoded((report,), malformed=reason, raw=frame.raw)

    def _send(self, frame: bytes) -> None:
        """What a peer provokes beyond 4 KiB at a time is not sent: it asks again."""
        if len(self._unsent) + len(frame) <= _MOST_UNSENT:
            self._unsent += frame


def _of(account: str, problem: Reason) -> Reason:
    """Whose message it was, where the reason does not say so itself."""
    if isinstance(problem, Text) and "account" in problem.params:
        return problem
    return Text.of("sia_dc09.of_account", account=account, problem=problem)
