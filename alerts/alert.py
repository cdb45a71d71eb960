"""An alert: one breach of a prevention rule, from raised to closed."""

from enum import StrEnum

import msgspec

from alerts.suppression_reason import Suppression
from alerts.transmission import Transmission
from devices.message import NO_WORDS, StoredText, Text, read_sentence
from devices.reading import Instant, Origin, Reading


class AlertClass(StrEnum):
    """In the order an operator must see them (EN 54-2, ISO 7240-2, NFPA 72, EN 50131)."""

    FIRE = "fire"
    HOLD_UP = "hold_up"
    GAS = "gas"
    INTRUSION = "intrusion"
    ACCESS = "access"
    TAMPER = "tamper"
    SUPERVISORY = "supervisory"
    FAULT = "fault"
    DUTY = "duty"
    INFORMATION = "information"


CLASS_ORDER: dict[AlertClass, int] = {alert_class: rank for rank, alert_class in enumerate(AlertClass)}


class State(StrEnum):
    """Where an alert stands (ISA-18.2, IEC 62682)."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    CLOSED = "closed"


class Disposition(StrEnum):
    """The finding an alert is closed with: a person's, but for ``returned``: it ended by itself, and was seen."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false_alarm"
    NUISANCE = "nuisance"
    TEST = "test"
    DUPLICATE = "duplicate"
    RETURNED = "returned"


FINDINGS = tuple(finding for finding in Disposition if finding is not Disposition.RETURNED)
"""What a person may find; none is preset."""


class Alert(msgspec.Struct, frozen=True):
    """One alert as it stands now. A change is a new value.

    ``id`` follows from (rule, key, first cause), so the same breach told twice is the same alert. ``key`` is
    the device or area whose memory breached. ``causes`` are the readings that raised it, first-out first; every
    later one that joined is in ``occurrences`` and in the history. ``latched`` holds until a person resets it;
    ``active`` says whether the cause still stands. ``again``: when the cause came back last after it was gone, or an
    event that stood happened anew; then nobody has acknowledged that yet, and every clock counts from it. ``aside``
    says why it is not shouted: it is out of the operator's list, its sounds and its counts, and nothing else about it
    is any different. ``responded``: when a step of the response was taken last, since it was raised last; ``rang``:
    when it began to sound anew though nothing had happened anew. ``silenced_until``: until then consoles are quiet
    about it. ``known_until``: who took over was told of it, and it need not sound anew for them until then. ``note``:
    a person's words, or the gateway's own. ``silent``: only the screens that the site names for it
    may show and sound it. ``transmitted``: how far receiving centres have been told of it.
    ``origin``: whether it is real, or a drill's, a test's. ``incident``: the number of the incident that it belongs to,
    "" for none; ``place`` in it, from 1: the order in which its alerts joined.
    """

    id: str
    rule: str
    rule_version: str
    area: str
    key: str
    alert_class: AlertClass
    priority: int
    text: StoredText
    state: State
    raised: Instant
    changed: Instant
    causes: tuple[Reading, ...]
    active: bool = True
    latched: bool = False
    occurrences: int = 1
    again: Instant | None = None
    procedure: StoredText = NO_WORDS
    acknowledged_by: str = ""
    acknowledged: Instant | None = None
    reset_by: str = ""
    closed_by: str = ""
    closed: Instant | None = None
    disposition: Disposition | None = None
    note: str | Text = ""
    suppression: Suppression | None = msgspec.field(default=None, name="aside")  # as it is stored, and told by the API
    silent: bool = False
    origin: Origin = "real"
    incident: str = ""
    place: int = 0
    responded: Instant | None = None
    rang: Instant | None = None
    silenced_until: Instant | None = None
    silenced_by: str = ""
    known_until: Instant | None = None
    transmitted: tuple[Transmission, ...] = ()

    def __post_init__(self) -> None:
        read_sentence(self, "text", "procedure")

    @property
    def words(self) -> Text:
        """What its text says beside the title of its rule."""
        inner = self.text.params.get("text") if self.text.key == "alert.titled" else None
        return inner if isinstance(inner, Text) else self.text

    @property
    def newest(self) -> Instant:
        """When it was raised last: its age and the time to respond count from here."""
        return self.raised if self.again is None else self.again

    @property
    def loud_since(self) -> Instant:
        """When it began to sound last: it was raised, came again, or nobody owns it any more."""
        return self.newest if self.rang is None else max(self.newest, self.rang)


class AlertEvent(msgspec.Struct, frozen=True):
    """One step of an alert's life: the alert as it stands after it, what was done, by whom, when, because of what.

    ``action`` is an alerts.lifecycle.Action value; ``by`` is a user name, or "" for the gateway itself; so is ``note``
    a person's words, or a Text. ``seen``: of an acknowledgement or a silence, how many occurrences its giver was shown;
    None: they did not say.
    """

    alert: Alert
    action: str
    at: Instant
    by: str = ""
    causes: tuple[Reading, ...] = ()
    note: str | Text = ""
    seen: int | None = None


def display_order(alert: Alert) -> tuple[int, int, bool, Instant]:
    """Sort key of the operator's list: priority, then class, then what still stands, of that the first-out on top."""
    return (alert.priority, CLASS_ORDER[alert.alert_class], not alert.active, alert.newest)
