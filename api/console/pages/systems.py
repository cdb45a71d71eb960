"""The systems of the plan: how each stands, and one of them with all that whoever inspects it asks for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.exceptions import HTTPException

from alerts.alert import Alert
from api.auth import Permission
from api.console.forms import choice_word
from api.console.web_page import Asked, Page
from api.roster import called, planned, posts
from api.systems import BookLine, Duty, Shown, Standing, Systems, page_of
from devices.device import Device
from devices.message import Name
from ledger.entry import Entry
from ledger.in_words import signers, title_of
from ledger.system_state import of_duty
from ledger.systems import System

_AT = "/console/systems"
_MOST = 12
"""Rows of devices, alerts, hazards and people that a page shows; how many more there are is said."""


class _State(msgspec.Struct, frozen=True):
    """By icon and by word."""

    name: str
    icon: str
    word: str


_ICONS = {
    "in_order": "✓",
    "attention": "!",
    "wanting": "✕",
    "unknown": "?",
    "there": "✓",
    "due": "◷",
    "late": "!",
    "missing": "✕",
    "exempt": "–",
}


def _show_all(asked: Asked) -> Mapping[str, Any]:
    systems = Systems(asked.gateway, asked.person)
    found = [_summary(asked, systems.standing(system)) for system in systems.all]
    return {
        "groups": [[row for row in found if row["is_system"]], [row for row in found if not row["is_system"]]],
        "at": _AT,
        "counting": asked.gateway.obligations.counting(),
        **_about(asked),
    }


def _summary(asked: Asked, one: Standing) -> dict[str, Any]:
    say, system = asked.say, one.system
    alerts = sum(alert.active for alert in one.live.alerts)
    counts = (
        ("behind", one.behind),
        ("lacking", one.lacking),
        ("faulty", len(one.live.faulty)),
        ("alerts", alerts),
        ("overdue", one.overdue),
    )
    return {
        "id": system.id,
        "clause": system.clause,
        "title": _named(asked, system.title, system.zh),
        "about": _named(asked, system.about, system.about_zh),
        "is_system": system.is_system,
        "state": _state(asked, "system", one.verdict) if one.is_judged else None,
        "document": _state(asked, "document", one.document_state) if system.is_system else None,
        "told": [say.any(f"systems_page.{name}", count=count) for name, count in counts if count],
    }


def _about(asked: Asked) -> dict[str, Any]:
    """For the foot of a page on paper, and for whoever sees a part."""
    gateway, language = asked.gateway, asked.say.language
    reads = asked.person.may(Permission.READ_LEDGER)
    head = gateway.ledger.ledger(after=gateway.health.health().ledger_entries - 1, limit=1) if reads else []
    return {
        "printed": asked.moment(gateway.site.now()),
        "areas": ", ".join(gateway.areas.area_name(area, language) for area in asked.person.areas),
        "head": f"{head[-1].sequence}:{head[-1].hash}" if head else "",
    }


def _show(asked: Asked) -> Mapping[str, Any]:
    systems = Systems(asked.gateway, asked.person)
    system = systems.find(asked.wanted["system"])
    if system is None:
        raise HTTPException(404)
    one, say = systems.standing(system), asked.say
    title = _named(asked, system.title, system.zh)
    return {
        **_about(asked),
        **_summary(asked, one),
        "title": f"{system.clause} · {title}" if system.clause else title,
        "at": _AT,
        "rules": systems.rules_page,
        "rule": _document(asked, one, systems.review_days),
        "first": [_first(asked, shown) for shown in one.shown],
        "books": [_book(asked, line) for line in systems.books(system)],
        "people": _people(asked, systems, system),
        "devices": one.live.devices,
        "working": one.live.working,
        "faulty": [_device(asked, device, alert) for device, alert in one.live.faulty[:_MOST]],
        "out": [_device(asked, device) for device in one.live.out[:_MOST]],
        "more_devices": max(0, len(one.live.faulty) - _MOST) + max(0, len(one.live.out) - _MOST),
        "alerts": [_alert(asked, alert) for alert in one.live.alerts[:_MOST]],
        "more_alerts": max(0, len(one.live.alerts) - _MOST),
        "duties": [_duty(asked, duty) for duty in one.duties],
        "hazards": [_hazard(asked, case) for case in one.hazards[:_MOST]],
        "more_hazards": max(0, len(one.hazards) - _MOST),
        "answers_for": [choice_word("category", each, systems.hazard_flow, say) for each in system.hazards],
        "cases": [(say.any(f"{flow}.title"), count, page_of(flow)) for flow, count in systems.cases(system)],
    }


def _named(asked: Asked, english: str, chinese: str) -> str:
    return asked.say.words.show(Name(english, chinese))


def _state(asked: Asked, of: str, name: str) -> _State:
    return _State(name, _ICONS[name], asked.say.any(f"{of}_state.{name}"))


def _document(asked: Asked, one: Standing, review_days: float) -> dict[str, Any] | None:
    """None: it has none."""
    found = one.document
    if found is None:
        return None
    review_by = found.review_by(review_days)
    facts = {
        "version": found.version,
        "approved": found.approved_by,
        "on": found.on.isoformat() if found.on is not None else "",
        "review": review_by.isoformat() if review_by is not None else "",
        "hash": found.file.removeprefix("sha256:"),
    }
    told = [(asked.say.any(f"systems_page.document_{name}"), value) for name, value in facts.items()]
    return {"title": found.title, "facts": told, "file": found.file}


def _first(asked: Asked, shown: Shown) -> dict[str, Any]:
    wanted = shown.wanted
    if wanted.duty:
        page = f"/console/obligations#{wanted.duty}"
    elif wanted.workflow:
        page = page_of(wanted.workflow)
    else:
        page = f"/console/books/{quote(wanted.book)}"
    return {
        "title": _named(asked, wanted.title, wanted.zh),
        "state": _State(
            shown.state,
            _ICONS[shown.state],
            asked.say.any(
                f"obligation_state.{shown.duty_state}" if shown.duty_state else f"evidence_state.{shown.state}"
            ),
        ),
        "at": asked.moment(shown.at) if shown.at is not None else "",
        "entry": shown.entry,
        "page": page,
    }


def _book(asked: Asked, line: BookLine) -> dict[str, Any]:
    newest = line.newest
    return {
        "title": title_of(line.book, line.book.id, asked.say.words),
        "standard": line.book.standard_in(chinese=asked.say.language == "zh"),
        "page": "" if line.is_hidden else f"/console/books/{quote(line.book.id)}",
        "at": asked.moment(newest.draft.at) if newest is not None else "",
        "by": (signers(newest.draft) or asked.say.any("systems_page.gateway")) if newest is not None else "",
        "entry": newest.sequence if newest is not None else 0,
        "unsigned": line.unsigned,
        "is_hidden": line.is_hidden,
    }


def _people(asked: Asked, systems: Systems, system: System) -> list[tuple[str, list[str]]]:
    """(post, body or register, who): on duty now by the roster, members of bodies, those who answer for something."""
    say, known, now = asked.say, called(asked.gateway), asked.gateway.site.now()

    def name(person: str) -> str:
        return say.words.show(known.get(person, person))

    rows: list[tuple[str, list[str]]] = []
    for post in posts(asked.gateway).values():
        if (post.role or post.id) in system.posts:
            there = [each for each in planned(asked.gateway, now, post=post.id) if each.begins <= now < each.ends]
            title = say.any("systems_page.on_duty", post=say.words.show(post.called))
            rows.append((title, [name(each.person) for each in there]))
    rows += [(_body(entry), _members(entry)) for entry in systems.bodies(system)]
    if answering := systems.answering(system):
        told = [
            say.any("systems_page.answers", person=name(person), count=count) for person, count in answering[:_MOST]
        ]
        rows.append((say.any("systems_page.responsible"), told))
    return rows


def _body(entry: Entry) -> str:
    return str(entry.draft.fields.get("body", ""))


def _members(entry: Entry) -> list[str]:
    members = entry.draft.fields.get("members", ())
    its = [member for member in members if isinstance(member, dict)] if isinstance(members, tuple | list) else []
    return [" ".join(str(member[part]) for part in ("person", "post") if member.get(part)) for member in its[:_MOST]]


def _device(asked: Asked, device: Device, alert: Alert | None = None) -> dict[str, str]:
    language = asked.say.language
    return {
        "id": device.id,
        "name": asked.gateway.devices.device_name(device.id, language),
        "area": asked.gateway.areas.area_name(device.area, language),
        "why": _alert(asked, alert)["title"] if alert is not None else "",
    }


def _alert(asked: Asked, alert: Alert) -> dict[str, Any]:
    language, title = asked.say.language, asked.gateway.rules.rule_words(alert.rule, asked.say.language)[0]
    return {
        "id": alert.id,
        "title": title or alert.rule,
        "area": asked.gateway.areas.area_name(alert.area, language) if alert.area else "",
        "at": asked.moment(alert.newest),
        "text": asked.say.said(alert.text),
        "active": alert.active,
    }


def _duty(asked: Asked, duty: Duty) -> dict[str, Any]:
    return {
        "title": asked.say.words.show(duty.title),
        "clause": duty.clause,
        "area": asked.gateway.areas.area_name(duty.area, asked.say.language) if duty.area else "",
        "state": _State(
            of_duty([duty.state]), _ICONS[of_duty([duty.state])], asked.say.any(f"obligation_state.{duty.state}")
        ),
        "page": f"/console/obligations#{duty.name}",
    }


def _hazard(asked: Asked, case: Any) -> dict[str, Any]:
    now = asked.gateway.site.now()
    return {
        "number": case.number,
        "place": case.place,
        "description": case.description,
        "area": asked.gateway.areas.area_name(case.area, asked.say.language) if case.area else "",
        "until": asked.moment(case.deadline_at) if case.deadline_at is not None else "",
        "is_overdue": case.deadline_at is not None and case.deadline_at <= now,
    }


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="systems_page.title",
        template="systems.html",
        place=("plan", 5),
        under="/console/plan",
        modules=("print.js",),
        show=_show_all,
    ),
    Page(
        path=f"{_AT}/{{system}}",
        permission=Permission.LOOK,
        title="systems_page.title",
        template="system.html",
        under="/console/plan",
        modules=("print.js",),
        show=_show,
    ),
)
