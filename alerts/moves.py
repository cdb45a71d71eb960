"""What a workflow may ask for beside its cases and facts: values, carried out by whoever owns what they are about."""

from typing import Literal

import msgspec

from alerts.alert import AlertClass
from alerts.transmission import Transmission
from devices.message import Text
from devices.reading import SECOND, Instant, Origin, Value


class SetMode(msgspec.Struct, frozen=True):
    """Set an area's armed mode. What is not real sets that of its shadow, until the real one is set next.

    ``by``: whom, where nobody asks for it (a timetable, a keypad); ``proof``: how they were known.
    """

    area: str
    mode: str
    by: str = ""
    proof: str = ""


class FireWatch(msgspec.Struct, frozen=True):
    """Somebody looks in the devices' stead: every ``every`` until ``until``, and for ``after`` longer.

    ``until`` None: for as long as the case is open. Asked for again under the same ``id`` it is changed. ``is_shared``:
    one round through an area serves all cases of the workflow that stand there; it is over with the last of them.
    ``case``: whose it is, if it is not the first of the same moves.
    """

    id: str
    area: str
    devices: tuple[str, ...]
    every: Instant = 1_800 * SECOND
    until: Instant | None = None
    after: Instant = 0
    is_shared: bool = False
    case: str = ""


class Notification(msgspec.Struct, frozen=True):
    """Tell these people; what became of it comes back as a Receipt of that ``id``. Asked for twice it is one.

    ``channel``: of the site, by which; who is told by several is told by several notifications. Nobody in ``to``: the
    channel leads to a group, or to another system. ``is_urgent``: neither waits for others nor is joined with them
    (fire, gas, hold-up). ``answers``: whoever gets it may answer by a link. ``alert``, ``alert_class``, ``priority``:
    what it is about, for programs; ``language``: of whoever reads it, "" the site's.
    """

    id: str
    to: tuple[str, ...]
    text: Text
    workflow: str = ""
    case: str = ""
    area: str = ""
    origin: Origin = "real"
    channel: str = ""
    is_urgent: bool = False
    answers: bool = False
    alert: str = ""
    alert_class: str = ""
    priority: int = 0
    language: str = ""


class Receipt(msgspec.Struct, frozen=True):
    """What became of a notification; ``note``: the reason of whoever carried it.

    ``retrying``: an attempt failed, and others follow; with ``sent``, ``failed`` and ``read`` it has come to its end.
    """

    notification: str
    state: Literal["sent", "retrying", "failed", "read"]
    at: Instant
    to: str = ""
    note: str | Text = ""


class StandingAlert(msgspec.Struct, frozen=True):
    """The gateway's own word for its protection (a bypass that stands); anything else is a fact and a rule.

    ``area`` "": of the gateway itself. ``key`` is its name in the workflow; said again it is brought up to date,
    ``is_loud``: with a sound; not ``is_active``: over.
    """

    key: str
    area: str
    text: Text
    procedure: Text | None = None
    priority: Literal[1, 2, 3, 4] = 3
    alert_class: AlertClass = AlertClass.SUPERVISORY
    is_loud: bool = False
    is_active: bool = True


class AlertNote(msgspec.Struct, frozen=True):
    """Write on the open alert of that id what somebody did about it; on one that is closed nothing is written.

    What somebody did (``by``) is a step of the response: the acknowledgement does not expire for want of one
    (alerts/acknowledgements.py); what the gateway says under nobody's name is none. ``known_until``: whoever is on duty
    until then was told of it; ``transmitted``: how far a receiving centre was told of it. Both are no step, and the
    note on the alert stays as it is; so does one that a person wrote, always. The timeline has each.
    """

    alert: str
    text: Text
    by: str = ""
    known_until: Instant | None = None
    transmitted: Transmission | None = None


class Grouped(msgspec.Struct, frozen=True):
    """That alert belongs to this incident from now on, "" to none; ``place``: where in the order of joining, from 1."""

    alert: str
    incident: str
    place: int


Unreal = Literal["drill", "canary", "test", "simulator"]


class Stimulus(msgspec.Struct, frozen=True):
    """Let the shadow of a device say something, in a drill or to try a chain: never joined with what is real.

    It is of the case's origin; ``origin``: of a case that is real itself (that a drill is held is no drill).
    """

    device: str
    signal: str
    value: Value
    origin: Unreal = "drill"
