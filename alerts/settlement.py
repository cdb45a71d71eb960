"""Brings the alert of a watch in line with its breach: raised, come again, gone, or only found."""

from alerts.alert import AlertEvent, State
from alerts.asides import Asides, is_line
from alerts.effects import Effects, Found
from alerts.lifecycle import Action
from alerts.register import Register
from alerts.watch import Watch
from devices.reading import Instant


class Settlement:
    """What follows goes to ``effects``, which the engine sets anew for each step."""

    def __init__(self, register: Register, asides: Asides) -> None:
        self._register, self._asides = register, asides
        self.effects = Effects()

    def settle(self, watch: Watch, now: Instant, begins: str = "") -> None:
        """Bring the alert of a watch in line with its breach; ``begins`` says why it applies only from now on."""
        breach = watch.memory.breach if watch.applies else None
        dealt, watch.dealt = watch.dealt, breach
        alert = self._register.of(watch.rule.name, watch.key)
        if is_line(watch):
            self._asides.line(watch, now)
        if breach is None:
            if alert is not None and alert.active:
                self.tell(self._register.gone(alert, now), now)
            return
        told = dealt.causes if dealt is not None else ()
        causes = tuple(cause for cause in breach.causes if cause not in told)
        if breach.found and not begins and (alert is None or not alert.active):
            self.effects.found += [Found(watch.area, cause) for cause in causes]
        elif alert is None:
            aside = self._asides.of(watch, breach, now)
            self.tell(self._register.raised(watch, breach, now, begins, aside), now)
        elif not alert.active or causes or (dealt is not None and breach.since > dealt.since):
            joined = causes if alert.active else breach.causes
            aside = self._asides.of(watch, breach, now, alert)
            self.tell(self._register.again(alert, watch.rule, breach, joined, now, aside), now)
        else:
            self._asides.review(alert, now)

    def tell(self, event: AlertEvent, now: Instant) -> None:
        """A step of an alert; then what it means for what is set aside."""
        self.effects.alerts.append(event)
        if event.action in (Action.RAISED, Action.CAUSE_AGAIN):
            self._asides.raised(event, now)
        elif event.alert.state is not State.CLOSED:
            self._asides.review(event.alert, now)
