"""The kernel's own cases: what it must remember of notifications and of the times at which workflows open cases.

Nobody asks and nobody hears these two: the kernel opens and ends their cases itself.
"""

from alerts.case import Case
from alerts.moves import Notification
from alerts.workflow import Workflow
from devices.reading import Instant

NOTIFICATIONS, SLOTS = "notifications", "slots"


class Unanswered(Case, frozen=True, kw_only=True):
    """A notification that nobody has said anything of yet: it is handed out again after a restart."""

    notification: Notification


class LastSlot(Case, frozen=True, kw_only=True):
    """When a workflow last opened cases by the clock; the case has the workflow's name."""

    at: Instant


class Notifications(Workflow[Unanswered]):
    """What was handed out."""

    name, book, case = NOTIFICATIONS, "", Unanswered


class Slots(Workflow[LastSlot]):
    """What was opened."""

    name, book, case = SLOTS, "", LastSlot
