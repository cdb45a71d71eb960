"""Who is told outside of the control room, by what, and whether the last message got through; a test message."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.contact import Way
from alerts.facts import PERSON_OF, WAYS_TO
from alerts.person import Person
from alerts.workflow import Workflow
from api.asks import ask_at, ask_of, every_workflow
from api.auth import Permission
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.ports.messages import LastMessage
from api.roster import called
from devices.errors import NotAllowed, Refused, StoreUnavailable

_AT, _TEST, _BAR = "/console/contacts", "contacts/test", " "
"""The last parts a channel, which is one word, from a person."""
_MOST = 300


class _Way(msgspec.Struct, frozen=True):
    """A channel of a person, ready to draw. ``to``: both; ``look``: ok, bad, or "" where nothing is known."""

    to: str
    name: str
    address: str
    last: str
    look: str
    test: str
    test_look: str
    take: str


class _Row(msgspec.Struct, frozen=True):
    """A person. ``give``: where another way is entered."""

    id: str
    name: str
    ways: list[_Way]
    give: str


class _Group(msgspec.Struct, frozen=True):
    """A channel that leads to a group or another system."""

    name: str
    last: str
    look: str


def _kind() -> type[Workflow[Any]]:
    """The workflow that knows ways to people; not by its name."""
    found = next((kind for kind in every_workflow().values() if WAYS_TO in kind.provides), None)
    if found is None:
        raise HTTPException(404)
    return found


def _show(asked: Asked, refused: str = "") -> dict[str, Any]:
    kind, gateway = _kind(), asked.gateway
    channels = {each: each for each in gateway.workflows.choices(kind.name).get("channel", ())}
    last: Mapping[tuple[str, str], LastMessage] = {}
    with suppress(StoreUnavailable):  # who is told is shown all the same
        last = gateway.messages.newest()
    names, cases = called(gateway), sorted(gateway.workflows.cases(kind.name), key=lambda case: case.id)
    people = _people(asked)
    known = {case.id for case in cases}
    silent = [_name(asked, names, id_) for id_, person in people if id_ not in known and person.left is None]
    groups = {channel for channel, who in last if not who}
    return {
        "told": [_row(asked, kind, case, people, names, channels, last) for case in cases[:_MOST]],
        "more": max(0, len(cases) - _MOST),
        "silent": silent[:_MOST],
        "groups": [_Group(channels.get(each, each), *_last(asked, last.get((each, "")))) for each in sorted(groups)],
        "has_channels": bool(channels),
        "give": _form(kind, "give", {}),
        "refused": refused,
        "done": asked.query.get("done", ""),
    }


def _people(asked: Asked) -> list[tuple[str, Person]]:
    flows = [name for name, kind in every_workflow().items() if PERSON_OF in kind.provides]
    cases: list[Any] = [case for flow in flows for case in asked.gateway.workflows.cases(flow)]
    found = [(case.id, case.person) for case in cases]
    return sorted(found, key=lambda each: each[0])


def _row(
    asked: Asked,
    kind: type[Workflow[Any]],
    case: Any,
    people: Sequence[tuple[str, Person]],
    names: Mapping[str, Any],
    channels: Mapping[str, str],
    last: Mapping[tuple[str, str], LastMessage],
) -> _Row:
    account = next((person.account for id_, person in people if id_ == case.id), "")
    ways = [_way(asked, kind, case, way, {case.id, account} - {""}, channels, last) for way in case.ways]
    return _Row(case.id, _name(asked, names, case.id), ways, _form(kind, "give", {"person": case.id}))


def _way(
    asked: Asked,
    kind: type[Workflow[Any]],
    case: Any,
    way: Way,
    who: set[str],
    channels: Mapping[str, str],
    last: Mapping[tuple[str, str], LastMessage],
) -> _Way:
    of_them = [last[way.channel, each] for each in who if (way.channel, each) in last]
    said, look = _last(asked, max(of_them, key=lambda each: each.at, default=None))
    tried = next((each for each in case.tried if each.channel == way.channel), None)
    test = ""
    if tried is not None:
        test = asked.say.any(f"contacts_page.test_{tried.state}", at=asked.clock(tried.state_at or tried.at, day=True))
        test += f" ({asked.say.said(tried.why)})" if tried.why else ""
    return _Way(
        to=f"{way.channel}{_BAR}{case.id}",
        name=channels.get(way.channel, way.channel),
        address=way.address,
        last=said,
        look=look,
        test=test,
        test_look={"accepted": "ok", "failed": "bad"}.get(tried.state, "") if tried is not None else "",
        take=_form(kind, "take", {"person": case.id, "channel": way.channel}),
    )


def _last(asked: Asked, message: LastMessage | None) -> tuple[str, str]:
    if message is None:
        return asked.say.any("contacts_page.nothing_sent"), ""
    said = asked.say.any(f"contacts_page.{message.state}", at=asked.clock(message.at, day=True))
    if message.why and message.state != "sent":
        said += f" ({asked.say.said(message.why)})"
    return said, {"sent": "ok", "failed": "bad"}.get(message.state, "")


def _name(asked: Asked, names: Mapping[str, Any], person: str) -> str:
    return asked.say.words.show(names.get(person, person))


def _form(kind: type[Workflow[Any]], tag: str, filled: Mapping[str, str]) -> str:
    return f"/console/workflows/{kind.name}?{urlencode({'ask': tag, **filled})}"


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    ask = ask_at(_TEST)
    if ask is None:
        raise HTTPException(404)
    channel, _, person = given.get("to", [""])[0][:200].partition(_BAR)
    plain = {"person": person, "channel": channel}
    try:
        await asked.gateway.workflows.ask(ask_of(ask, plain, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show(asked, asked.say.said(error)))
    return GoTo(f"{_AT}?{urlencode({'done': person})}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.KEEP_CONTACTS,
        title="contacts_page.title",
        template="contacts.html",
        place=("review", 46),
        under="/manager",
        modules=("fresh.js",),
        show=_show,
        take=_take,
    ),
)
