"""An open alert as a row of every console: keys and values, made once however many look and in whatever language.

Nothing in it depends on now, on who looks or on what is chosen: words and ages are the browser's
(console/static/alert_words.js).
"""

from typing import Any

import msgspec

from alerts.alert import Alert, display_order
from alerts.incident import fold_of
from alerts.suppression.danger import DEADLY
from alerts.transmission import of_all
from api.alert_wording import about
from api.ports import Gateway
from devices.message import StoredText, Text
from devices.reading import Instant, Value

_MS = 1_000_000


class Both(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name in both languages."""

    en: str
    zh: str = ""


class AsideRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why it is set aside; ``until`` in ms. ``test``: somebody tests the device."""

    reason: str
    title: Text
    source: str
    by: str = ""
    note: Text | str = ""
    until: int | None = None
    test: bool = False


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One open alert. Times in ms since 1970.

    ``order``: its place, number by number. ``signal``: of its first cause, "" if it has none; with its value ``then``
    and ``now``. ``joined``: how many devices took part. ``words``: what the rule says of it. ``loud``: when it began to
    sound last, if later than ``newest``; ``silenced``: until when consoles are quiet about it;
    ``sent``: how far receiving centres were told, sending, confirmed, failed, "" nobody.
    ``origin``: of what is not real, whose it is; "" for all that is.
    ``incident``: its number, ``place``: the order of joining; alerts of one ``fold`` stand in one line.
    """

    id: str
    key: str
    order: tuple[int, ...]
    priority: int
    cls: str = msgspec.field(name="class")
    state: str
    active: bool
    newest: int
    changed: int
    area: Both
    words: StoredText
    device: Both | None = None
    title: Both | None = None
    latched: bool = False
    again: bool = False
    count: int = 1
    signal: str = ""
    then: Value | None = None
    now: Value | None = None
    joined: int = 0
    owner: str = ""
    silent: bool = False
    unrecorded: bool = False
    deadly: bool = False
    loud: int = 0
    silenced: int = 0
    sent: str = ""
    incident: str = ""
    place: int = 0
    fold: str = ""
    origin: str = ""
    aside: AsideRow | None = None


class Rows:
    """Makes them."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def row(self, alert: Alert, *, is_unrecorded: bool) -> Row:
        first = alert.causes[0] if alert.causes else None
        aside = alert.suppression
        english, chinese = (self._gateway.rules.rule_words(alert.rule, language)[0] for language in ("en", "zh"))
        return Row(
            id=alert.id,
            key=alert.key,
            order=_order(alert),
            priority=alert.priority,
            cls=alert.alert_class,
            state=alert.state,
            active=alert.active,
            newest=alert.newest // _MS,
            changed=alert.changed // _MS,
            area=self._both(self._gateway.areas.area_name, alert.area),
            words=alert.words,
            device=self._device(alert),
            title=Both(english, chinese) if english or chinese else None,
            latched=alert.latched,
            again=alert.again is not None,
            count=alert.occurrences,
            signal=first.signal if first is not None else "",
            then=first.value if first is not None else None,
            now=self.live_value(alert),
            joined=len({cause.device for cause in alert.causes}),
            owner=alert.acknowledged_by,
            silent=alert.silent,
            unrecorded=is_unrecorded,
            deadly=alert.alert_class in DEADLY,
            loud=alert.loud_since // _MS if alert.rang is not None else 0,
            silenced=_ms(alert.silenced_until) or 0,
            sent=of_all(alert.transmitted) or "",
            incident=alert.incident,
            place=alert.place,
            fold=fold_of(alert),
            origin="" if alert.origin == "real" else alert.origin,
            aside=None
            if aside is None
            else AsideRow(aside.why, aside.title, aside.source, aside.by, aside.note, _ms(aside.until), aside.is_test),
        )

    def live_value(self, alert: Alert) -> Value | None:
        """What is said now of what raised it."""
        if not alert.causes:
            return None
        first = alert.causes[0]
        return next((r.value for r in self._gateway.readings.latest(first.device) if r.signal == first.signal), None)

    def _device(self, alert: Alert) -> Both | None:
        key = about(alert)
        return self._both(self._gateway.devices.device_name, key) if key else None

    def _both(self, name: Any, key: str) -> Both:
        english, chinese = name(key, "en"), name(key, "zh")
        return Both(english, "" if chinese == english else chinese)


def _order(alert: Alert) -> tuple[int, ...]:
    """As api/live.py orders them: what is real first, then alerts.alert.display_order."""
    priority, rank, is_gone, newest = display_order(alert)
    return int(alert.origin != "real"), priority, rank, int(is_gone), newest // 1_000


def _ms(instant: Instant | None) -> int | None:
    return None if instant is None else instant // _MS
