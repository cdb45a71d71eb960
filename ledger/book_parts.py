"""What a book says beside its fields: whose signatures its entries need, and what is written without a person."""

from collections.abc import Mapping
from typing import Literal

from ledger.fields import Column, Table

PLACES = ("alert", "area", "device", "devices", "place", "rule", "text")
"""What may stand in braces in a feed: ``place`` is the device's name, ``text`` what the alert or fact says."""


class Signer(Table, frozen=True):
    """One more signature that an entry needs. ``roles``: who may give it, any that may write without one.

    ``named``: the field that may hold an account: whoever is named there signs, whatever their role, and nobody else.

    ``dated`` and ``after_days``: only where the date in that field lies more than so many days before the entry was
    written.
    """

    name: str
    title: str
    zh: str
    roles: tuple[str, ...] = ()
    named: str = ""
    dated: str = ""
    after_days: int = 0


class Feed(Table, frozen=True):
    """Alerts of these ``classes`` ``on`` their rise or when their cause has gone, or facts of these ``topics``.

    ``kinds`` of devices, any without one; ``rules``: of alerts only those of a rule of these names, any without one.
    ``fields``: by the name of a field what stands in it, a plain text or one of PLACES in braces.
    """

    fields: dict[str, str]
    classes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    on: Literal["raised", "returned"] = "raised"


def faults_of(feed: Feed, fields: Mapping[str, Column]) -> list[str]:
    """All that is wrong with how it is described."""
    wrong = [f"feeds: {name!r} is no field of the book" for name in feed.fields if name not in fields]
    wrong += [
        f"feeds: {name!r} holds text or one of its choices, not {text!r}"
        for name, text in feed.fields.items()
        if name in fields and not text.startswith("{") and not _is_plain(fields[name], text)
    ]
    allowed = {f"{{{place}}}" for place in PLACES}
    wrong += [
        f"feeds: {text!r} is none of {', '.join(sorted(allowed))}"
        for text in feed.fields.values()
        if text.startswith("{") and text not in allowed
    ]
    if feed.classes and "{alert}" not in feed.fields.values():
        wrong.append('feeds: one of alerts holds "{alert}", or a silent alarm would be given away')
    return wrong if feed.classes or feed.topics else [*wrong, "feeds: name the classes or topics that it takes"]


def _is_plain(field: Column, text: str) -> bool:
    """Whether that text is the value itself."""
    return field.kind in ("text", "person") or text in field.choices
