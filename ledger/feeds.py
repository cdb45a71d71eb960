"""What sensors write into the books by themselves: which alerts and facts a book takes, and into which field.

A preset says so (``feeds`` of a book), so that no book needs code. Only what is real and not set aside is taken: a
drill or a walk test fills no book but its own. An entry is written once, when the alert is raised or its cause has
gone, and names the alert.
"""

from collections.abc import Callable, Iterator, Mapping

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

DeviceOf = Callable[[str], Device | None]
_ON = {Action.RAISED: "raised", Action.CAUSE_GONE: "returned"}


def drafts_of(effects: Effects, books: Mapping[str, Book], device_of: DeviceOf, render: Render) -> list[Draft]:
    """One for each book and alert step or fact that it takes, in their order."""
    steps = [event for event in effects.alerts if event.action in _ON and _counts(event.alert)]
    facts = [fact for fact in effects.facts if fact.origin == "real"]
    if not (steps or facts):
        return []
    feeds = [(book, feed) for book in books.values() for feed in book.feeds]
    return [
        *(draft for event in steps for draft in _of_alert(event, feeds, device_of, render)),
        *(draft for fact in facts for draft in _of_fact(fact, feeds, device_of, render)),
    ]


def _counts(alert: Alert) -> bool:
    """What is set aside (bypassed, in a walk test, behind a flood) is in the book of alerts alone."""
    return alert.origin == "real" and alert.suppression is None


def _of_alert(
    event: AlertEvent, feeds: list[tuple[Book, Feed]], device_of: DeviceOf, render: Render
) -> Iterator[Draft]:
    alert = event.alert
    for book, feed in feeds:
        if str(alert.alert_class) not in feed.classes or feed.on != _ON.get(Action(event.action)):
            continue
        causes = (reading.device for reading in (*event.causes, *alert.causes))
        device = next((found for id_ in (alert.key, *causes) if (found := device_of(id_)) is not None), None)
        if feed.kinds and (device is None or device.kind not in feed.kinds):
            continue
        known = {
            "alert": alert.id,
            "area": alert.area,
            "rule": alert.rule,
            "device": device.id if device is not None else "",
            "devices": device.id if device is not None else "",
            "place": _name(device) or alert.key,
        }
        yield Draft(book.id, event.at, _filled(feed, known, alert.text, render), area=alert.area)


def _of_fact(fact: Fact, feeds: list[tuple[Book, Feed]], device_of: DeviceOf, render: Render) -> Iterator[Draft]:
    for book, feed in feeds:
        if not any(topic in feed.topics for topic in fact.heard_as):
            continue
        devices = [device for id_ in fact.devices if (device := device_of(id_)) is not None]
        meant = [device for device in devices if device.kind in feed.kinds] if feed.kinds else devices
        if feed.kinds and not meant:
            continue
        known = {
            "area": fact.area,
            "device": meant[0].id if meant else "",
            "devices": ", ".join(device.id for device in meant),
            "place": ", ".join(_name(device) for device in meant),
        }
        yield Draft(
            book.id,
            fact.at,
            _filled(feed, known, fact.text, render),
            by=fact.by,
            area=fact.area,
            second=fact.second,
        )


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
