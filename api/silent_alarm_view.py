"""The gateway as those see it who may not see silent alarms: nothing on their screens gives one away.

A silent hold-up or duress sounds and shows on the screens of the accounts that the site names for it. If none of these
has a page open, the control rooms of those who handle alerts show it, without a sound. Everywhere else, on every page
and in every answer and stream of the API, it does not exist until it is closed; and the signals by which it would be
told (a panic button's newest value, its curve) are never shown there, because one that vanishes tells as much.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.ask import Ask
from alerts.case import Case, HeldBack
from alerts.command import AlertCommand, Command
from alerts.effects import Answered, CaseChanged
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.trial_result import TrialResult
from api import silent_ledger
from api.ports import (
    Aggregate,
    AreaView,
    Gateway,
    Health,
    MalformedSample,
    Point,
    Position,
    Published,
    QuarantinedSender,
    RejectedSender,
    Snapshot,
)
from api.screens import Screens
from api.silent_outward import outward
from api.silent_traces import about_nobody, is_about, is_case_of, speaks_of, without_steps
from devices.detector_trigger import BY_HAND
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant, Reading
from ledger.entry import Entry


class Sight(StrEnum):
    """What a page, or whoever asks the API, may know of silent alarms."""

    NAMED = "named"
    """An account that the site names: all, with sound."""
    CONTROL_ROOM = "control_room"
    """The control room of somebody who handles alerts: without sound, while no named account has a page open."""
    OTHER = "other"


def sight_of(gateway: Gateway, account: str, *, is_control_room: bool = False) -> Sight:
    """What that account may know."""
    if account.casefold() in _named(gateway):
        return Sight.NAMED
    return Sight.CONTROL_ROOM if is_control_room else Sight.OTHER


def seen(gateway: Gateway, screens: Screens, sight: Sight) -> Gateway:
    """The gateway as it is seen so."""
    if sight is Sight.NAMED:
        return gateway
    if sight is Sight.CONTROL_ROOM:
        return _discreet(gateway, lambda: not is_watched(gateway, screens))
    return _discreet(gateway, lambda: False)


def is_watched(gateway: Gateway, screens: Screens) -> bool:
    """Whether a page is open on which a silent alarm sounds and shows."""
    named = _named(gateway)
    return bool(named) and any(page.account.casefold() in named for page in screens.live(gateway.site.now()))


def _named(gateway: Gateway) -> frozenset[str]:
    return frozenset(name.casefold() for name in gateway.rules.silent_alarm_screens())


def _discreet(gateway: Gateway, shows: Callable[[], bool]) -> Gateway:
    """While ``shows`` holds, silent alarms are there all the same."""
    hiding = _Hiding(gateway, shows)
    return replace(
        gateway,
        live=_Live(hiding),
        alerts=_Alerts(hiding),
        commands=_Commands(hiding),
        areas=_Areas(hiding),
        health=_Health(hiding),
        readings=_Readings(hiding),
        senders=_Senders(hiding),
        ledger=silent_ledger.Ledger(gateway.ledger, hiding.hidden),
        feed=_Feed(hiding),
        workflows=_Workflows(hiding),
        **outward(gateway, hiding.hidden, hiding.listens),
    )


class _Hiding:
    """What is kept from whom."""

    def __init__(self, gateway: Gateway, shows: Callable[[], bool]) -> None:
        self.gateway, self.shows = gateway, shows

    def hides(self, alert: Alert) -> bool:
        return alert.silent and alert.state is not State.CLOSED and not self.shows()

    def hidden(self) -> list[Alert]:
        return [alert for alert in self.gateway.live.silent_alerts() if self.hides(alert)]

    def tells(self, device: str, signal: str) -> bool:
        return not self.shows() and self.gateway.rules.is_silent(device, signal)

    def listens(self, hears: Iterable[str], notes: Collection[str] = ()) -> bool:
        """Whether a case that hears these devices, and takes note of these signals, may give a silent alarm away."""
        signals = BY_HAND.intersection(notes) if notes else BY_HAND
        return any(self.tells(device, signal) for device in hears for signal in signals)


class _Live:
    def __init__(self, hiding: _Hiding) -> None:
        self._hiding, self._live = hiding, hiding.gateway.live

    @property
    def position(self) -> Position:
        return self._live.position

    @property
    def canary(self) -> Alert | None:
        return self._live.canary

    @property
    def revision(self) -> int:
        return self._live.revision

    def changed_since(self, revision: int) -> frozenset[str] | None:
        """Ids only: what of it may be seen, ``alerts`` says."""
        return self._live.changed_since(revision)

    def open_alert(self, alert_id: str) -> Alert | None:
        found = self._live.open_alert(alert_id)
        return None if found is None or self._hiding.hides(found) else found

    def silent_alerts(self) -> list[Alert]:
        return [alert for alert in self._live.silent_alerts() if not self._hiding.hides(alert)]

    def unrecorded(self) -> frozenset[str]:
        return self._live.unrecorded() - {alert.id for alert in self._hiding.hidden()}

    def flood(self, now: Instant, *, with_silent: bool = True) -> int:
        return self._live.flood(now, with_silent=with_silent and self._hiding.shows())

    def snapshot(self) -> Snapshot:
        whole, hidden = self._live.snapshot(), {alert.id for alert in self._hiding.hidden()}
        alerts = [alert for alert in whole.alerts if not self._hiding.hides(alert)]
        cases = [case for case in whole.cases if not is_about(case.id, case.case, hidden)]
        seen = [case for case in cases if not self._hiding.listens(*(case.case.get(n, ()) for n in ("hears", "notes")))]
        return replace(whole, alerts=alerts, cases=seen)


class _Alerts:
    def __init__(self, hiding: _Hiding) -> None:
        self._hides, self._alerts = hiding.hides, hiding.gateway.alerts

    def open_alerts(self) -> list[Alert]:
        return [alert for alert in self._alerts.open_alerts() if not self._hides(alert)]

    def alerts(self, **wanted: Any) -> list[Alert]:
        return [alert for alert in self._alerts.alerts(**wanted) if not self._hides(alert)]

    def alert(self, alert_id: str) -> Alert | None:
        found = self._alerts.alert(alert_id)
        return None if found is not None and self._hides(found) else found

    def members(self, incident: str, since: Instant, until: Instant, limit: int = 500) -> list[Alert]:
        found = self._alerts.members(incident, since, until, limit)
        return [alert for alert in found if not self._hides(alert)]

    def history(self, alert_id: str) -> list[AlertEvent]:
        return self._alerts.history(alert_id) if self.alert(alert_id) is not None else []


class _Commands:
    def __init__(self, hiding: _Hiding) -> None:
        self._hidden, self._commands = hiding.hidden, hiding.gateway.commands

    async def submit(self, command: Command | Recorded) -> None:
        if isinstance(command, AlertCommand) and any(alert.id == command.alert for alert in self._hidden()):
            raise Refused(Text.of("open_alerts.none_such"))
        await self._commands.submit(command)


class _Workflows:
    def __init__(self, hiding: _Hiding) -> None:
        self._hiding, self._workflows = hiding, hiding.gateway.workflows

    def _seen(self, cases: Iterable[Case]) -> list[Case]:
        """Without what is about a silent alarm that is open."""
        hidden, listens = {alert.id for alert in self._hiding.hidden()}, self._hiding.listens
        return [case for case in cases if not listens(case.hears, case.notes) and not is_case_of(case, hidden)]

    async def ask(self, ask: Ask) -> Answered:
        return await self._workflows.ask(about_nobody(ask, {alert.id for alert in self._hiding.hidden()}))

    async def trial(self, ask: Ask) -> TrialResult | None:
        return await self._workflows.trial(ask)

    def choices(self, workflow: str) -> Mapping[str, Sequence[str]]:
        return self._workflows.choices(workflow)

    def cases(self, workflow: str) -> list[Case]:
        return self._seen(self._workflows.cases(workflow))

    def case(self, workflow: str, case: str) -> Case | None:
        found = self._workflows.case(workflow, case)
        return next(iter(self._seen([found] if found is not None else [])), None)

    def past_cases(self, workflow: str, limit: int = 50) -> list[Case]:
        return self._seen(self._workflows.past_cases(workflow, limit))

    def newest_facts(self, topic: str) -> dict[str, Fact]:
        return self._workflows.newest_facts(topic)

    def suppressions(self) -> list[HeldBack]:
        return self._workflows.suppressions()


class _Areas:
    def __init__(self, hiding: _Hiding) -> None:
        self._hidden, self._areas = hiding.hidden, hiding.gateway.areas
        self._alerts = _Alerts(hiding)

    def area_name(self, area: str, language: str) -> str:
        return self._areas.area_name(area, language)

    def plan(self, area: str) -> tuple[bytes, str] | None:
        return self._areas.plan(area)

    def areas(self) -> list[AreaView]:
        hidden = self._hidden()
        return [self._area(area, hidden) for area in self._areas.areas()]

    def _area(self, area: AreaView, hidden: Sequence[Alert]) -> AreaView:
        here = [alert for alert in hidden if alert.area == area.id and alert.origin == "real"]
        if not here:
            return area
        aside = sum(alert.suppression is not None for alert in here)
        rest = (alert for alert in self._alerts.open_alerts() if alert.area == area.id and alert.suppression is None)
        first = next((alert for alert in rest if alert.origin == "real"), None)
        return replace(
            area,
            worst=first.alert_class if first is not None else "",
            open_alerts=area.open_alerts - (len(here) - aside),
            set_aside=area.set_aside - aside,
        )


class _Health:
    def __init__(self, hiding: _Hiding) -> None:
        self._hidden, self._health, self._rules = hiding.hidden, hiding.gateway.health, hiding.gateway.rules

    def health(self) -> Health:
        health, hidden = self._health.health(), self._hidden()
        loud = [alert for alert in hidden if alert.suppression is None and alert.origin == "real"]
        aside = dict(health.set_aside)
        for reason in [alert.suppression.why for alert in hidden if alert.suppression is not None]:
            aside[reason] = aside.get(reason, 0) - 1
        new = sum(alert.state in (State.UNACKNOWLEDGED, State.RETURNED) for alert in loud)
        return replace(
            health,
            open_alerts=max(0, health.open_alerts - len(loud)),
            unacknowledged=max(0, health.unacknowledged - new),
            set_aside={reason: count for reason, count in aside.items() if count > 0},
            unrecorded=tuple(sorted({*health.unrecorded} - {alert.id for alert in hidden})),
        )

    def alarms_pass(self) -> bool:
        return self._health.alarms_pass()

    def newest_reading(self) -> Instant | None:
        return self._health.newest_reading()

    def metrics(self) -> bytes:
        told = self._health.metrics()
        return without_steps(told) if self._rules.silent_alarm_screens() else told


class _Readings:
    def __init__(self, hiding: _Hiding) -> None:
        self._tells, self._readings = hiding.tells, hiding.gateway.readings

    def latest(self, device: str) -> list[Reading]:
        return [reading for reading in self._readings.latest(device) if not self._tells(device, reading.signal)]

    def series(
        self, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
    ) -> Sequence[Point]:
        if self._tells(device, signal):
            return ()
        return self._readings.series(device, signal, start, end, step, aggregate)


class _Senders:
    def __init__(self, hiding: _Hiding) -> None:
        self._tells, self._senders = hiding.tells, hiding.gateway.senders

    def quarantine(self) -> list[QuarantinedSender]:
        return [self._sender(sender) for sender in self._senders.quarantine()]

    def _sender(self, sender: QuarantinedSender) -> QuarantinedSender:
        """What an unregistered device says of duress; who it is may be seen."""
        kept = {name: value for name, value in sender.signals.items() if not self._tells("", name)}
        dangers = tuple(name for name in sender.dangers if not self._tells("", name))
        return replace(sender, signals=kept, dangers=dangers)

    def waiting(self) -> int:
        return self._senders.waiting()

    def rejected(self) -> list[RejectedSender]:
        return self._senders.rejected()

    def malformed(self) -> list[MalformedSample]:
        return self._senders.malformed()

    def passed_over(self) -> dict[str, int]:
        return self._senders.passed_over()


class _Feed:
    def __init__(self, hiding: _Hiding) -> None:
        self._hiding, self._feed = hiding, hiding.gateway.feed

    @property
    def newest_id(self) -> int:
        return self._feed.newest_id

    async def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        """Without any step of a silent alarm, its end among them."""
        pages = self._feed.subscribe(after)
        try:
            async for page in pages:
                hidden = {alert.id for alert in self._hiding.hidden()}
                kept = [published for published in page if not self._is_silent(published.event, hidden)]
                if kept:
                    yield kept
        finally:
            await pages.aclose()  # type: ignore[attr-defined]

    def _is_silent(self, event: Any, hidden: Collection[str]) -> bool:
        match event:
            case AlertEvent():
                return event.alert.silent and not self._hiding.shows()
            case Fact():
                signal = str(event.fields.get("signal", ""))
                is_told = any(self._hiding.tells(device, signal) for device in event.devices) if signal else False
                return is_told or speaks_of({"case": event.case, **event.fields}, hidden)
            case CaseChanged():
                return is_about(event.id, event.case, hidden)
            case Entry():
                return speaks_of(event.draft.fields, hidden)
            case _:
                return False
