"""From what a family understood to readings: which device it is, and whether it may be believed.

A device that is not installed waits in quarantine; what it says of a danger does not wait.
"""

from collections.abc import Iterable
from functools import partial

import msgspec

from alerts.event import Event, PanelReset, Stranger
from devices.callers import Callers
from devices.codec import Decoded, Message, Report
from devices.device import SenderKey
from devices.device_directory import DeviceDirectory
from devices.errors import MalformedMessage
from devices.keypad import Keyed, Keypads
from devices.malformed import MalformedLog
from devices.message import Reason, Text
from devices.panel_reset import RaisedFlags, is_behind, over
from devices.payloads.not_understood import MOST_NOTES, Note
from devices.quarantine import Quarantine
from devices.reading import Instant, Quality, Reading
from devices.signals import base_name, is_danger
from gateway.inbox import FromLine
from gateway.own_devices import LINE, line_device

_LONGEST_FIRMWARE = 100
_SNAPSHOT = int(Quality.SNAPSHOT)
_CARD, _TYPED = "credential", "code"


def is_silent(decoded: Decoded) -> bool:
    return not (decoded.reports or decoded.malformed or decoded.notes or decoded.stands or decoded.subscribe)


class Admission:
    """Owns what stands behind panels and who calls from where; registry, quarantine and log are shared."""

    def __init__(
        self,
        directory: DeviceDirectory,
        quarantine: Quarantine,
        malformed: MalformedLog,
        callers: Callers,
        keypads: Keypads | None = None,
    ) -> None:
        self.registry, self.quarantine, self.malformed = directory, quarantine, malformed
        self.strangers: list[Event] = []
        """What unregistered devices said of dangers, and who was at a keypad."""
        self._keypads = keypads or Keypads(lambda _code, _now: None)
        self.firmware: dict[str, str] = {}
        """What installed devices say that they run, by id."""
        self.refused: Reason = ""
        """Why nothing was taken of what a line has just brought: it is not to be confirmed."""
        self._flags = RaisedFlags()
        self._callers = callers

    def prime(self, readings: Iterable[Reading]) -> None:
        """Know from stored readings what is in alarm behind panels: their next reset ends it."""
        for reading in readings:
            device = self.registry.device(reading.device)
            if device is not None and device.line:
                self._flags.hear(device, (reading,))
            elif reading.device.startswith(LINE):
                line = reading.device.removeprefix(LINE)
                self._callers.recall(line, reading.signal, reading.value, reading.time)

    def read_line(self, came: FromLine, received: Instant) -> list[Reading]:
        """The readings in what a line's codec made of its bytes."""
        readings: list[Reading] = []
        message = Message(came.line, came.peer, came.decoded.raw, received)
        decoded, self.refused = came.decoded, ""
        if came.peer and decoded.reports:
            decoded = self._believed(came, received, readings)
        self.admit(came.family, decoded, message, came.line, readings)
        if is_silent(came.decoded):
            self.malformed.passed_over[came.family] += 1
        return readings

    def _believed(self, came: FromLine, now: Instant, readings: list[Reading]) -> Decoded:
        """Without what somebody says in the name of a panel that calls from elsewhere, dangers apart."""
        line, host = came.line, came.peer.rpartition(":")[0]
        is_up = partial(self._is_in_danger, line, came.family)
        is_known = partial(self._is_panel, line, came.family)
        said = self._callers.believed(line, came.family, host, came.decoded.reports, now, is_up, is_known)
        readings += [Reading(line_device(line).id, signal, value, now, now) for signal, value in said.told]
        if said.why:
            self.malformed.add(line, came.peer, Text.of("ingest.only_dangers", why=said.why), came.decoded.raw, now)
        self.refused = "" if said.reports else said.why
        return msgspec.structs.replace(came.decoded, reports=said.reports)

    def _is_panel(self, line: str, family: str, source: str) -> bool:
        return self.registry.panel(family, source, line) is not None

    def _is_in_danger(self, line: str, family: str, source: str) -> bool:
        """Whether a danger stands at that panel, or at a part of it that waits in quarantine."""
        flags = self._flags.up(line, family, source)
        if any(is_danger(signal, True) for signals in flags.values() for signal in signals):
            return True
        return self.quarantine.is_in_danger(SenderKey(line, family, source))

    def admit(self, family: str, decoded: Decoded, message: Message, line: str, readings: list[Reading]) -> None:
        """Adds the readings in it; a danger that an unknown device told is in ``strangers``."""
        if decoded.malformed:
            self.malformed.add(message.source, message.address, decoded.malformed, decoded.raw, message.received)
        if decoded.notes:
            raw = decoded.raw or message.payload
            self.malformed.note(message.source, message.address, decoded.notes, raw, message.received)
        for report in decoded.reports:
            if report.reset and line:
                readings += self._reset(family, report, message, line)
            try:
                admitted = self.registry.admit(family, report, message, line)
            except MalformedMessage as error:
                self.malformed.add(message.source, message.address, error.text, message.payload, message.received)
                self._hear_stranger(
                    family, report, message, line
                )  # a panel on another plug is refused, its fire is not
                continue
            if admitted is None:
                self._hear_stranger(family, report, message, line)
                continue
            known, faults = admitted
            readings += known
            if report.keyed or (known and known[0].device in self.registry.arming):
                readings += self._at_keypad(family, report, line, known, message.received)
            if line or report.firmware:
                device = self.registry.find(family, report.address, line)
                if device is not None and line:
                    self._flags.hear(device, known)
                if device is not None and report.firmware:
                    self.firmware[device.id] = report.firmware[:_LONGEST_FIRMWARE]
            if faults:
                first, *others = faults[:MOST_NOTES]
                self.malformed.add(message.source, message.address, first, message.payload, message.received)
                more = [Note(fault) for fault in others]
                self.malformed.note(message.source, message.address, more, message.payload, message.received)

    def _at_keypad(
        self, family: str, report: Report, line: str, known: Iterable[Reading], now: Instant
    ) -> list[Reading]:
        """Who typed a code or showed a card to arm: that goes further, what was typed does not.

        A duress code is the device's word for duress, whatever else becomes of it.
        """
        device = self.registry.find(family, report.address, line)
        if device is None:
            return []
        is_tagged = device.id in self.registry.arming
        cards = [each for each in known if each.signal.startswith(_CARD) and not each.quality & _SNAPSHOT]
        typed = [keyed for keyed in report.keyed if keyed.action or is_tagged]
        shown = (str(each.value) for each in cards if is_tagged)
        typed += [Keyed("", value, is_card=True) for value in shown if not value.startswith(_TYPED)]
        forced = []
        for keyed in typed:
            said = self._keypads.judged(device.id, device.area, keyed, now)
            self.strangers.append(said)
            if said.verdict in ("duress", "locked_duress"):
                forced.append(Reading(device.id, "duress", True, now, now, int(Quality.EVENT)))
        return forced

    def codes_answered(self, modes: Iterable[tuple[str, str]], now: Instant) -> None:
        """What has become of who was at a keypad; ``modes``: areas that a code has set, and whose."""
        self._keypads.settle(modes, now)

    def _reset(self, family: str, report: Report, message: Message, line: str) -> list[Reading]:
        """That what was in alarm at the panel and behind it is over, also at parts that nobody has registered."""
        panel, readings = report.address, []
        time, quality = self.registry.dated(report, message.received)
        for name, signals in self._flags.up(line, family, panel).items():
            device = self.registry.device(name)
            if report.reset_of:
                said = dict(report.values) if device is not None and device.address == panel else {}
                signals = tuple(one for one in signals if base_name(one) in report.reset_of and one not in said)
            if signals and device is not None and is_behind(device.address, panel):
                fell = over(device, signals, time, message.received, quality)
                self._flags.hear(device, fell)
                readings += fell
        if not report.reset_of:
            self.quarantine.reset(SenderKey(line, family, panel))
            self.strangers.append(PanelReset(SenderKey(line, family, panel)))
        return readings

    def _hear_stranger(self, family: str, report: Report, message: Message, line: str) -> None:
        """It waits in quarantine; what it says of a danger does not wait. Found standing, it counts as much."""
        told = self.quarantine.heard(family, report, message, line)
        if told:
            panel = self.registry.panel(family, report.address, line)
            at = panel.id if panel is not None else line_device(line or "mqtt").id
            sender = SenderKey(line, family, report.address)
            is_event = report.event and not (report.snapshot or message.retained)
            self.strangers += [Stranger(at, sender, signal, value, is_event) for signal, value in told]
