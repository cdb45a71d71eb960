"""The gateway as those see it who may not see silent alarms: nothing on their screens gives one away.

A silent hold-up or duress sounds and shows on the screens of the accounts that the site names for it. If none of these
has a page open, the control rooms of those who handle alerts show it, without a sound. Everywhere else, on every page
and in every answer and stream of the API, it does not exist until it is closed; and the signals by which it would be
told (a panic button's newest value, its curve) are never shown there, because one that vanishes tells as much.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.command import Acknowledge, Close, Command, Comment, EndCause, Reset
from alerts.effects import CaseChanged
from alerts.event import Recorded
from alerts.facts import Fact
from api.ports import Aggregate, AreaView, Gateway, Health, Point, Published, QuarantinedSender
from api.screens import Screens
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
    return bool(named) and any(page.account.casefold() in named for page in screens.live(gateway.now()))


def _named(gateway: Gateway) -> frozenset[str]:
    return frozenset(name.casefold() for name in gateway.silent_alarm_screens())


def _discreet(gateway: Gateway, shows: Callable[[], bool]) -> Gateway:
    return cast(Gateway, _Discreet(gateway, shows))


class _Discreet:
    """Everything that could tell of a silent alarm stands here; all else is the gateway's own.

    While ``shows`` holds, silent alarms are there all the same.
    """

    def __init__(self, gateway: Gateway, shows: Callable[[], bool]) -> None:
        self._gateway, self._shows = gateway, shows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def _hides(self, alert: Alert) -> bool:
        return alert.silent and alert.state is not State.CLOSED and not self._shows()

    def _hidden(self) -> list[Alert]:
        return [alert for alert in self._gateway.open_alerts() if self._hides(alert)]

    def _tells(self, device: str, signal: str) -> bool:
        return not self._shows() and self._gateway.is_silent(device, signal)

    def open_alerts(self) -> list[Alert]:
        return [alert for alert in self._gateway.open_alerts() if not self._hides(alert)]

    def alerts(self, **wanted: Any) -> list[Alert]:
        return [alert for alert in self._gateway.alerts(**wanted) if not self._hides(alert)]

    def alert(self, alert_id: str) -> Alert | None:
        found = self._gateway.alert(alert_id)
        return None if found is None or self._hides(found) else found

    def history(self, alert_id: str) -> list[AlertEvent]:
        return self._gateway.history(alert_id) if self.alert(alert_id) is not None else []

    async def submit(self, command: Command | Recorded) -> None:
        if isinstance(command, Acknowledge | Reset | Close | Comment | EndCause) and any(
            alert.id == command.alert for alert in self._hidden()
        ):
            raise Refused(Text.of("open_alerts.none_such"))
        await self._gateway.submit(command)

    def areas(self) -> list[AreaView]:
        hidden = self._hidden()
        return [self._area(area, hidden) for area in self._gateway.areas()]

    def _area(self, area: AreaView, hidden: Sequence[Alert]) -> AreaView:
        here = [alert for alert in hidden if alert.area == area.id]
        if not here:
            return area
        aside = sum(alert.suppression is not None for alert in here)
        rest = (alert for alert in self.open_alerts() if alert.area == area.id and alert.suppression is None)
        first = next(rest, None)
        return replace(
            area,
            worst=first.alert_class if first is not None else "",
            open_alerts=area.open_alerts - (len(here) - aside),
            set_aside=area.set_aside - aside,
        )

    def health(self) -> Health:
        health, hidden = self._gateway.health(), self._hidden()
        loud = [alert for alert in hidden if alert.suppression is None]
        aside = dict(health.set_aside)
        for alert in hidden:
            if alert.suppression is not None:
                reason = alert.suppression.reason.value
                aside[reason] = aside.get(reason, 0) - 1
        new = sum(alert.state in (State.UNACKNOWLEDGED, State.RETURNED) for alert in loud)
        return replace(
            health,
            open_alerts=max(0, health.open_alerts - len(loud)),
            unacknowledged=max(0, health.unacknowledged - new),
            set_aside={reason: count for reason, count in aside.items() if count > 0},
        )

    def latest(self, device: str) -> list[Reading]:
        return [reading for reading in self._gateway.latest(device) if not self._tells(device, reading.signal)]

    def series(
        self, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
    ) -> Sequence[Point]:
        if self._tells(device, signal):
            return ()
        return self._gateway.series(device, signal, start, end, step, aggregate)

    def quarantine(self) -> list[QuarantinedSender]:
        return [self._sender(sender) for sender in self._gateway.quarantine()]

    def _sender(self, sender: QuarantinedSender) -> QuarantinedSender:
        """What an unregistered device says of duress; who it is may be seen."""
        kept = {name: value for name, value in sender.signals.items() if not self._tells("", name)}
        dangers = tuple(name for name in sender.dangers if not self._tells("", name))
        return replace(sender, signals=kept, dangers=dangers)

    def ledger(self, **wanted: Any) -> list[Entry]:
        """Without the entries about one that is open, whatever the book; when it is closed they are all there."""
        hidden = {alert.id for alert in self._hidden()}
        return [entry for entry in self._gateway.ledger(**wanted) if not _speaks_of(entry.draft.fields, hidden)]

    async def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        """Without any step of a silent alarm, its end among them."""
        pages = self._gateway.subscribe(after)
        try:
            async for page in pages:
                hidden = {alert.id for alert in self._hidden()}
                kept = [published for published in page if not self._is_silent(published.event, hidden)]
                if kept:
                    yield kept
        finally:
            await pages.aclose()  # type: ignore[attr-defined]

    def _is_silent(self, event: Any, hidden: Collection[str]) -> bool:
        match event:
            case AlertEvent():
                return event.alert.silent and not self._shows()
            case Fact():
                return _speaks_of({"case": event.case, **event.fields}, hidden)
            case CaseChanged():
                return event.id in hidden
            case Entry():
                return _speaks_of(event.draft.fields, hidden)
            case _:
                return False


def _speaks_of(fields: Mapping[str, object], alerts: Collection[str]) -> bool:
    """Whether it is about one of these: what a workflow does for an alert has its id as ``alert`` or as its case's."""
    return fields.get("alert") in alerts or fields.get("case") in alerts
