"""The life of an alert as a table: (manner, state, action) -> state. What is not in it is refused.

Three manners. A *latching* alert (fire, hold-up, intrusion: GB 50394-2007 5.2.2, EN 54-2) stays until a person
resets it, whatever its cause does. A *held* alert (gas, access, tamper) may return by itself but is closed
by a person with a finding. A *self-closing* one (supervisory, fault, duty, information) ends when its cause is
gone and somebody has seen it, with the finding ``returned``. Nothing closes unseen: what is set aside lapses only if it
is self-closing, where the list of what is set aside has shown it, or if somebody made it say so in a test.
"""

from enum import StrEnum

from msgspec.structs import replace

from alerts.alert import FINDINGS, Alert, AlertClass, Disposition, State
from alerts.suppression_reason import Suppression
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant


class Action(StrEnum):
    """What can happen to an alert."""

    RAISED = "raised"
    CAUSE_AGAIN = "cause_again"
    CAUSE_GONE = "cause_gone"
    END_CAUSE = "end_cause"
    SET_ASIDE = "set_aside"
    BROUGHT_BACK = "brought_back"
    LAPSED = "lapsed"
    COUNTED = "counted"
    GROUPED = "grouped"
    EXPIRED = "expired"
    SILENCE = "silence"
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    CLOSE = "close"
    COMMENT = "comment"


class Manner(StrEnum):
    """How an alert may end."""

    LATCHING = "latching"
    HELD = "held"
    SELF_CLOSING = "self_closing"


MANNERS: dict[AlertClass, Manner] = {
    AlertClass.FIRE: Manner.LATCHING,
    AlertClass.HOLD_UP: Manner.LATCHING,
    AlertClass.INTRUSION: Manner.LATCHING,
    AlertClass.GAS: Manner.HELD,
    AlertClass.ACCESS: Manner.HELD,
    AlertClass.TAMPER: Manner.HELD,
    AlertClass.SUPERVISORY: Manner.SELF_CLOSING,
    AlertClass.FAULT: Manner.SELF_CLOSING,
    AlertClass.DUTY: Manner.SELF_CLOSING,
    AlertClass.INFORMATION: Manner.SELF_CLOSING,
}

SILENCE_LASTS: Instant = 120 * SECOND
"""Then whatever is still unacknowledged sounds anew: a silence is no end (EN 54-2; how long is ours, docs/adr/0264)."""

_U, _A, _R, _C = State.UNACKNOWLEDGED, State.ACKNOWLEDGED, State.RETURNED, State.CLOSED
_EVERY_MANNER = {
    (_U, Action.ACKNOWLEDGE): _A,
    (_U, Action.CAUSE_AGAIN): _U,
    (_A, Action.CAUSE_AGAIN): _U,
    (_R, Action.CAUSE_AGAIN): _U,
    (_A, Action.CLOSE): _C,
    (_A, Action.EXPIRED): _U,
    (_U, Action.SILENCE): _U,
    (_R, Action.SILENCE): _R,
    **{(state, Action.SET_ASIDE): state for state in (_U, _A, _R)},
    **{(state, Action.COUNTED): state for state in (_U, _A, _R)},
    **{(state, Action.GROUPED): state for state in (_U, _A, _R)},
    **{(state, Action.BROUGHT_BACK): _U for state in (_U, _A, _R)},
    **{(state, Action.LAPSED): _C for state in (_U, _A, _R)},
}

_CAUSE_GONE = {
    (Manner.LATCHING, _U): _U,
    (Manner.LATCHING, _A): _A,
    (Manner.HELD, _U): _R,
    (Manner.HELD, _A): _A,
    (Manner.SELF_CLOSING, _U): _R,
    (Manner.SELF_CLOSING, _A): _C,
}
"""By itself, or because a person says so who has looked."""

TRANSITIONS: dict[tuple[Manner, State, Action], State] = {
    **{(manner, *step): state for manner in Manner for step, state in _EVERY_MANNER.items()},
    **{
        (*where, action): state
        for where, state in _CAUSE_GONE.items()
        for action in (Action.CAUSE_GONE, Action.END_CAUSE)
    },
    (Manner.LATCHING, _A, Action.RESET): _A,
    (Manner.HELD, _R, Action.ACKNOWLEDGE): _A,
    (Manner.SELF_CLOSING, _R, Action.ACKNOWLEDGE): _C,
}


def next_state(alert: Alert, action: Action) -> State:
    """The state after ``action``. Raises Refused with what to do instead where the table has no such step."""
    state = TRANSITIONS.get((MANNERS[alert.alert_class], alert.state, action))
    if state is None:
        raise Refused(_advice(alert, action))
    if action is Action.SILENCE and alert.suppression is not None:
        raise Refused(Text.of("lifecycle.does_not_sound"))
    if action is Action.RESET and alert.active:
        raise Refused(Text.of("lifecycle.not_reset_yet"))
    if action is Action.RESET and not alert.latched:
        raise Refused(Text.of("lifecycle.reset_already"))
    if action is Action.CLOSE and alert.latched:
        raise Refused(Text.of("lifecycle.latched"))
    if action is Action.CLOSE and alert.active:
        raise Refused(Text.of("lifecycle.cause_stands"))
    if action is Action.LAPSED and not may_lapse(alert):
        raise Refused(Text.of("lifecycle.no_lapse"))
    return state


def may_lapse(alert: Alert) -> bool:
    """Whether it is over with what set it aside, by itself."""
    is_test = alert.suppression is not None and alert.suppression.is_test
    is_closing = alert.suppression is not None and MANNERS[alert.alert_class] is Manner.SELF_CLOSING
    return not alert.active and (is_test or is_closing)


def check_seen(alert: Alert, seen: int | None) -> None:
    """Whoever acknowledges was shown so many occurrences of it. Raises Refused if that is not all that there is.

    None: they do not say; then it stands for the alert as it is.
    """
    if seen is not None and seen != alert.occurrences:
        raise Refused(Text.of("lifecycle.came_later", count=alert.occurrences, seen=seen, what=alert.text))


def after(
    alert: Alert,
    action: Action,
    now: Instant,
    *,
    by: str = "",
    disposition: Disposition | None = None,
    note: str | Text = "",
    text: Text | None = None,
    suppression: Suppression | None = None,
    is_anew: bool = False,
    incident: tuple[str, int] = ("", 0),
) -> Alert:
    """The alert after ``action`` (any but RAISED). Raises Refused; a close by a person needs a disposition.

    ``text`` is what a cause that came again or joined, or a new count, has to say; None leaves it as it is.
    ``aside`` is why it is set aside from now on. ``is_anew``: what stands has happened once more. Whatever comes again
    belongs to nobody until somebody acknowledges it. ``incident``: where it belongs from now on, and its place.
    """
    state = next_state(alert, action) if action is not Action.COMMENT else alert.state
    match action:
        case Action.CAUSE_AGAIN:
            latched = MANNERS[alert.alert_class] is Manner.LATCHING
            return replace(
                alert,
                state=state,
                changed=now,
                active=True,
                latched=latched,
                occurrences=alert.occurrences + 1,
                again=now if is_anew or not alert.active else alert.again,
                acknowledged_by="",
                acknowledged=None,
                responded=None,
                silenced_until=None,
                silenced_by="",
                known_until=None,
                text=text or alert.text,
            )
        case Action.CAUSE_GONE | Action.END_CAUSE:
            closed, finding = _ended(alert, state, now)
            responded = now if action is Action.END_CAUSE else alert.responded
            gone = replace(alert, state=state, changed=now, active=False, responded=responded)
            return replace(gone, closed=closed, disposition=finding)
        case Action.ACKNOWLEDGE:
            closed, finding = _ended(alert, state, now)
            seen = replace(alert, state=state, changed=now, acknowledged_by=by, acknowledged=now)
            return replace(seen, closed=closed, disposition=finding)
        case Action.SILENCE:
            return replace(alert, changed=now, silenced_until=now + SILENCE_LASTS, silenced_by=by)
        case Action.RESET:
            return replace(alert, changed=now, latched=False, reset_by=by, responded=now)
        case Action.CLOSE:
            if disposition not in FINDINGS:
                findings = tuple(Text.of(f"disposition.{each}") for each in FINDINGS)
                raise Refused(Text.of("lifecycle.no_finding", findings=findings))
            return replace(
                alert,
                state=state,
                changed=now,
                closed=now,
                closed_by=by,
                disposition=disposition,
                note=note or written(alert),
            )
        case Action.COMMENT:
            return replace(alert, changed=now, note=note or written(alert), responded=now if by else alert.responded)
        case Action.COUNTED:
            return replace(alert, changed=now, text=text or alert.text)
        case Action.GROUPED:
            return replace(alert, changed=now, incident=incident[0], place=incident[1])
        case Action.SET_ASIDE:
            return replace(alert, changed=now, suppression=suppression)
        case Action.BROUGHT_BACK | Action.EXPIRED:
            loud = replace(alert, silenced_until=None, silenced_by="")
            nobodys = replace(loud, acknowledged_by="", acknowledged=None, responded=None, known_until=None)
            return replace(nobodys, state=state, changed=now, rang=now, suppression=None)
        case Action.LAPSED:
            is_test = alert.suppression is not None and alert.suppression.is_test
            finding = Disposition.TEST if is_test else Disposition.RETURNED
            return replace(alert, state=state, changed=now, closed=now, latched=False, disposition=finding, note=note)
        case Action.RAISED:
            raise Refused(Text.of("lifecycle.raised_once"))


def _ended(alert: Alert, state: State, now: Instant) -> tuple[Instant | None, Disposition | None]:
    """When it was closed, and with what finding: what ends by itself has returned."""
    return (now, Disposition.RETURNED) if state is State.CLOSED else (alert.closed, alert.disposition)


def _advice(alert: Alert, action: Action) -> Text:
    if alert.state is State.CLOSED:
        return Text.of("lifecycle.closed")
    if action is Action.SILENCE:
        return Text.of("lifecycle.does_not_sound")
    if action is Action.ACKNOWLEDGE:
        return Text.of("lifecycle.acknowledged_already", by=alert.acknowledged_by)
    if action in (Action.RESET, Action.CLOSE) and alert.state is not State.ACKNOWLEDGED:
        return Text.of("lifecycle.acknowledge_first")
    return Text.of("lifecycle.not_possible", action=str(action), alert_class=str(alert.alert_class))


def written(alert: Alert) -> str:
    """What a person wrote on it last: it stays until a person writes something else. "" for the gateway's own words."""
    return alert.note if isinstance(alert.note, str) else ""
