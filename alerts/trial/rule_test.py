"""A test of rules that a technician wrote: given this at these times, these alerts and no others."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from alerts.rule import Rule
from alerts.trial.recording import Moment, Setting
from alerts.trial.replay import Raised, Replay
from devices.message import At, Duration, Text
from devices.reading import SECOND, Instant


class Expected(msgspec.Struct, frozen=True):
    """An alert of that rule; ``key``: of which device, area or of the ``site``; "" where any will do."""

    at: Instant
    rule: str
    key: str = ""


class RuleTest(msgspec.Struct, frozen=True):
    """``told`` stands in the order of time, and the clock runs on until ``end``.

    ``within``: how far off an alert may be.
    """

    name: str
    told: tuple[Moment, ...]
    expected: tuple[Expected, ...]
    begin: Instant
    end: Instant
    within: Instant = 0
    rules: tuple[str, ...] = ()
    """The rules that are tested; none named: see ``tested``."""


def differences(test: RuleTest, rules: Sequence[Rule[Any]], setting: Setting) -> tuple[Text, ...]:
    """What is otherwise than expected; nothing if all is as it must be."""
    replay = Replay(tested(test, rules), setting, test.begin, together=0)
    for at, told in test.told:
        replay.step(at, told)
    replay.until(test.end + 1)
    story = replay.story(0, 0)
    failed = (Text.of("trial.failed", rule=rule, times=times) for rule, times in sorted(story.failures.items()))
    return (*failed, *_compared(test, story.raised))


def tested(test: RuleTest, rules: Sequence[Rule[Any]]) -> list[Rule[Any]]:
    """Those that the test names or expects something of, else all but those that wait for what does not come.

    Otherwise every device that a test is not about would be reported lost in it.
    """
    wanted = {expected.rule for expected in test.expected} | set(test.rules)
    if test.rules:
        return [rule for rule in rules if rule.name in wanted]
    return [rule for rule in rules if rule.name in wanted or not (rule.eager or rule.patient)]


def _compared(test: RuleTest, raised: Sequence[Raised]) -> Iterator[Text]:
    """Each alert stands for one expectation: the nearest in time of that rule and key."""
    left = list(raised)
    late: list[tuple[Expected, Raised]] = []
    missing: list[Expected] = []
    for wanted in test.expected:
        its = [each for each in left if each.rule == wanted.rule and wanted.key in ("", each.key)]
        found = min(its, key=lambda each: abs(each.at - wanted.at), default=None)
        if found is None:
            missing.append(wanted)
            continue
        left.remove(found)
        if abs(found.at - wanted.at) > test.within:
            late.append((wanted, found))
    for wanted in missing:
        yield Text.of("rule_test.missing", rule=wanted.rule, about=wanted.key or "-", after=_after(test, wanted.at))
    for wanted, found in late:
        yield Text.of(
            "rule_test.other_time",
            rule=found.rule,
            about=found.key,
            after=_after(test, found.at),
            expected=_after(test, wanted.at),
        )
    for each in left:
        yield Text.of(
            "rule_test.unexpected",
            rule=each.rule,
            about=each.key,
            after=_after(test, each.at),
            at=At(each.at),
            text=each.text,
        )


def _after(test: RuleTest, at: Instant) -> Duration:
    return Duration((at - test.begin) / SECOND)
