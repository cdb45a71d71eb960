"""What may be kept of a person, and how the register of people answers what others ask of it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from alerts.person import Certificate, Person
from devices.message import Text

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
SECRET = ("phone", "document", "health")
"""These stand in the ledger alone."""
NOTHING = "-"
"""Empties a field that would otherwise stay as it is."""
MOST_CARDS = MOST_CERTIFICATES = 60
_LONGEST, _LONGEST_CARD, _MOST_YEARS = 100, 64, 60


def trimmed(value: Any) -> Any:
    """As it is kept: without blanks around it, nothing twice."""
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(part.strip() for part in value if part.strip() not in ("", NOTHING)))
    return "" if value.strip() == NOTHING else value.strip()


def faults_of(
    fields: Mapping[str, Any], others: Iterable[Person], departments: Collection[str], posts: Collection[str]
) -> Iterator[tuple[str, Text]]:
    """What is wrong with which field of a person; ``others`` are here too, and share no account and no card."""
    if not fields.get("name", "-"):
        yield "name", Text.of("personnel.empty")
    for name in ("name", "name_zh", "account", *SECRET):
        if len(fields.get(name, "")) > _LONGEST:
            yield name, Text.of("personnel.too_long", most=_LONGEST)
    if fields.get("department") and fields["department"] not in departments:
        yield "department", none_such(fields["department"], departments)
    yield from (("posts", none_such(post, posts)) for post in fields.get("posts", ()) if post not in posts)
    cards = set(fields.get("cards", ()))
    if len(cards) > MOST_CARDS or any(len(card) > _LONGEST_CARD for card in cards):
        yield "cards", Text.of("personnel.bad_cards", most=MOST_CARDS, longest=_LONGEST_CARD)
    for other in others:
        if other.account and other.account == fields.get("account"):
            yield "account", Text.of("personnel.taken", person=other.id)
        if cards & set(other.cards):
            yield "cards", Text.of("personnel.taken", person=other.id)


def certificate_faults(
    new: Certificate, person: Person | None, known: Collection[str], today: date
) -> Iterator[tuple[str, Text]]:
    """What is wrong with which field of a certificate that is entered today."""
    far = timedelta(days=_MOST_YEARS * 366)
    if new.kind not in known:
        yield "kind", none_such(new.kind, known)
    if not today - far <= new.issued <= today:
        yield "issued", not_that_day(today - far, today)
    for name in ("review", "expires"):
        day = getattr(new, name)
        if day is not None and not new.issued <= day <= today + far:
            yield name, not_that_day(new.issued, today + far)
    for name in ("number", "issuer"):
        if len(getattr(new, name)) > _LONGEST:
            yield name, Text.of("personnel.too_long", most=_LONGEST)
    if person is not None and len(person.certificates) >= MOST_CERTIFICATES:
        yield "certificates", Text.of("personnel.too_many", most=MOST_CERTIFICATES)


def not_that_day(first: date, last: date) -> Text:
    """Of a day that cannot be."""
    return Text.of("personnel.not_that_day", first=first.isoformat(), last=last.isoformat())


def none_such(found: str, known: Collection[str]) -> Text:
    """Of an id that the site file does not have."""
    return Text.of("personnel.none_such", found=found[:64], known=tuple(known))


def one_of(people: Mapping[str, Person], about: Mapping[str, Any]) -> Person | None:
    """By ``person``, ``account`` or ``card``; of two who had the same one in turn, who has not left."""
    if person := about.get("person"):
        return people.get(person)
    account, card = about.get("account"), about.get("card")
    found = [one for one in people.values() if (account and one.account == account) or (card and card in one.cards)]
    return min(found, key=lambda one: one.left is not None, default=None)


def those_in(people: Mapping[str, Person], about: Mapping[str, Any], day: date) -> tuple[Person, ...]:
    """At a ``post``, in a ``department`` or both, who are here on that day; in the order of their ids."""
    post, department = about.get("post"), about.get("department")
    return tuple(
        one
        for _, one in sorted(people.items())
        if one.is_here(day) and (not post or post in one.posts) and (not department or department == one.department)
    )
