"""Which verbs on alerts follow from one on their incident (pure): only where each can be, and only of what was seen."""

from collections.abc import Sequence

from alerts import command
from alerts.alert import Alert, AlertClass, State
from alerts.command import AlertCommand
from alerts.incident_asks import Acknowledge, Close, Comment, OfIncident, Reset, Seen, Silence
from alerts.lifecycle import MANNERS, Manner
from alerts.suppression.danger import DEADLY
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

MOST_AT_ONCE = 500
"""So many alerts by one ask: a turn must not hold up the next alarm. What is left stays, and is asked for again."""
_MOST_NAMED = 3
_NOT_YET = (State.UNACKNOWLEDGED, State.RETURNED)
_WITH_NOTE = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP})


def verbs_of(
    ask: OfIncident, members: Sequence[Alert], seen: Seen | None, now: Instant
) -> tuple[list[AlertCommand], int]:
    """In the order in which they are carried out, and how many alerts were left since they came later.

    Raises Refused if nothing can be done, or if what can not is in the way of all.
    """
    open_ones = [alert for alert in members if alert.suppression is None]
    shown = [alert for alert in open_ones if _is_seen(alert, seen)]
    later = len(open_ones) - len(shown)
    match ask:
        case Acknowledge() | Silence():
            new = [alert for alert in shown if alert.state in _NOT_YET]
            made = _silence if isinstance(ask, Silence) else _acknowledge
            verbs: list[AlertCommand] = [made(alert, ask) for alert in new[:MOST_AT_ONCE]]
            later = sum(alert.state in _NOT_YET for alert in open_ones) - len(verbs)
        case Reset():
            ready = [alert for alert in shown if alert.latched and not alert.active]
            latched = [alert for alert in ready if alert.state is State.ACKNOWLEDGED]
            verbs = [command.Reset(alert.id, ask.by, ask.note) for alert in latched[:MOST_AT_ONCE]]
        case Comment():
            verbs = [command.Comment(alert.id, ask.by, ask.note.strip()) for alert in shown[:MOST_AT_ONCE]]
        case Close():
            verbs = _closing(ask, open_ones, later)
    if not verbs:
        raise Refused(Text.of("incident.came_later" if later else "incident.nothing_to_do"))
    return verbs, later


def _is_seen(alert: Alert, seen: Seen | None) -> bool:
    if seen is None:
        return True
    if alert.id not in seen.alerts:
        return False
    count = seen.alerts[alert.id]
    return count is None or count == alert.occurrences


def _acknowledge(alert: Alert, ask: OfIncident) -> AlertCommand:
    return command.Acknowledge(alert.id, ask.by, ask.note if isinstance(ask, Acknowledge) else "", alert.occurrences)


def _silence(alert: Alert, ask: OfIncident) -> AlertCommand:
    return command.Silence(alert.id, ask.by, ask.note, alert.occurrences)


def _closing(ask: Close, members: Sequence[Alert], later: int) -> list[AlertCommand]:
    """All of it or nothing: an incident with something that stands, or that nobody saw, is not over."""
    if later:
        raise Refused(Text.of("incident.came_later"))
    standing = [alert for alert in members if alert.active]
    if standing:
        named = tuple(alert.words for alert in standing[:_MOST_NAMED])
        raise Refused(Text.of("incident.stands", alerts=named, count=len(standing)))
    if any(alert.alert_class in DEADLY and alert.state in _NOT_YET for alert in members):
        raise Refused(Text.of("incident.acknowledge_first"))
    if not ask.note.strip() and any(alert.alert_class in _WITH_NOTE for alert in members):
        raise Refused(Text.of("incident.note_needed"))
    verbs: list[AlertCommand] = []
    for alert in members[:MOST_AT_ONCE]:
        if alert.state in _NOT_YET:
            verbs.append(_acknowledge(alert, ask))
            if alert.state is State.RETURNED and MANNERS[alert.alert_class] is Manner.SELF_CLOSING:
                continue  # it is closed by that
        if alert.latched:
            verbs.append(command.Reset(alert.id, ask.by))
        verbs.append(command.Close(alert.id, ask.by, ask.disposition, ask.note.strip()))
    return verbs
