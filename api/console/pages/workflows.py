"""The page of every workflow: the form of each ask, the open cases, what was done. Nobody writes a line for one."""

from collections.abc import Mapping, Sequence
from functools import partial
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.case import Case
from alerts.workflow import Workflow
from api.asks import ask_of, every_workflow
from api.auth import Permission
from api.console.alert_words import AlertWords
from api.console.case_view import CaseView
from api.console.forms import Field, Variant, choice_word, fields_of, read, variants_of
from api.console.web_page import Again, Asked, Given, GoTo, Once, Page
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from ledger.in_words import in_words
from ledger.texts import read as read_text
from ledger.values_beside import as_seen_by

_AT = "/console/workflows"
_UNSEEN = ("id", "case", "seen", "by", "role", "proof", "origin", "second", "only_check", "done_at", "up", "trial")
"""Set by the door, or sent along with a form."""
_LAST, _STEPS_SHOWN = 100, 50
_MOST_CASES, _MOST_CHOICES = 40, 60


class _Form(msgspec.Struct, frozen=True):
    """One ask, ready to draw. ``tag`` is its name; ``about``: the alert that another page has chosen for it."""

    tag: str
    title: str
    about: str
    takes_two: bool
    fields: list[Field]
    hidden: dict[str, str]
    faults: dict[str, str]
    refused: str
    variants: list[Variant]
    is_tried: bool
    tried: str

    @property
    def drawn(self) -> list[Field]:
        """Those of what was chosen first."""
        return [*(field for one in self.variants for field in one.fields), *self.fields]


def _show_all(asked: Asked) -> Mapping[str, Any]:
    found = [
        {"name": name, "title": _title(name, asked), "open": len(_sorted(asked, kind)[0]), "path": f"{_AT}/{name}"}
        for name, kind in every_workflow().items()
    ]
    return {"workflows": sorted(found, key=lambda one: (not one["open"], str(one["title"])))}


def _sorted(asked: Asked, kind: type[Workflow[Any]]) -> tuple[list[Case], list[Case]]:
    """The cases that wait for whoever asks, and those that are kept, or wait for others."""
    flow, person, wanted = kind(), asked.person, asked.query.get("find", "").strip().casefold()
    mine: list[Case] = []
    others: list[Case] = []
    for case in asked.gateway.workflows.cases(kind.name):
        if wanted and wanted not in msgspec.json.encode(case).decode().casefold():
            continue
        (mine if flow.waits_for(case, person.name, person.role) else others).append(case)
    return mine, others


def _title(name: str, asked: Asked) -> str:
    return asked.say.said(Text.of(f"{name}.title"))


def _kind(asked: Asked) -> type[Workflow[Any]]:
    found = every_workflow().get(asked.wanted["name"])
    if found is None:
        raise HTTPException(404)
    return found


def _show(
    asked: Asked,
    sent: Given | None = None,
    faults: Mapping[str, str] = {},
    refused: str = "",
    tried: str = "",
    looked: str = "",
) -> dict[str, Any]:
    kind = _kind(asked)
    mine, others = _sorted(asked, kind)
    cases = [*mine, *others]
    wanted = (sent or {}).get("case", [asked.query.get("case", "")])[0]
    chosen = next((case for case in cases if case.id == wanted), None)
    shown, kept = mine[:_MOST_CASES], others[:_MOST_CASES]
    choices = [(case.id, CaseView(asked, case, kind).heading) for case in cases[:_MOST_CHOICES] if chosen is None]
    offered = asked.gateway.workflows.choices(kind.name)
    of_site = {
        name: [(value, _choice(asked, kind, name, value)) for value in values] for name, values in offered.items()
    }
    sets = {**_sets(asked), **of_site, **({"case": choices} if choices else {})}
    bare = {name for name, values in offered.items() if not values}
    make = partial(_form, asked, kind, chosen, sets, sent, faults, refused, tried)
    return {
        "title": _title(kind.name, asked),
        "at": f"{_AT}/{kind.name}",
        "forms": [
            make(ask) for ask in kind.asks if asked.person.role in ask.ROLES and not bare & {*ask.__struct_fields__}
        ],
        "sent_ask": (sent or {}).get("ask", [asked.query.get("ask", "")])[0],
        "cases": [CaseView(asked, case, kind) for case in shown],
        "kept": [CaseView(asked, case, kind) for case in kept],
        "counts": (len(mine), len(others)),
        "left_out": len(cases) - len(shown) - len(kept),
        "own_page": kind.page,
        "looked": looked,
        "find": asked.query.get("find", ""),
        "chosen": CaseView(asked, chosen, kind) if chosen is not None else None,
        "history": _history(asked, kind),
        "done": asked.query.get("done", ""),
        "alert": asked.query.get("alert", "")[:64] if asked.query.get("done") or asked.query.get("waits") else "",
        "waits": asked.query.get("waits", ""),
    }


def _choice(asked: Asked, kind: type[Workflow[Any]], name: str, value: str) -> str:
    return choice_word(name, value, kind.name, asked.say)


def _form(
    asked: Asked,
    kind: type[Workflow[Any]],
    chosen: Case | None,
    sets: Mapping[str, Sequence[tuple[str, str]]],
    sent: Given | None,
    faults: Mapping[str, str],
    refused: str,
    tried: str,
    ask: type[Ask],
) -> _Form:
    tag = str(ask.__struct_config__.tag)
    is_sent = sent is not None and sent.get("ask") == [tag]
    filled = sent if is_sent else _filled(asked, tag)
    hidden = {"ask": tag, "id": token_hex(8)}
    about = _about(asked, filled) if "alert" in ask.__struct_fields__ else ""
    if about and filled is not None:
        hidden |= {"alert": filled["alert"][0]}
    if chosen is not None:
        hidden |= {"case": chosen.id, "seen": str(chosen.revision)}
    unseen = {*_UNSEEN, *(["alert"] if about else [])}
    if "case" in sets:
        unseen.discard("case")
    variants = variants_of(ask, "rule_parameters", asked.say, sets, filled)
    return _Form(
        tag=tag,
        title=asked.say.said(Text.of(f"{kind.name}.ask_{tag}")),
        about=about,
        takes_two=ask.SECOND,
        fields=fields_of(ask, kind.name, asked.say, without=unseen, sets=sets, sent=filled),
        hidden=hidden | {f"{one.name}._sent": "yes" for one in variants} | {one.by: one.chosen for one in variants},
        faults=dict(faults) if is_sent else {},
        refused=refused if is_sent else "",
        variants=variants,
        is_tried=ask.WITH_TRIAL and any(one.chosen for one in variants),
        tried=tried if is_sent else "",
    )


def _about(asked: Asked, filled: Given | None) -> str:
    """The alert that was chosen elsewhere, in words; "" for none that is open: then its id is asked for."""
    wanted = (filled or {}).get("alert", [""])[0]
    alert = asked.gateway.live.open_alert(wanted) if wanted else None
    if alert is None:
        return ""
    words = AlertWords(asked)
    return " · ".join(
        filter(None, (words.what(alert), words.area(alert), words.about(alert), asked.clock(alert.newest)))
    )


def _filled(asked: Asked, tag: str) -> Given | None:
    """What the address says of a form: another page may lead to one that is filled in already."""
    if asked.query.get("ask") != tag:
        return None
    return {name: asked.request.query_params.getlist(name) for name in asked.request.query_params}


def _sets(asked: Asked) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What an area and a device are chosen from."""
    language, gateway = asked.say.language, asked.gateway
    areas = [(area.id, gateway.areas.area_name(area.id, language)) for area in gateway.areas.areas()]
    names = dict(areas)
    devices = sorted(
        (f"{names.get(device.area, device.area)} · {gateway.devices.device_name(device.id, language)}", device.id)
        for device in gateway.devices.devices()
    )
    chosen = [(device, name) for name, device in devices]
    return {"area": areas, "areas": areas, "device": chosen, "devices": chosen}


def _history(asked: Asked, kind: type[Workflow[Any]]) -> list[dict[str, str]]:
    """The newest entries of its book."""
    entries = asked.gateway.ledger.newest(kind.book, _LAST)
    book = asked.gateway.ledger.books().get(kind.book)
    own = [
        as_seen_by(asked.person.role, entry, book)
        for entry in entries
        if entry.draft.fields.get("workflow", kind.name) == kind.name
    ]
    return [
        {
            "at": asked.moment(entry.draft.at),
            "by": entry.draft.by,
            "said": asked.say.said(read_text(entry.draft.fields, "text"))
            or _listed(in_words(entry.draft, book, asked.say.words)),
        }
        for entry in own[:_STEPS_SHOWN]
    ]


def _listed(told: Sequence[tuple[str, str]]) -> str:
    return " · ".join(f"{title}: {value}" for title, value in told)


async def _take(asked: Asked, given: Given) -> GoTo | Again | Once:
    kind = _kind(asked)
    tag = given.get("ask", [""])[0]
    ask = next((one for one in kind.asks if one.__struct_config__.tag == tag), None)
    if ask is None:
        raise HTTPException(404)
    plain, faults = read(ask, given, asked.gateway.site.time_zone(), without=set(_UNSEEN) - {"id", "case", "seen"})
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return Again(_show(asked, given, said, asked.say.any("form.look_below")))
    try:
        if "try" in given:
            ready = ask_of(ask, plain, asked.person, only_check=True)
            await asked.gateway.workflows.ask(ready)
            result = await asked.gateway.workflows.trial(ready)
            said_ = asked.say.any("form.not_sent")
            return Again(_show(asked, given, {}, said_, asked.say.said(result.text) if result is not None else ""))
        if "check" in given:
            answer = await asked.gateway.workflows.ask(ask_of(ask, plain, asked.person, only_check=True))
            said_ = asked.say.any("workflow_page.could_wait" if answer.waits else "workflow_page.could")
            return Once(_show(asked, given, looked=said_))
        answer = await asked.gateway.workflows.ask(ask_of(ask, plain, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        beside = {field: asked.say.said(text) for _, field, text in getattr(error, "faults", ()) if field}
        return Again(_show(asked, given, beside, asked.say.said(error)))
    came_from = {"alert": plain["alert"]} if "alert" in plain else {}
    return GoTo(f"{_AT}/{kind.name}?{urlencode({'waits' if answer.waits else 'done': tag, **came_from})}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="workflow_page.title",
        template="workflows.html",
        place=("main", 40),
        show=_show_all,
    ),
    Page(
        path=f"{_AT}/{{name}}",
        permission=Permission.LOOK,
        title="workflow_page.title",
        template="workflow.html",
        under=_AT,
        modules=("attachment.js",),
        show=_show,
        take=_take,
    ),
)
