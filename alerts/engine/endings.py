"""Causes that no device ends: a person who has looked says that it is over, with how they know.

What tells events (a panel's alarm without a restore), what was taken off the wall in alarm, what has died: without this
their alerts would stand for ever, and hide the next. A device that is alive and would say so itself is believed first;
ended all the same, it needs a person who is sure. To every rule, store and screen the end is a reading that says so
(Quality.DEDUCED), so the next alarm of the device is a new one. docs/adr/0158.
"""

from collections.abc import Iterable

from alerts.alert import Alert
from alerts.command import EndCause
from alerts.open_alerts import OpenAlerts
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from devices.device import OWN_FAMILY
from devices.errors import Refused
from devices.message import Text
from devices.reading import Quality, Reading

_EVENT = int(Quality.EVENT)
_MOST_NAMED = 3


class Endings:
    """Which causes of an alert a person may end."""

    def __init__(self, watches: RuleInstances, register: OpenAlerts) -> None:
        self._instances, self._open_alerts = watches, register

    def asked(self, command: EndCause) -> tuple[RuleInstance, list[Reading]]:
        """The watch behind the alert and the causes to be ended. Raises Refused with what to do instead."""
        alert = self._open_alerts.find(command.alert)
        if alert is None:
            raise Refused(Text.of("open_alerts.none_such"))
        if not alert.active:
            raise Refused(Text.of("endings.gone_already"))
        if not command.note.strip():
            raise Refused(Text.of("endings.say_how"))
        instance = self._instances.find(alert.rule, alert.key)
        causes = self._causes(instance)
        if instance is None or not causes:
            raise Refused(Text.of("endings.not_by_a_word"))
        if not command.is_sure:
            alive = list(dict.fromkeys(cause.device for cause in causes if self._speaks_for_itself(cause)))
            if alive:
                raise Refused(Text.of("endings.says_so_itself", devices=tuple(alive[:_MOST_NAMED])))
        return instance, causes

    def by_acknowledgement(self, alert: Alert) -> tuple[RuleInstance | None, list[Reading]]:
        """The causes that are over with the acknowledgement: their devices send no restore."""
        instance = self._instances.find(alert.rule, alert.key) if alert.active else None
        return instance, [cause for cause in self._causes(instance) if not self._restores(cause)]

    def _causes(self, instance: RuleInstance | None) -> list[Reading]:
        """What shows the breach of a rule over signals; the gateway's own parts say by themselves what is over."""
        if instance is None or not instance.rule.parted:
            return []
        causes: Iterable[Reading] = {(cause.device, cause.signal): cause for cause in instance.causes()}.values()
        return [cause for cause in causes if not self._is_own(cause)]

    def _is_own(self, cause: Reading) -> bool:
        device = self._instances.post(cause.device).device
        return device is not None and device.family == OWN_FAMILY

    def _restores(self, cause: Reading) -> bool:
        device = self._instances.post(cause.device).device
        return device is None or device.restores

    def _speaks_for_itself(self, cause: Reading) -> bool:
        """Whether the device is alive and tells the end of what it tells."""
        device_state = self._instances.post(cause.device)
        is_alive = (
            device_state.device is not None
            and bool(device_state.heard)
            and not device_state.lost
            and not device_state.is_away
        )
        return is_alive and not cause.quality & _EVENT and self._restores(cause)
