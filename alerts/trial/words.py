"""A report in sentences, for whoever decides: the sum first, then what to look at."""

from collections.abc import Iterator
from statistics import median

from alerts.alert import AlertClass
from alerts.trial.replay import Raised
from alerts.trial.report import Incident, Report
from devices.message import At, Duration, Param, Text


def summary(report: Report) -> tuple[Text, ...]:
    """Every sentence that says something of the whole; one about each alert or incident is made below."""
    return tuple(_summary(report))


def _summary(report: Report) -> Iterator[Text]:
    span: dict[str, Param] = {"since": At(report.since), "until": At(report.until)}
    yield Text.of("trial.recorded", readings=report.readings, events=report.events, **span)
    counts: dict[str, Param] = {"gained": len(report.gained), "lost": len(report.lost), "moved": len(report.moved)}
    yield Text.of("trial.raised", raised=len(report.raised), **counts)
    if report.incidents:
        yield Text.of("trial.incidents", caught=len(report.caught), missed=len(report.missed))
    else:
        yield Text.of("trial.no_incidents")
    before = [each for each in report.incidents if each.running is not None]
    newly = [each for each in before if each.tried is None]
    if newly:
        yield Text.of("trial.no_longer_caught", count=len(newly))
    delays = [each.later_s for each in report.incidents if each.later_s is not None]
    if delays and any(delays):
        middle = median(delays)
        yield Text.of("trial.later" if middle >= 0 else "trial.sooner", by=Duration(abs(middle)))
    yield Text.of("trial.false", gained=len(report.false_gained), lost=len(report.false_lost))
    if report.unjudged:
        yield Text.of("trial.unjudged", count=report.unjudged)
    for rule, times in sorted(report.failures.items()):
        yield Text.of("trial.failed", rule=rule, times=times)
    if report.unheard:
        yield Text.of("trial.unheard", rules=report.unheard)


def of_alert(raised: Raised) -> Text:
    """One alert that was gained or lost."""
    key = "trial.alert" if raised.times == 1 else "trial.alert_again"
    return Text.of(key, at=At(raised.at), rule=raised.rule, area=raised.area, text=raised.text, times=raised.times)


def of_incident(incident: Incident) -> Text:
    """One incident: who catches it, and which is sooner."""
    what: dict[str, Param] = {
        "at": At(incident.since),
        "area": incident.area,
        "alert_class": class_name(incident.alert_class),
    }
    if incident.tried is None:
        return Text.of("trial.incident_lost" if incident.running is not None else "trial.incident_missed", **what)
    if incident.running is None:
        return Text.of("trial.incident_gained", **what)
    later = incident.later_s or 0
    if not later:
        return Text.of("trial.incident_same", **what)
    return Text.of("trial.incident_later" if later > 0 else "trial.incident_sooner", by=Duration(abs(later)), **what)


def class_name(alert_class: AlertClass) -> Text:
    """The class in words."""
    return Text.of(f"alert_class.{alert_class}")
