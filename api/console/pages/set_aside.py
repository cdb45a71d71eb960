"""Everything that is set aside now, on one page: shelved, out of service, in test, suppressed by design."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from alerts.alert import Alert
from api.asks import every_workflow
from api.auth import Permission
from api.console.alert_words import AlertWords
from api.console.bypass_view import named
from api.console.web_page import Asked, Page
from api.set_aside import KINDS, SetAside, set_aside

_ALERTS_SHOWN, _SHOWN = 10, 200


class _Row(msgspec.Struct, frozen=True):
    """One entry, ready to draw. ``until``: microseconds, 0 while its reason stands; ``ends_at``: who may end it, where.

    ``alerts``: where each is in the control room, and what it says.
    """

    id: str
    title: str
    what: str
    area: str
    why: str
    by: str
    since: str
    until: int
    ends: str
    ends_at: str
    alerts: list[tuple[str, str]]
    more: int


def _show(asked: Asked) -> Mapping[str, Any]:
    found, words = set_aside(asked.gateway), AlertWords(asked)
    groups = []
    for kind in KINDS:
        rows = [_row(asked, words, one) for one in found if one.kind == kind]
        groups.append((asked.say.any(f"set_aside_page.{kind}"), rows[:_SHOWN], len(rows)))
    return {"groups": [group for group in groups if group[1]]}


def _row(asked: Asked, words: AlertWords, one: SetAside) -> _Row:
    say, until = asked.say, one.until
    return _Row(
        id=f"{one.reason}-{one.source}",
        title=say.said(one.title),
        what=_what(asked, words, one),
        area=asked.gateway.areas.area_name(one.area, say.language) if one.area else "",
        why=say.said(one.why),
        by=" + ".join(name for name in (one.by, one.second) if name) or say.any("set_aside_page.gateway"),
        since=asked.clock(one.since, day=True),
        until=until // 1_000 if until is not None else 0,
        ends=asked.clock(until, day=True) if until is not None else say.any("set_aside_page.while_it_stands"),
        ends_at=_ends_at(asked, one),
        alerts=[_alert(words, alert) for alert in one.alerts[:_ALERTS_SHOWN]],
        more=max(0, len(one.alerts) - _ALERTS_SHOWN),
    )


def _what(asked: Asked, words: AlertWords, one: SetAside) -> str:
    """The devices; of what is shelved the rule and what it is about; else where it comes from."""
    if one.devices:
        return named(asked, one.devices)
    if one.held:
        language = asked.say.language
        titles = [(asked.gateway.rules.rule_words(rule, language)[0] or rule, key) for rule, key in one.held]
        return "; ".join(f"{title} · {words.device(key)}" for title, key in titles)
    return asked.say.any("set_aside_page.alerts", count=len(one.alerts))


def _alert(words: AlertWords, alert: Alert) -> tuple[str, str]:
    return f"/?{urlencode({'alert': alert.id})}", f"{words.what(alert)} · {words.about(alert)}"


def _ends_at(asked: Asked, one: SetAside) -> str:
    """The page on which a person of this role ends it, "" if there is none."""
    kind = every_workflow().get(one.reason) if one.is_case else None
    if kind is None or not any(asked.person.role in ask.ROLES for ask in kind.asks):
        return ""
    return kind.page or f"/console/workflows/{kind.name}?{urlencode({'case': one.source})}"


PAGES = (
    Page(
        path="/console/set-aside",
        permission=Permission.LOOK,
        title="set_aside_page.title",
        template="set_aside.html",
        place=("devices", 45),
        under="/console/devices",
        modules=("fresh.js",),
        show=_show,
    ),
)
