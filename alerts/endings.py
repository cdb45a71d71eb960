"""Causes that no device ends: a person who has looked says that it is over, with how they know.

What tells events (a panel's alarm without a restore), what was taken off the wall in alarm, what has died: without this
their alerts would stand for ever, and hide the next. A device that is alive and would say so itself is believed first;
ended all the same, it needs a person who is sure. To every rule, store and screen the end is a reading that says so
(Quality.DEDUCED), so the next alarm of the device is a new one. docs/adr/0158.
"""

from collections.abc import Iterable

from alerts.alert import Alert
from alerts.command import EndCause
from alerts.register import Register
from alerts.watch import Watch
from alerts.watches import Watches
from devices.device import OWN_FAMILY
from devices.errors import Refused
from devices.message import Text
from devices.reading import Quality, Reading

_EVENT = int(Quality.EVENT)
_MOST_NAMED = 3
NO_RESTORE = Text.of("endings.no_restore")


class Endings:
    """Which causes of an alert a person may end."""

    def __init__(self, watches: Watches, register: Register) -> None:
        self._watches, self._register = watches, register

    def asked(self, command: EndCause) -> tuple[Watch, list[Reading]]:
        """The watch behind the alert and the causes to be ended. Raises Refused with what to do instead."""
        alert = self._register.find(command.alert)
        if alert is None:
            raise Refused("no such open alert; it may have been closed meanwhile")
        if not alert.active:
            raise Refused("the cause is gone already")
        if not command.note.strip():
            raise Refused("say how you know that it is over: that stands in the ledger with your name")
        watch = self._watches.find(alert.rule, alert.key)
        causes = self._causes(watch)
        if watch is None or not causes:
            raise Refused(
                "nobody can end this by a word: it ends when what it asks for is done, or the device is heard"
            )
        if not command.is_sure:
            alive = list(dict.fromkeys(cause.device for cause in causes if self._speaks_for_itself(cause)))
            if alive:
                names = ", ".join(alive[:_MOST_NAMED])
                raise Refused(
                    f"{names} can say so itself and was heard: reset it there; "
                    "end it by your word only if you have looked and are sure"
                )
        return watch, causes

    def by_acknowledgement(self, alert: Alert) -> tuple[Watch | None, list[Reading]]:
        """The causes that are over with the acknowledgement: their devices send no restore."""
        watch = self._watches.find(alert.rule, alert.key) if alert.active else None
        return watch, [cause for cause in self._causes(watch) if not self._restores(cause)]

    def _causes(self, watch: Watch | None) -> list[Reading]:
        """What shows the breach of a rule over signals; the gateway's own parts say by themselves what is over."""
        if watch is None or not watch.rule.parted:
            return []
        causes: Iterable[Reading] = {(cause.device, cause.signal): cause for cause in watch.causes()}.values()
        return [cause for cause in causes if not self._is_own(cause)]

    def _is_own(self, cause: Reading) -> bool:
        device = self._watches.post(cause.device).device
        return device is not None and device.family == OWN_FAMILY

    def _restores(self, cause: Reading) -> bool:
        device = self._watches.post(cause.device).device
        return device is None or device.restores

    def _speaks_for_itself(self, cause: Reading) -> bool:
        """Whether the device is alive and tells the end of what it tells."""
        post = self._watches.post(cause.device)
        is_alive = post.device is not None and bool(post.heard) and not post.lost and not post.is_away
        return is_alive and not cause.quality & _EVENT and self._restores(cause)
