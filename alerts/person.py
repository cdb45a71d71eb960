"""A person of the site, with an account or without, as the people register answers for others; and the certificates.

Days are days of the site's own calendar. Whoever left stays a person, with the day on which they left: what they did
is still theirs, and what they are named for from that day on is refused.
"""

from datetime import date
from typing import Literal, TypeAlias

import msgspec

from alerts.facts import CERTIFIED, PEOPLE_IN, PERSON_OF
from alerts.world import World
from devices.message import Name
from devices.reading import Instant

Level: TypeAlias = Literal["staff", "team", "department", "leader"]
"""Whose work a person answers for: their own, a team's, a department's, the site's."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: of the site file, such as ``fire_control``. ``review``: by when it is to be confirmed by its issuer.

    ``withdrawn``: from that day on it counts no more.
    """

    kind: str
    number: str = ""
    issuer: str = ""
    issued: date
    review: date | None = None
    expires: date | None = None
    withdrawn: date | None = None

    @property
    def until(self) -> date | None:
        """The last day on which it counts; None: no such day is known."""
        return min((day for day in (self.review, self.expires) if day is not None), default=None)

    def counts_on(self, day: date) -> bool:
        """Whether it was issued by then, and is neither over, nor past its review, nor withdrawn."""
        if self.withdrawn is not None and day >= self.withdrawn:
            return False
        return self.issued <= day and (self.until is None or day <= self.until)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """``account``: the user name they sign in with, "" for none. ``cards``: numbers, as card readers say them.

    ``language``: in which they are written to. ``left``: the first day on which they were no longer here.
    """

    id: str
    name: str
    name_zh: str = ""
    account: str = ""
    department: str = ""
    level: Level = "staff"
    posts: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    language: Literal["en", "zh"] = "en"
    certificates: tuple[Certificate, ...] = ()
    left: date | None = None

    @property
    def called(self) -> Name:
        """The name for a Text."""
        return Name(self.name, self.name_zh)

    def is_here(self, day: date) -> bool:
        """Whether they had not left by then."""
        return self.left is None or day < self.left

    def is_certified(self, kind: str, day: date) -> bool:
        """Whether a certificate of that kind counts on that day, and they had not left by then."""
        return self.is_here(day) and any(each.kind == kind and each.counts_on(day) for each in self.certificates)


def person_of(world: World, *, person: str = "", account: str = "", card: str = "") -> Person | None:
    """Whoever has that id, account or card; None: nobody, or no register is kept here."""
    about = {key: value for key, value in (("person", person), ("account", account), ("card", card)) if value}
    return next(iter(world.ask_of(PERSON_OF, **about)), None) if about else None


def may_use_codes(world: World, user: str, *, has_account: bool, now: Instant) -> bool:
    """Whether the codes of that account, or of that person without one, still count: not of somebody who has left."""
    person = person_of(world, account=user) if has_account else person_of(world, person=user)
    return has_account if person is None else person.is_here(world.site.calendar.day(now))


def people_in(world: World, *, post: str = "", department: str = "") -> tuple[Person, ...]:
    """Those at that post, in that department or both, who have not left; in the order of their ids."""
    about = {key: value for key, value in (("post", post), ("department", department)) if value}
    return next(iter(world.ask_of(PEOPLE_IN, **about)), ())


def is_certified(world: World, person: str, kind: str, on: date) -> bool:
    """Whether the person of that id holds a certificate of that kind that counts on that day."""
    return any(world.ask_of(CERTIFIED, person=person, kind=kind, on=on))
