"""Who outside is told of this site, as its file describes it: receiving centres, and whoever misses the gateway."""

from typing import Any, Literal

import msgspec

from alerts.alert import AlertClass


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Forwarding(_Table, frozen=True):
    """A receiving centre that alerts are forwarded to: an alarm receiving centre, a city's fire centre.

    ``name``: one word; screens and alerts call it that
    ``family``: what is spoken there: ``sia_dc09`` or ``gbt26875``
    ``primary``: where it is, like ``tcp://arc.example:9009`` or ``udp://192.0.2.7:9009``
    ``secondary``: the other way to it, over another network
    ``classes``: classes of alerts that it is told; empty: all that the family has words for, but ``access``, ``duty``
    and ``information``
    ``answer_within_s``: so long it may take to confirm; 8 at most
    ``resends``: how often an event is said again before the transmission has failed
    ``supervision_s``: how often each way is tried while nothing is said
    ``test_every_h``: hours between two test messages; 0: none
    ``areas``: area = its partition there; others are given the next free number
    ``zones``: device = its zone there; others are given the next free number
    ``openings``: it is told when an area is disarmed and armed, where the family has words for that
    ``users``: account = its user number there, told with an opening or closing; others have none
    ``options``: the family's own settings towards a centre
    """

    name: str
    family: str
    primary: str
    secondary: str = ""
    classes: tuple[AlertClass, ...] = ()
    answer_within_s: float = 4
    resends: int = 3
    supervision_s: float = 30
    test_every_h: float = 24
    areas: dict[str, int] = {}
    zones: dict[str, int] = {}
    openings: bool = False
    users: dict[str, int] = {}
    options: dict[str, Any] = {}


class AlarmPathCheck(_Table, frozen=True):
    """How the way of an alarm is tried all day ([alarm-path.md](alarm-path.md)).

    ``every_min``: pause between two checks, 1 to 60
    ``channel``: by which a message goes out with each check; it must lead to a group or another system, which gets one
    so often. Empty: back to the gateway itself, which tries all but the service outside
    ``needs_screen``: true: it is a fault, too, if no page that can be heard is open anywhere
    """

    every_min: float = 5
    channel: str = ""
    needs_screen: bool = False


class Heartbeat(_Table, frozen=True):
    """Somebody outside who misses the gateway when it falls silent: told so often, while alarms pass.

    ``url``: where; empty: the address in KEYAREA_HEARTBEAT, because it holds a secret
    ``every_s``: pause between two
    ``method``: what the receiver wants
    """

    url: str = ""
    every_s: float = 60
    method: Literal["POST", "GET"] = "POST"
