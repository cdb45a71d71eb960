"""A session with whoever speaks on one cable, connection or datagram peer: takes uploads, answers, asks and asks again.

A confirm means that an upload is stored for good, so it is handed over as ``Decoded.confirm`` and goes out after the
commit. A failed check is denied at once (clause 6.5.3). Nothing is denied when the store is down: that is no fault
of the device, and no answer at all makes it send again (6.5.4), as a deny would on some and not on others.
"""

from hashlib import blake2s

import msgspec

from devices.codec import Decoded
from devices.codecs.gbt26875 import units
from devices.codecs.gbt26875.commands import Ask, set_clock
from devices.codecs.gbt26875.framing import (
    ANSWER,
    CONFIRM,
    DENY,
    SEND,
    Failed,
    Frame,
    Framer,
    Skipped,
    encoded,
)
from devices.codecs.gbt26875.meaning import Said, presence, said
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.shared import Shared
from devices.codecs.gbt26875.time_label import label_of
from devices.errors import MalformedMessage
from devices.message import Reason, Text, several
from devices.payloads.deduplication import Standing
from devices.reading import SECOND, Instant

_A_QUESTION = Text.of("gbt26875.question")
_THE_CLOCK = Text.of("gbt26875.clock")

_CLOCK_AFTER = 2 * SECOND
"""The clock is set a moment after the first word, so that the confirm of that comes first."""
_CLOCK_AGAIN_AFTER = 86_400 * SECOND
_MOST_SOURCES = 64
_MOST_ASKED = 32
_MOST_UNSENT = 4096
_MESSAGE = "fault.message"
"""Of a device whose upload nobody could read: it may have been a fire."""
_REGISTERING = (0, 7)
"""Reserved, and a maker's registration and keep-alive: Dahua's supplement to the standard, v1.03."""
_HANDSHAKE = b"\x16"
_HANDSHAKE_ANSWERS = {"answer": b"\x17", "echo": _HANDSHAKE, "plain": b""}


class _Asked(msgspec.Struct):
    """One of our own exchanges, until it is answered."""

    source: bytes
    what: Reason
    frame: bytes
    sent: int
    again_at: Instant


class Gbt26875Line:
    """The Line of devices/codec.py. ``ask`` is for whoever wants to know something of a device that has spoken."""

    def __init__(self, options: Options, shared: Shared) -> None:
        self._options, self._shared = options, shared
        self._framer = self._fresh_framer()
        self._unsent = bytearray()
        self._serial = 0
        self._asked: dict[int, _Asked] = {}
        self._heard: dict[bytes, tuple[tuple[int, int], bytes]] = {}
        self._clock_at: dict[bytes, Instant] = {}

    def receive(self, data: bytes, now: Instant) -> list[Decoded]:
        decoded = []
        for piece in self._framer.feed(data, now):
            match piece:
                case Frame():
                    decoded.append(self._frame(piece, now))
                case Failed():
                    if piece.deny is not None:
                        self._deny(piece.deny, now)
                    decoded.append(Decoded(malformed=piece.reason, raw=piece.raw))
                case Skipped():
                    decoded.append(Decoded(malformed=piece.reason(), raw=piece.raw))
        return decoded + self._unanswered(now)

    def to_send(self, now: Instant) -> bytes:
        for source, at in self._clock_at.items():
            if at <= now and len(self._asked) < _MOST_ASKED:
                self._clock_at[source] = now + _CLOCK_AGAIN_AFTER
                self.ask(source, set_clock(label_of(now, self._options.of(source).zone)), now, _THE_CLOCK)
        for asked in self._asked.values():
            if asked.again_at <= now and asked.sent <= self._options.resends:
                self._send(asked.frame)
                asked.sent += 1
                asked.again_at = now + self._patience
        sent = bytes(self._unsent)
        self._unsent.clear()
        return sent

    def wake_at(self) -> Instant | None:
        times = [*self._clock_at.values(), *(asked.again_at for asked in self._asked.values())]
        torn = self._framer.wake_at()
        return min(times if torn is None else [*times, torn], default=None)

    def closed(self, now: Instant) -> None:
        """The next one on this line is a stranger: half a frame and open questions end here, what was seen does not."""
        self._framer = self._fresh_framer()
        self._unsent.clear()
        self._asked.clear()
        self._heard.clear()
        self._clock_at.clear()

    def settled(self, said: tuple[tuple[bytes, int], bytes], *, is_stored: bool) -> None:
        self._shared.uploads.settled(*said, is_stored=is_stored)

    def ask(self, source: bytes, ask: Ask, now: Instant, what: Reason = _A_QUESTION) -> bool:
        """Begin an exchange of ours; False if that source has not spoken, or too much is unanswered already."""
        heard = self._heard.get(source)
        if heard is None or len(self._asked) >= _MOST_ASKED:
            return False
        while self._serial in self._asked:
            self._serial = (self._serial + 1) & 0xFFFF
        command, unit = ask
        label = label_of(now, self._options.of(source).zone)
        version, centre = heard
        frame = encoded(Frame(self._serial, version, label, centre, source, command, unit))
        self._asked[self._serial] = _Asked(source, what, frame, 1, now + self._patience)
        self._serial = (self._serial + 1) & 0xFFFF
        self._send(frame)
        return True

    # -- what came -----------------------------------------------------------------------------------------

    def _frame(self, frame: Frame, now: Instant) -> Decoded:
        options = self._options.of(frame.source)
        if frame.command == SEND:
            return self._upload(frame, options, now)
        asked = self._answered(frame) if frame.command in (CONFIRM, ANSWER, DENY) else None
        if asked is None:
            return self._not_asked_for(frame, options, now)
        if frame.command == ANSWER:
            return self._answer(frame, options, now)
        malformed = (
            Text.of("gbt26875.denies", source=frame.source.hex(), what=asked.what) if frame.command == DENY else ""
        )
        return Decoded((presence(frame),), malformed=malformed or frame.sum_fault, raw=frame.raw)

    def _not_asked_for(self, frame: Frame, options: Options, now: Instant) -> Decoded:
        """A reserved command is denied (6.5.3), an answer to nothing left: else two that deny would never end.

        Whoever sends it is there; but an answer may be our own, which some cables bring back.
        """
        what = f"command {frame.command}"
        if options.register_first and frame.command in _REGISTERING:
            self._hear(frame, options, now)
            return Decoded((presence(frame),), self._confirm(frame, now), malformed=frame.sum_fault, raw=frame.raw)
        noted = self._noted(frame, what, Text.of("gbt26875.not_asked", command=frame.command), now)
        if frame.command in (CONFIRM, ANSWER, DENY):
            is_known = frame.source in self._heard
            return msgspec.structs.replace(noted, reports=(presence(frame),) * is_known)
        self._deny(frame, now)
        why = f"{what} is denied" + ("; some devices need register_first" if frame.command in _REGISTERING else "")
        return msgspec.structs.replace(noted, reports=(presence(frame, why=why),))

    def _upload(self, frame: Frame, options: Options, now: Instant) -> Decoded:
        unit = frame.unit
        self._hear(frame, options, now)
        if unit == _HANDSHAKE:
            answer = self._confirm(frame, now, _HANDSHAKE_ANSWERS[options.handshake])
            return Decoded((presence(frame),), answer, malformed=frame.sum_fault, raw=frame.raw)
        if not unit:
            return Decoded((presence(frame),), self._confirm(frame, now), malformed=frame.sum_fault, raw=frame.raw)
        if not units.is_upload(unit[0]):
            reason = Text.of("gbt26875.no_such_type", type=unit[0])
            noted = self._noted(frame, f"type {unit[0]}", reason, now)
            return msgspec.structs.replace(noted, reports=(presence(frame),), confirm=self._confirm(frame, now))
        try:
            _, objects = units.decoded(unit, time_first=options.time_first)
        except MalformedMessage as error:
            self._deny(frame, now)
            self._shared.misunderstood(frame.source)
            return Decoded((presence(frame, (_MESSAGE, True)),), malformed=error.text, raw=frame.raw)
        # Objects without a time of their own may truly come again in the same words: then the frame's time decides.
        is_timed = all(getattr(item, "label", b"") for item in objects)
        what = blake2s(unit if is_timed else unit + frame.label).digest()
        key = (frame.source, frame.serial)
        standing = self._shared.uploads.standing(key, what, now)
        if standing is Standing.WAITING:
            return Decoded(raw=frame.raw)
        confirm = self._confirm(frame, now)
        if standing is Standing.STORED:
            return Decoded(confirm=confirm, raw=frame.raw)
        meaning = said(frame, objects, options, self._shared)
        if self._shared.understood(frame.source):
            meaning = Said((presence(frame, (_MESSAGE, False)), *meaning.reports[1:]), meaning.notes)
        return msgspec.structs.replace(self._told(frame, meaning, now), confirm=confirm, said=(key, what))

    def _answer(self, frame: Frame, options: Options, now: Instant) -> Decoded:
        """To a question of ours: how things stand, no transition."""
        try:
            if not frame.unit or not units.is_upload(frame.unit[0]):
                raise MalformedMessage(Text.of("gbt26875.unknown_answer"))
            _, objects = units.decoded(frame.unit, time_first=options.time_first)
        except MalformedMessage as error:
            return Decoded((presence(frame),), malformed=error.text, raw=frame.raw)
        return self._told(frame, said(frame, objects, options, self._shared, snapshot=True), now)

    def _told(self, frame: Frame, meaning: Said, now: Instant) -> Decoded:
        due: list[Reason] = [words for kind, words in meaning.notes if self._shared.is_due(frame.source, kind, now)]
        if frame.sum_fault:
            due.append(Text.of("gbt26875.nevertheless", problem=frame.sum_fault))
        return Decoded(meaning.reports, malformed=several(due), raw=frame.raw)

    def _noted(self, frame: Frame, kind: str, words: Reason, now: Instant) -> Decoded:
        is_due = self._shared.is_due(frame.source, kind, now)
        return Decoded(malformed=words if is_due else "", raw=frame.raw)

    # -- what goes -----------------------------------------------------------------------------------------

    def _confirm(self, frame: Frame, now: Instant, unit: bytes = b"") -> bytes:
        return encoded(frame.answer(CONFIRM, label_of(now, self._options.of(frame.source).zone), unit))

    def _deny(self, frame: Frame, now: Instant) -> None:
        self._send(encoded(frame.answer(DENY, label_of(now, self._options.of(frame.source).zone))))

    def _send(self, frame: bytes) -> None:
        """What a peer provokes beyond 4 KiB at a time is not sent: it asks again, or is asked again."""
        if len(self._unsent) + len(frame) <= _MOST_UNSENT:
            self._unsent += frame

    def _hear(self, frame: Frame, options: Options, now: Instant) -> None:
        """Whom a question may go to, and whose clock is to be set: the first 64 sources of a session."""
        if frame.source not in self._heard and len(self._heard) >= _MOST_SOURCES:
            return
        if frame.source not in self._heard and options.sync_clock:
            self._clock_at[frame.source] = now + _CLOCK_AFTER
        self._heard[frame.source] = (frame.version, frame.destination)

    def _answered(self, frame: Frame) -> _Asked | None:
        asked = self._asked.get(frame.serial)
        return self._asked.pop(frame.serial) if asked is not None and asked.source == frame.source else None

    def _unanswered(self, now: Instant) -> list[Decoded]:
        """Exchanges that have failed (clause 6.5.5): sent, sent again as often as is due, and no answer."""
        lost = [s for s, asked in self._asked.items() if asked.again_at <= now and asked.sent > self._options.resends]
        failed = [self._asked.pop(serial) for serial in lost]
        return [
            Decoded(
                malformed=Text.of("gbt26875.no_answer", source=asked.source.hex(), what=asked.what), raw=asked.frame
            )
            for asked in failed
        ]

    def _fresh_framer(self) -> Framer:
        return Framer(lambda source: self._options.of(source).lenient_checksum)

    @property
    def _patience(self) -> Instant:
        return int(self._options.answer_within_s * SECOND)
