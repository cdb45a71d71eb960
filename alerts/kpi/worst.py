"""What to do about each of the worst sources of alerts: one concrete step after the other, the most useful first.

A delay or a deadband is never suggested for what guards life, shelving for nothing: it hides the alarm and leaves its
cause.
"""

from alerts.alert import AlertClass
from alerts.cures import CONTACTS, DEADBANDS, LINKS, OTHER_DEADBAND
from alerts.kpi.day import Actor
from alerts.suppression.danger import DEADLY
from devices.message import SignalName, Text
from devices.signals import base_name

_OFTEN_NOT_REAL = 0.5


def cures(actor: Actor) -> tuple[Text, ...]:
    """At least one."""
    found: list[Text] = []
    is_deadly = actor.of in {str(of) for of in DEADLY}
    is_false = actor.judged > 0 and actor.not_real >= _OFTEN_NOT_REAL * actor.judged
    if is_deadly:
        found += [Text.of("kpi_cure.clean")] if is_false and actor.of == AlertClass.FIRE else []
        found += [Text.of("kpi_cure.examine")] if is_false and actor.of != AlertClass.FIRE else []
        found += [Text.of("kpi_cure.wiring")] if actor.chattered else []
    elif base_name(actor.signal) in LINKS or actor.of == AlertClass.FAULT:
        found.append(Text.of("kpi_cure.maintain"))
    elif actor.of == AlertClass.DUTY:
        found.append(Text.of("kpi_cure.plan"))
    elif not actor.signal:  # no reading raised it: it tells of work
        found.append(Text.of("kpi_cure.do"))
    elif actor.chattered or is_false or actor.raised > 1:
        found.append(_settle(actor))
    if actor.stale and actor.signal:
        found.append(Text.of("kpi_cure.stale"))
    if actor.aside > actor.raised:
        found.append(Text.of("kpi_cure.review_held_back", count=actor.aside))
    if actor.confirmed and not is_false:
        found.append(Text.of("kpi_cure.cause", count=actor.confirmed))
    return tuple(found) or (Text.of("kpi_cure.find"),)


def _settle(actor: Actor) -> Text:
    signal = base_name(actor.signal)
    if actor.is_number:
        share, seconds = DEADBANDS.get(signal, OTHER_DEADBAND)
        return Text.of("kpi_cure.deadband", signal=SignalName(signal), share=share, seconds=seconds)
    return Text.of("kpi_cure.contact" if signal in CONTACTS else "kpi_cure.delay")
