"""What rules to be tried would do otherwise than those that run, scored against what people found.

An *incident* is what people confirmed: findings of one class and area that overlap are one. A set of rules *catches* it
with an alert of that class there, from ten minutes before the first of them was raised until the last was closed. An
alert of such a class that belongs to no incident and to no test is *false*: had it been real, somebody would have found
so. Classes that end without a finding (faults, duties, supervision) are not judged.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from alerts.alert import AlertClass, Disposition
from alerts.trial.recording import Finding, is_judged
from alerts.trial.replay import TOGETHER, Raised, Story
from devices.reading import SECOND, Instant


class Incident(msgspec.Struct, frozen=True):
    """One that people confirmed; ``running`` and ``tried``: the first alert of each set of rules, None if missed."""

    area: str
    alert_class: AlertClass
    since: Instant
    until: Instant
    running: Raised | None
    tried: Raised | None

    @property
    def later_s(self) -> float | None:
        """By how much the tried rules are later, in seconds; None where one of the two misses it."""
        if self.running is None or self.tried is None:
            return None
        return (self.tried.at - self.running.at) / SECOND


class Moved(msgspec.Struct, frozen=True):
    """The same alert at another time."""

    running: Raised
    tried: Raised


class Report(msgspec.Struct, frozen=True):
    """``raised``: all that the tried rules raise; ``gained``, ``lost`` and ``moved`` against those that run.

    ``false_gained`` and ``false_lost`` are those of them that are false. ``unjudged``: how many of gained and lost are
    of a class without findings. ``failures``: how often each tried rule raised an exception. ``unheard``: rules that
    nothing of what was recorded concerns, so that the trial says nothing of them.
    """

    since: Instant
    until: Instant
    readings: int
    events: int
    raised: tuple[Raised, ...]
    gained: tuple[Raised, ...]
    lost: tuple[Raised, ...]
    moved: tuple[Moved, ...]
    incidents: tuple[Incident, ...]
    false_gained: tuple[Raised, ...]
    false_lost: tuple[Raised, ...]
    unjudged: int = 0
    failures: dict[str, int] = {}
    unheard: tuple[str, ...] = ()

    @property
    def caught(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.incidents if each.tried is not None)

    @property
    def missed(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.incidents if each.tried is None)


def reported(
    running: Story,
    tried: Story,
    findings: Sequence[Finding],
    span: tuple[Instant, Instant],
    unheard: tuple[str, ...] = (),
) -> Report:
    """Both stories are of the same recording, from and until the times of ``span``."""
    gained, lost, moved = compared(running.raised, tried.raised)
    real = list(_incidents(findings))
    tests = [finding for finding in findings if finding.disposition is Disposition.TEST]
    true = [*((area, kind, since - TOGETHER, until) for area, kind, since, until in real)]
    true += [(test.area, test.alert_class, test.since - TOGETHER, test.until) for test in tests]
    changed = (*gained, *lost)
    return Report(
        *(*span, tried.readings, tried.events, tried.raised, gained, lost, moved),
        incidents=tuple(
            Incident(
                *(area, kind, since, until),
                running=_first(running.raised, area, kind, since, until),
                tried=_first(tried.raised, area, kind, since, until),
            )
            for area, kind, since, until in real
        ),
        false_gained=tuple(each for each in gained if _is_false(each, true)),
        false_lost=tuple(each for each in lost if _is_false(each, true)),
        unjudged=sum(not is_judged(each.alert_class) for each in changed),
        failures=tried.failures,
        unheard=unheard,
    )


def compared(
    running: Iterable[Raised], tried: Iterable[Raised]
) -> tuple[tuple[Raised, ...], tuple[Raised, ...], tuple[Moved, ...]]:
    """What is gained, lost, and the same at another time: of one rule and key, within ten minutes, first with first."""
    of_running, of_tried = _by_name(running), _by_name(tried)
    gained: list[Raised] = []
    lost: list[Raised] = []
    moved: list[Moved] = []
    for name in of_running.keys() | of_tried.keys():
        old, new = of_running.get(name, []), of_tried.get(name, [])
        i = j = 0
        while i < len(old) and j < len(new):
            if abs(old[i].at - new[j].at) <= TOGETHER:
                moved += [Moved(old[i], new[j])] if old[i].at != new[j].at else []
                i, j = i + 1, j + 1
            elif old[i].at < new[j].at:
                lost.append(old[i])
                i += 1
            else:
                gained.append(new[j])
                j += 1
        lost += old[i:]
        gained += new[j:]
    return (
        tuple(sorted(gained, key=in_time)),
        tuple(sorted(lost, key=in_time)),
        tuple(sorted(moved, key=lambda move: in_time(move.tried))),
    )


def in_time(raised: Raised) -> tuple[Instant, str, str]:
    """By what alerts of a trial are sorted."""
    return (raised.at, raised.rule, raised.key)


def _by_name(raised: Iterable[Raised]) -> dict[tuple[str, str], list[Raised]]:
    found: dict[tuple[str, str], list[Raised]] = {}
    for each in raised:
        found.setdefault((each.rule, each.key), []).append(each)
    return found


def _incidents(findings: Iterable[Finding]) -> Iterable[tuple[str, AlertClass, Instant, Instant]]:
    """Area, class, from and until; those that overlap are one."""
    confirmed = [finding for finding in findings if finding.disposition is Disposition.CONFIRMED]
    confirmed.sort(key=lambda finding: (finding.area, finding.alert_class, finding.since))
    for (area, kind), its in groupby(confirmed, lambda finding: (finding.area, finding.alert_class)):
        since = until = None
        for finding in its:
            if since is None or until is None:
                since, until = finding.since, finding.until
            elif finding.since <= until:
                until = max(until, finding.until)
            else:
                yield area, kind, since, until
                since, until = finding.since, finding.until
        if since is not None and until is not None:
            yield area, kind, since, until


def _first(raised: Iterable[Raised], area: str, kind: AlertClass, since: Instant, until: Instant) -> Raised | None:
    its = (r for r in raised if r.area == area and r.alert_class == kind and since - TOGETHER <= r.at <= until)
    return min(its, key=in_time, default=None)


def _is_false(raised: Raised, true: Iterable[tuple[str, AlertClass, Instant, Instant]]) -> bool:
    return is_judged(raised.alert_class) and not any(
        area == raised.area and kind == raised.alert_class and since <= raised.at <= until
        for area, kind, since, until in true
    )
