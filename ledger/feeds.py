"""What sensors write into the books by themselves: which alerts and facts a book takes, and into which field.

A preset says so (``feeds`` of a book), so that no book needs code. Only what is real and not set aside is taken: a
drill or a walk test fills no book but its own. An entry is written once, when the alert is raised or its cause has
gone, and names the alert.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from alerts.alert import Alert, AlertEvent
from alerts.effects import Effects
from alerts.facts import Fact, FieldValue
from alerts.lifecycle import Action
from devices.device import Device
from devices.message import Text
from ledger.book_parts import Feed
from ledger.books import Book
from ledger.entry import Draft
from ledger.texts import Render, written

Taken: TypeAlias = tuple[Book, Feed]
DeviceOf: TypeAlias = Callable[[str], Device | None]
_ON = {Action.RAISED: "raised", Action.CAUSE_GONE: "returned"}


class Feeds:
    """Those of all books, by what they take: an alert or fact that none takes costs one look."""

    def __init__(self, books: Iterable[Book], device_of: DeviceOf) -> None:
        self._device_of = device_of
        self._of_alerts: dict[tuple[str, str], list[Taken]] = {}
        self._of_topics: dict[str, list[Taken]] = {}
        for book in books:
            for feed in book.feeds:
                for alert_class in feed.classes:
                    self._of_alerts.setdefault((feed.on, alert_class), []).append((book, feed))
                for topic in feed.topics:
                    self._of_topics.setdefault(topic, []).append((book, feed))

    def drafts_of(self, effects: Effects, render: Render) -> list[Draft]:
        """One for each book and alert step or fact that it takes, in their order."""
        return [
            *(draft for event in effects.alerts if event.action in _ON for draft in self._of_alert(event, render)),
            *(draft for fact in effects.facts if fact.origin == "real" for draft in self._of_fact(fact, render)),
        ]

    def _of_alert(self, event: AlertEvent, render: Render) -> Iterator[Draft]:
        alert = event.alert
        taken = self._of_alerts.get((_ON[Action(event.action)], str(alert.alert_class)), ())
        if not taken or not _counts(alert):
            return
        causes = (reading.device for reading in (*event.causes, *alert.causes))
        device = next((found for id_ in (alert.key, *causes) if (found := self._device_of(id_)) is not None), None)
        known = {
            "alert": alert.id,
            "area": alert.area,
            "rule": alert.rule,
            "device": device.id if device is not None else "",
            "devices": device.id if device is not None else "",
            "place": _name(device) or alert.key,
        }
        for book, feed in taken:
            is_of_kind = not feed.kinds or (device is not None and device.kind in feed.kinds)
            if is_of_kind and (not feed.rules or alert.rule in feed.rules):
                yield Draft(book.id, event.at, _filled(feed, known, alert.text, render), area=alert.area)

    def _of_fact(self, fact: Fact, render: Render) -> Iterator[Draft]:
        for topic in fact.heard_as:
            for book, feed in self._of_topics.get(topic, ()):
                devices = [device for id_ in fact.devices if (device := self._device_of(id_)) is not None]
                meant = [device for device in devices if not feed.kinds or device.kind in feed.kinds]
                if meant or not feed.kinds:
                    known = {
                        "area": fact.area,
                        "device": meant[0].id if meant else "",
                        "devices": ", ".join(device.id for device in meant),
                        "place": ", ".join(_name(device) for device in meant),
                    }
                    fields = _filled(feed, known, fact.text, render)
                    yield Draft(book.id, fact.at, fields, by=fact.by, area=fact.area, second=fact.second)


def _counts(alert: Alert) -> bool:
    """What is set aside (bypassed, in a walk test, behind a lost line) is in the book of alerts alone."""
    return alert.origin == "real" and alert.suppression is None


def _name(device: Device | None) -> str:
    return "" if device is None else device.name or device.name_zh or device.id


def _filled(feed: Feed, known: Mapping[str, str], said: Text | str, render: Render) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {}
    for name, template in feed.fields.items():
        if template == "{text}":
            fields |= written(name, said, render)
        elif template.startswith("{"):
            fields |= {name: value} if (value := known.get(template.strip("{}"), "")) else {}
        else:
            fields[name] = template
    return fields
