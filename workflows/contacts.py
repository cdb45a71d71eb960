"""Contacts 联系方式: on which channels a person is told of what happens, and with which address there.

One person is one case. An address is personal: it stands in the case alone, neither in the ledger nor in a text, and is
gone with the case. A test message shows whether a way works before it is needed: what became of it stands in the case.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.contact import Way, id_of, who_is
from alerts.facts import WAYS_TO, Fact
from alerts.heard import Listens
from alerts.moves import Notification, Receipt
from alerts.site_facts import SiteFacts
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant

_LONGEST_ADDRESS, _LONGEST_NAME = 200, 64
_NOT_SO_SOON: Instant = 10 * SECOND
"""Between two test messages to one person on one channel."""
_TEST, _BAR = "contacts-test", "|"
_STATES: dict[str, Literal["sending", "accepted", "failed"]] = {
    "sent": "accepted",
    "read": "accepted",
    "failed": "failed",
    "retrying": "sending",
}


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """The newest test message on a channel: on its way, accepted by whoever carries it, or not, and why."""

    channel: str
    at: Instant
    by: str
    state: Literal["sending", "accepted", "failed"] = "sending"
    state_at: Instant | None = None
    why: str | Text = ""


class Reached(Case, frozen=True, kw_only=True):
    """The id of the case is the person's, or their account where they are in no register."""

    ways: tuple[Way, ...] = ()
    tried: tuple[Tried, ...] = ()


class Give(Ask, tag="give", frozen=True, kw_only=True):
    """A person can be told on a channel: a new address there stands for the old one."""

    ROLES = frozenset({"manager", "admin"})
    PERSONAL = frozenset({"address"})

    person: str
    channel: str
    address: str


class Take(Ask, tag="take", frozen=True, kw_only=True):
    """A person is told on a channel no more."""

    ROLES = Give.ROLES

    person: str
    channel: str


class SendTest(Ask, tag="test", frozen=True, kw_only=True):
    """Send them a test message on a channel: does it get through?"""

    ADDRESS = "contacts/test"
    ROLES = Give.ROLES

    person: str
    channel: str


class Contacts(Workflow[Reached]):
    """One person is one case."""

    name, book, case = "contacts", "contacts", Reached
    asks = (Give, Take, SendTest)
    listens = Listens(receipts=True)
    page = "/console/contacts"
    personal = ("ways", "tried")
    provides = {WAYS_TO: lambda about, cases, _world, _now: _ways(str(about.get("person", "")), cases)}

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        return {"channel": [each.id for each in site.channels.values() if each.is_personal]}

    def waits_for(self, case: Reached, account: str, role: str) -> bool:
        return False

    def shows(self, case: Reached, now: Instant) -> dict[str, Any]:
        return {"person": case.id}

    def check(self, ask: Any, cases: Mapping[str, Reached], world: World, now: Instant) -> None:
        if isinstance(ask, Take | SendTest):
            known = cases.get(id_of(world, ask.person))
            if known is None or all(way.channel != ask.channel for way in known.ways):
                raise Refused(Text.of("contacts.no_way", person=ask.person[:_LONGEST_NAME]))
            if isinstance(ask, SendTest) and any(_is_too_soon(each, ask.channel, now) for each in known.tried):
                raise Refused(Text.of("contacts.too_soon", seconds=_NOT_SO_SOON // SECOND))
            return
        if not ask.person.strip() or len(ask.person) > _LONGEST_NAME:
            raise Refused(Text.of("contacts.who"))
        channel = world.site.channels.get(ask.channel)
        if channel is None or not channel.is_personal:
            known_ids = tuple(self.choices(world.site)["channel"])
            raise Refused(Text.of("contacts.no_channel", channel=ask.channel[:_LONGEST_NAME], channels=known_ids))
        if not _is_address(ask.address):
            raise Refused(Text.of("contacts.bad_address", most=_LONGEST_ADDRESS))

    def step(self, event: Heard, cases: Mapping[str, Reached], world: World, now: Instant) -> Moves:
        match event:
            case SendTest():
                return _test(event, cases[id_of(world, event.person)], world, now)
            case Receipt():
                return _told(event, cases, now)
            case Give() | Take():
                return self._given(event, cases, world, now)
        return Moves()

    def _given(self, event: Give | Take, cases: Mapping[str, Reached], world: World, now: Instant) -> Moves:
        person = id_of(world, event.person)
        before = cases.get(person) or Reached(id=person)
        others = tuple(way for way in before.ways if way.channel != event.channel)
        new = (Way(channel=event.channel, address=event.address.strip()),) if isinstance(event, Give) else ()
        tried = tuple(each for each in before.tried if each.channel != event.channel)
        after = replace(before, by=event.by, ways=(*others, *new), tried=tried, is_open=bool(others or new))
        step = "given" if new else "taken"
        return Moves(cases=(after,), facts=(_fact(person, step, event.channel, now, event.by),))


def _test(ask: SendTest, case: Reached, world: World, now: Instant) -> Moves:
    person = who_is(world, case.id)
    tried = Tried(channel=ask.channel, at=now, by=ask.by)
    message = Notification(
        id=_BAR.join((_TEST, case.id, ask.channel, str(now))),
        to=(case.id,),
        text=Text.of("contacts.test_message", by=ask.by),
        workflow="contacts",
        case=case.id,
        channel=ask.channel,
        language=person.language if person is not None else "",
    )
    return Moves(
        cases=(replace(case, tried=(*_others(case, ask.channel), tried)),),
        facts=(_fact(case.id, "tested", ask.channel, now, ask.by),),
        notifications=(message,),
    )


def _told(receipt: Receipt, cases: Mapping[str, Reached], now: Instant) -> Moves:
    """What became of a test message; the next attempt after a failure is left to who carries it."""
    kind, _, rest = receipt.notification.partition(_BAR)
    named, _, at = rest.rpartition(_BAR)
    person, _, channel = named.rpartition(_BAR)
    case = cases.get(person) if kind == _TEST else None
    tried = next((each for each in case.tried if each.channel == channel), None) if case is not None else None
    if case is None or tried is None or str(tried.at) != at or receipt.state not in _STATES:
        return Moves()
    state = _STATES[receipt.state]
    tried = replace(tried, state=state, state_at=receipt.at, why=receipt.note if state != "accepted" else "")
    facts = (_fact(person, state, channel, now),) if receipt.state != "retrying" else ()
    return Moves(cases=(replace(case, tried=(*_others(case, channel), tried)),), facts=facts)


def _others(case: Reached, channel: str) -> tuple[Tried, ...]:
    return tuple(each for each in case.tried if each.channel != channel)


def _is_too_soon(tried: Tried, channel: str, now: Instant) -> bool:
    return tried.channel == channel and 0 <= now - tried.at < _NOT_SO_SOON


def _fact(person: str, step: str, channel: str, now: Instant, by: str = "") -> Fact:
    return Fact(
        workflow="contacts",
        case=person,
        step=step,
        at=now,
        by=by,
        text=Text.of(f"contacts.{step}", person=person, channel=channel),
        fields={"channel": channel},
    )


def _is_address(address: str) -> bool:
    """One line of visible characters."""
    plain = address.strip()
    return 0 < len(plain) <= _LONGEST_ADDRESS and plain.isprintable() and not any(map(str.isspace, plain))


def _ways(person: str, cases: Mapping[str, Reached]) -> tuple[Way, ...] | None:
    case = cases.get(person)
    return case.ways if case is not None else None


WORKFLOW = Contacts
