"""What is said of a visit: its facts, as the ledger has them, and what its host is told. No text names a visitor."""

from msgspec.structs import replace

from alerts.ask import Ask
from alerts.contact import id_of, ways_to, who_is
from alerts.facts import Fact, FieldValue
from alerts.moves import Notification
from alerts.visit import Visit
from alerts.workflow import Moves, World
from devices.message import At, Text
from devices.reading import Instant

OWN = ("person", "document", "document_number", "organisation", "host", "purpose", "goods", "vehicle", "companion")
_PERSONAL = ("person", "document", "document_number", "vehicle", "companion", "card", "note")
_SHORT = ("person", "host", "pass_number")


def told(
    visit: Visit, step: str, now: Instant, ask: Ask | None = None, *, whole: bool = False, device: str = ""
) -> Moves:
    """``whole``: with all that is known; later steps say who, to whom and by which pass."""
    if visit.stage in ("left", "refused", "not_come", "withdrawn"):
        visit = replace(visit, is_open=False, wake_at=None)
    names = (*OWN, "pass_number") if whole else _SHORT
    own: dict[str, FieldValue] = {name: getattr(visit, name) for name in names if getattr(visit, name)}
    own |= {"areas": ", ".join(visit.areas)} if whole and visit.areas else {}
    own |= {"confirmed": visit.word} if visit.word and step in ("confirmed", "admitted", "arrived") else {}
    own |= {"reader": device} if device else {}
    own |= {"note": ask.note.strip()} if ask is not None and ask.note.strip() else {}
    text = Text.of(f"visitors.{step}", pass_number=visit.pass_number or "-", host=visit.host, until=_at(visit, now))
    fact = Fact(
        workflow="visitors",
        case=visit.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=visit.area,
        devices=(device,) if device else (),
        text=text,
        fields={"action": step, **own},
        personal=tuple(name for name in _PERSONAL if name in own),
    )
    return Moves(cases=(visit,), facts=(fact,))


def _at(visit: Visit, now: Instant) -> At:
    return At(visit.end_at if visit.end_at is not None else now)


def tell_host(visit: Visit, what: str, world: World, now: Instant) -> Moves:
    """On each way that they can be told; of the visitor only where they are from, and why they came."""
    person, host = who_is(world, visit.host), id_of(world, visit.host)
    text = Text.of(
        f"visitors.tell_{what}", organisation=visit.organisation or "-", purpose=visit.purpose, until=_at(visit, now)
    )
    notes = tuple(
        Notification(
            id=f"visitors.{visit.id}.{what}.{visit.revision}.{way.channel}",
            to=(host,),
            text=text,
            case=visit.id,
            area=visit.area,
            channel=way.channel,
            language=person.language if person is not None else "",
        )
        for way in ways_to(world, host)
    )
    return Moves(notifications=notes)
