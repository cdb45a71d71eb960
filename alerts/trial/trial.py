"""``run``: rules that may be, beside rules that run, over the same recorded time."""

from collections.abc import Sequence
from typing import Any

from alerts.event import Due, Recorded, Stranger
from alerts.facts import Fact
from alerts.rule import Rule
from alerts.trial.recording import Progress, Recording
from alerts.trial.replay import Story, replayed
from alerts.trial.report import Report, reported
from devices.reading import Reading

_RECORDED = (Reading, Fact, Recorded)
"""What a recording may hold of all that rules listen to; LastHeard follows from readings."""
_NOT_RECORDED = (Due, Stranger)


def run(
    running: Sequence[Rule[Any]],
    tried: Sequence[Rule[Any]],
    recording: Recording,
    progress: Progress = lambda _at: None,
) -> Report:
    """What ``tried`` would have done otherwise than ``running``. The same arguments give the same report."""
    sets = [running] if running == tried else [running, tried]
    span = (recording.since, recording.until)
    stories = replayed(sets, recording.setting, recording.told, span, recording.begin, progress)
    return report_of(stories, tried, recording)


def report_of(stories: Sequence[Story], tried: Sequence[Rule[Any]], recording: Recording) -> Report:
    """From the story of the running rules and that of the tried ones; one story where they are the same."""
    span = (recording.since, recording.until)
    return reported(stories[0], stories[-1], recording.findings, span, unheard(tried))


def unheard(rules: Sequence[Rule[Any]]) -> tuple[str, ...]:
    """The names of rules that listen to nothing that is recorded (to dates of upkeep, to unregistered devices)."""
    return tuple(
        rule.name
        for rule in rules
        if any(event in rule.listens for event in _NOT_RECORDED)
        and not any(event in rule.listens for event in _RECORDED)
    )
