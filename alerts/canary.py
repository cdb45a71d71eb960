"""The canary 报警通路自检: an alarm of a shadow point that goes the whole way of an alarm, so that the way is known.

The gateway lets the point speak every few minutes (gateway/alarm_path.py). What follows is an alert of the origin
``canary``: it is committed, published and handed to every screen like any other, and stands in no list, counts in no
figure, is told to no workflow and to nobody outside. Of it nothing is kept but its place in the feed. docs/adr/0282
"""

import msgspec

from alerts.alert import Alert
from alerts.moves import Notification
from devices.message import Text
from devices.reading import Origin

POINT, POINT_KIND, SIGNAL = "canary", "gateway_canary", "fault"
"""The device whose shadow speaks, of which kind it is, and by which signal."""
ORIGIN: Origin = "canary"
SINK = "(keyarea)"
"""The channel that leads back to the gateway itself, where the site names none for this."""
_MESSAGE = "canary."


class Canary(msgspec.Struct, frozen=True):
    """The gateway lets the point alarm (``is_on``), or be quiet again.

    ``id``: one for each time; ``channel``: by which a message is sent with it, "" by none.
    """

    id: str
    is_on: bool
    channel: str = ""

    def messages(self) -> list[Notification]:
        """Urgent, like that of a fire: held back by no limit, joined with no other."""
        if not (self.is_on and self.channel):
            return []
        text = Text.of("canary.message")
        id_ = f"{_MESSAGE}{self.id}"
        return [Notification(id_, (), text, workflow=ORIGIN, origin=ORIGIN, channel=self.channel, is_urgent=True)]


class CanaryRaised(msgspec.Struct, frozen=True):
    """It has become an alert, which leaves by the feed."""

    alert: Alert


def canary_of(notification: str) -> str:
    """The id of the canary that a message was sent with, "" of any other message."""
    return notification.removeprefix(_MESSAGE) if notification.startswith(_MESSAGE) else ""
