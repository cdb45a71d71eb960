"""Who has taken what out of service: bypasses and walk tests as they stand, their clocks, and what they answer.

All of it is in the stores as it stands after each step, so a restart changes nothing; what ended meanwhile ends at
the first look at the clock.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from alerts import bypass as bypasses
from alerts.alert import Alert
from alerts.bypass import Bypassed
from alerts.command import (
    Bypass,
    BypassCommand,
    ConsentBypass,
    DeclineBypass,
    EndBypass,
    EndWalkTest,
    StartWalkTest,
)
from alerts.effects import BypassChanged, Effects, WalkTestChanged
from alerts.suppression import consent, walking
from alerts.suppression.in_force import InForce
from alerts.system_alerts import BLIND, BYPASSED, ROUND, TESTED, WISHED
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.people import people
from devices.reading import SECOND, Instant, Reading
from devices.walk_test import Answer, Outcome, WalkTest, heard, is_contradicted, triggered_together

_REMIND_BEFORE: Instant = 900 * SECOND
_WRONG = Text.of("permits.wrong_clock")
_OVER = Text.of("permits.time_over")
PermitCommand = BypassCommand | StartWalkTest | EndWalkTest


class Permits:
    """Owns the bypasses and tests in ``standing``. What changed is in ``effects`` and in what its methods return.

    ``wishes`` wait for a second person: nothing in ``standing`` knows of them.
    """

    def __init__(self, standing: InForce, restored: Sequence[Bypassed], tests: Sequence[WalkTest]) -> None:
        self._standing = standing
        self.bypasses = {bypass.id: bypass for bypass in restored if not bypass.is_wish}
        self.wishes = {wish.id: wish for wish in restored if wish.is_wish}
        self.tests = {test.id: test for test in tests}
        self._first: dict[str, dict[str, float]] = {}
        self.effects = Effects()
        self.presences: list[tuple[str, bool]] = []
        """Devices that can be counted on no more, or again: for rules over several."""
        self.loud: set[tuple[str, str]] = set()
        """(rule, key) of the conditions that people must be told of anew."""
        self.wake_at: Instant | None = None
        self._index()

    def _index(self) -> None:
        standing = self._standing
        standing.bypasses = {device: bypass for bypass in self.bypasses.values() for device in bypass.devices}
        standing.tests = {device: test for test in self.tests.values() for device in test.devices}
        standing.sources = frozenset((*self.bypasses, *self.tests))
        times = [t for bypass in self.bypasses.values() for t in (bypass.until, bypass.remind_at, bypass.round_at)]
        times += [consent.lapses_at(wish) for wish in self.wishes.values()]
        times += [time for test in self.tests.values() for time in (test.until, _remind_at(test))]
        self.wake_at = min(times, default=None)

    # -- what people ask -----------------------------------------------------------------------------------

    def carry_out(
        self,
        command: PermitCommand,
        devices: Mapping[str, Device],
        open_alerts: Callable[[], Sequence[Alert]],
        guards_life: Callable[[Device], bool],
        now: Instant,
    ) -> None:
        """``guards_life``: what is bypassed by two people only. Raises Refused."""
        standing = self._standing
        match command:
            case Bypass():
                wished = {device: wish for wish in self.wishes.values() for device in wish.devices}
                made = bypasses.begin(command, devices, {**wished, **standing.bypasses}, guards_life, now)
                if made.id in self.bypasses or made.id in self.wishes:
                    raise Refused(Text.of("permits.just_asked"))
                tested = [device for device in made.devices if device in standing.tests]
                if tested:
                    raise Refused(Text.of("permits.in_walk_test", devices=tuple(tested)))
                if made.is_wish:
                    self.wishes[made.id] = made
                    self.loud.add((WISHED, made.id))
                    self._tell(made, "asked", made.devices, now, made.by, made.reason)
                else:
                    self._begin(made, now, made.by)
            case ConsentBypass():
                wish = self.wishes.get(command.bypass)
                self._begin(consent.consented(wish, command, standing.bypasses, standing.tests, now), now, command.by)
                del self.wishes[command.bypass]
            case DeclineBypass():
                over = consent.declined(self.wishes.get(command.bypass), command, now)
                del self.wishes[over.id]
                self._tell(over, "declined", over.devices, now, command.by, command.note)
            case EndBypass():
                left, gone = bypasses.end(command, self.bypasses.get(command.bypass), now)
                self._take_back(left, gone, now, command.by, command.note)
            case StartWalkTest():
                test = walking.begin(command, devices, standing.tests, standing.bypasses, open_alerts(), now)
                self.tests[test.id] = test
                self.loud.add((TESTED, test.id))
                self._walked(test, "started", now, by=test.by, note=test.note)
            case EndWalkTest():
                bypasses.check_words(command.by, command.note)
                running = self.tests.get(command.test)
                if running is None:
                    raise Refused(Text.of("permits.no_walk_test"))
                self.end_test(running, "finished", now, command.by, command.note)
        self._index()

    def _begin(self, bypass: Bypassed, now: Instant, by: str) -> None:
        self.bypasses[bypass.id] = bypass
        self._tell(bypass, "begun", bypass.devices, now, by, bypass.note or bypass.reason)
        self.presences += [(device, False) for device in bypass.devices]
        self.loud |= {(BYPASSED, bypass.area), (BLIND, bypass.area)}
        if bypass.consented_by:
            self.loud.add((ROUND, bypass.area))

    def installed(self, devices: Mapping[str, Device], now: Instant) -> None:
        """These are installed; whatever else was bypassed is so no more, nor what hangs in another area now.

        Nor what was bypassed at a time that is yet to come: the clock was wrong then, and with it the end.
        """
        for bypass in list(self.bypasses.values()):
            if bypass.since > now:
                self._take_back(*bypasses.without(bypass, bypass.devices, now, "", _WRONG), now, "", _WRONG)
                continue
            for is_out, why in ((_is_gone, Text.of("permits.retired")), (_has_moved, Text.of("permits.moved"))):
                standing = self.bypasses.get(bypass.id, bypass)
                out = [name for name in standing.devices if is_out(devices.get(name), bypass.area)]
                if out:
                    self._take_back(*bypasses.without(standing, out, now, "", why), now, "", why)
        for wish in list(self.wishes.values()):
            found = [devices.get(name) for name in wish.devices]
            if wish.since > now or any(device is None or device.area != wish.area for device in found):
                self._lapse(wish, now, Text.of("permits.changed"))
        for test in list(self.tests.values()):
            if test.started > now:
                self.end_test(test, "expired", now, "", _WRONG)
        self._index()

    # -- time ----------------------------------------------------------------------------------------------

    def turn(self, now: Instant) -> None:
        """End what is over and remind of what is not. Call when ``wake_at`` is due."""
        for bypass in list(self.bypasses.values()):
            if bypass.until <= now:
                left, gone = bypasses.without(bypass, bypass.devices, now, "", _OVER)
                self._take_back(left, gone, now, "", _OVER)
                continue
            if bypass.round_at <= now:
                self._send_round(bypass.area, now)
            if bypass.remind_at <= now:
                again = self.bypasses[bypass.id] = replace(self.bypasses[bypass.id], reminded=now)
                self._tell(again, "reminded", again.devices, now)
                self.loud.add((BYPASSED, again.area))
        for wish in list(self.wishes.values()):
            if consent.lapses_at(wish) <= now:
                self._lapse(wish, now, Text.of("permits.lapsed"))
        for test in list(self.tests.values()):
            if test.until <= now:
                self.end_test(test, "expired", now, "", _OVER)
            elif _remind_at(test) <= now:
                soon = self.tests[test.id] = replace(test, reminded=now)
                self.loud.add((TESTED, test.id))
                self._walked(soon, "reminded", now)
        self._index()

    def _send_round(self, area: str, now: Instant) -> None:
        """Once for all that is bypassed there."""
        self.loud.add((ROUND, area))
        for bypass in list(self.bypasses.values()):
            if bypass.area == area and bypass.consented_by:
                self.bypasses[bypass.id] = again = replace(bypass, rounds=now)
                self._tell(again, "reminded", again.devices, now)

    def _lapse(self, wish: Bypassed, now: Instant, note: Text) -> None:
        del self.wishes[wish.id]
        self._tell(replace(wish, ended=now, note=note), "lapsed", wish.devices, now, "", note)

    # -- walking -------------------------------------------------------------------------------------------

    def heard(self, device: Device, reading: Reading, devices: Mapping[str, Device], now: Instant) -> frozenset[str]:
        """Count a reading of a device in a test; the devices that were no one person's doing: that ended the test."""
        test = self._standing.tests[device.id]
        after = heard(test, device, reading, self._first.setdefault(device.id, {}))
        if after is test:
            return frozenset()
        self.tests[after.id] = self.effects.tests[after.id] = after
        real: frozenset[str] = frozenset()
        if len(after.answers) > len(test.answers):
            self._walked(after, "answered", now, answer=after.answers[-1])
            beside = [other for other in self.tests.values() if _is_beside(other, after, devices)]
            others = [answer for other in beside for answer in other.answers]
            real = triggered_together(after.answers[-1], others, devices)
            for other in beside:
                if real & set(other.devices):
                    self.end_test(other, "interrupted", now, "", Text.of("permits.together"))
        self._index()
        return real

    def interrupt(self, alert: Alert, causes: Sequence[Reading], devices: Mapping[str, Device], now: Instant) -> bool:
        """A danger in the open in the area of a test ends it, unless the test's own devices have told of it.

        So does what they tell if it is more than a test makes them tell.
        """
        about = {cause.device for cause in causes} or {alert.key}
        areas = {alert.area} | {devices[name].area for name in about if name in devices}
        over = [
            test
            for test in self.tests.values()
            if (areas & _areas(test, devices) and not about <= set(test.devices)) or is_contradicted(test, causes)
        ]
        for test in over:
            self.end_test(test, "interrupted", now, "", Text.of("walking.real_alarm", alert=alert.text))
        self._index()
        return bool(over)

    def end_test(self, test: WalkTest, outcome: Outcome, now: Instant, by: str, note: str | Text) -> None:
        over = replace(test, outcome=outcome, ended=now, ended_by=by, note=note or test.note)
        del self.tests[test.id]
        for device in test.devices:
            self._first.pop(device, None)
        self._walked(over, "ended", now, by=by, note=note)

    # -- telling -------------------------------------------------------------------------------------------

    def _take_back(self, left: Bypassed, gone: tuple[str, ...], now: Instant, by: str, note: str | Text) -> None:
        if left.ended is None:
            self.bypasses[left.id] = left
        else:
            del self.bypasses[left.id]
        self.presences += [(device, True) for device in gone]
        self._tell(left, "ended", gone, now, by, note)

    def _tell(
        self, bypass: Bypassed, action: str, devices: tuple[str, ...], now: Instant, by: str = "", note: str | Text = ""
    ) -> None:
        self.effects.bypasses.append(BypassChanged(bypass, action, now, devices, by, note))  # type: ignore[arg-type]

    def _walked(
        self,
        test: WalkTest,
        action: str,
        now: Instant,
        *,
        by: str = "",
        answer: Answer | None = None,
        note: str | Text = "",
    ) -> None:
        self.effects.tests[test.id] = test
        change = WalkTestChanged(
            test=test.id,
            area=test.area,
            action=action,  # type: ignore[arg-type]
            at=now,
            until=test.until,
            outcome=test.outcome,
            answered=len(test.answers),
            of=len(test.devices),
            by=by,
            answer=answer,
            note=note,
        )
        self.effects.walk_tests.append(change)


def _areas(test: WalkTest, devices: Mapping[str, Device]) -> set[str]:
    return {devices[name].area for name in test.devices if name in devices}


def _is_beside(other: WalkTest, test: WalkTest, devices: Mapping[str, Device]) -> bool:
    """Whether one person may walk both, or two stand in the same room."""
    is_same = bool(people(other.by) & people(test.by))
    return is_same or bool(_areas(other, devices) & _areas(test, devices))


def _is_gone(device: Device | None, area: str) -> bool:
    return device is None


def _has_moved(device: Device | None, area: str) -> bool:
    return device is not None and device.area != area


def _remind_at(test: WalkTest) -> Instant:
    near = test.until - _REMIND_BEFORE
    return near if test.reminded is None and near > test.started else test.until
