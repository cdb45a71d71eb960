"""Contacts 联系方式: on which channels a person is told of what happens, and with which address there.

One person is one case. An address is personal: it stands in the case alone, neither in the ledger nor in a text, and is
gone with the case.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.case import Case
from alerts.contact import Way, id_of
from alerts.facts import WAYS_TO, Fact
from alerts.site_facts import SiteFacts
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

_LONGEST_ADDRESS, _LONGEST_NAME = 200, 64


class Reached(Case, frozen=True, kw_only=True):
    """The id of the case is the person's, or their account where they are in no register."""

    ways: tuple[Way, ...] = ()


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


class Contacts(Workflow[Reached]):
    """One person is one case."""

    name, book, case = "contacts", "contacts", Reached
    asks = (Give, Take)
    personal = ("ways",)
    provides = {WAYS_TO: lambda about, cases, _world, _now: _ways(str(about.get("person", "")), cases)}

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        return {"channel": [each.id for each in site.channels.values() if each.is_personal]}

    def waits_for(self, case: Reached, account: str, role: str) -> bool:
        return False

    def shows(self, case: Reached, now: Instant) -> dict[str, Any]:
        return {"person": case.id}

    def check(self, ask: Any, cases: Mapping[str, Reached], world: World, now: Instant) -> None:
        if isinstance(ask, Take):
            known = cases.get(id_of(world, ask.person))
            if known is None or all(way.channel != ask.channel for way in known.ways):
                raise Refused(Text.of("contacts.no_way", person=ask.person[:_LONGEST_NAME]))
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
        if not isinstance(event, Give | Take):
            return Moves()
        person = id_of(world, event.person)
        before = cases.get(person) or Reached(id=person)
        others = tuple(way for way in before.ways if way.channel != event.channel)
        new = (Way(channel=event.channel, address=event.address.strip()),) if isinstance(event, Give) else ()
        after = replace(before, by=event.by, ways=(*others, *new), is_open=bool(others or new))
        step = "given" if new else "taken"
        fact = Fact(
            workflow=self.name,
            case=person,
            step=step,
            at=now,
            by=event.by,
            text=Text.of(f"contacts.{step}", person=person, channel=event.channel),
            fields={"channel": event.channel},
        )
        return Moves(cases=(after,), facts=(fact,))


def _is_address(address: str) -> bool:
    """One line of visible characters."""
    plain = address.strip()
    return 0 < len(plain) <= _LONGEST_ADDRESS and plain.isprintable() and not any(map(str.isspace, plain))


def _ways(person: str, cases: Mapping[str, Reached]) -> tuple[Way, ...] | None:
    case = cases.get(person)
    return case.ways if case is not None else None


WORKFLOW = Contacts
