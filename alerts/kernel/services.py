"""The kernel's own cases: notifications, slots of workflows, what nobody has heard, rules in force.

Nobody asks and nobody hears these: the kernel opens and ends their cases itself.
"""

from typing import Any, ClassVar

import msgspec

from alerts.alert import AlertEvent
from alerts.case import Case
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.heard import Delayed, Lost, ModeSet, Spoken
from alerts.kernel.rounds import Chain, Item
from alerts.moves import Notification, Receipt
from alerts.rules_in_force import RULES, RuleInForce
from alerts.workflow import Workflow
from devices.keypad import Presented
from devices.reading import Instant, Reading

NOTIFICATIONS, SLOTS, UNHEARD = "notifications", "slots", "unheard"


class Unanswered(Case, frozen=True, kw_only=True):
    """A notification that nobody has said anything of yet: it is handed out again after a restart."""

    notification: Notification


class LastSlot(Case, frozen=True, kw_only=True):
    """When a workflow last opened cases by the clock; the case has the workflow's name."""

    at: Instant


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to be heard, in the field of its kind, and from what it followed."""

    KINDS: ClassVar[dict[type[Any], str]] = {
        Fact: "fact",
        Recorded: "record",
        AlertEvent: "alert",
        Reading: "reading",
        Receipt: "receipt",
        ModeSet: "mode",
        Lost: "lost",
        Spoken: "spoken",
        Delayed: "delayed",
        Presented: "presented",
    }

    chain: Chain = ()
    fact: Fact | None = None
    record: Recorded | None = None
    alert: AlertEvent | None = None
    reading: Reading | None = None
    receipt: Receipt | None = None
    mode: ModeSet | None = None
    lost: Lost | None = None
    spoken: Spoken | None = None
    delayed: Delayed | None = None
    presented: Presented | None = None

    @property
    def item(self) -> Item:
        found: Item = next(each for name in self.KINDS.values() if (each := getattr(self, name)) is not None)
        return found


class Unheard(Case, frozen=True, kw_only=True):
    """What a turn did not get to: it was stored with what it followed from, and is heard in the next."""

    items: tuple[Kept, ...]


class Notifications(Workflow[Unanswered]):
    """What was handed out."""

    name, book, case = NOTIFICATIONS, "", Unanswered

    def shows(self, case: Unanswered, now: Instant) -> dict[str, Any]:
        return {"text": case.notification.text, "to": case.notification.to}


class Slots(Workflow[LastSlot]):
    """What was opened."""

    name, book, case = SLOTS, "", LastSlot


class Unheards(Workflow[Unheard]):
    """What waits for the next turn; one case, and none if nothing does."""

    name, book, case = UNHEARD, "", Unheard


class RulesInForce(Workflow[RuleInForce]):
    """Which version of each rule is at work."""

    name, book, case = RULES, "", RuleInForce
