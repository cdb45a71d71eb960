"""The air at a place of work: tests, how long one counts, and within which limits anybody may begin or go on.

A value at the border: oxygen may be 19.5 and 23.5 % exactly; what burns or poisons must be below its limit.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from alerts.facts import Fact, FieldValue
from devices.errors import Refused
from devices.message import Duration, Text
from devices.reading import SECOND, Instant

_MINUTE: Instant = 60 * SECOND
_LONGEST_POINT = 100
MOST_GAS = 100
"""So many tests of one permit are kept with it; the book has them all."""
SIGNAL_OF: Mapping[str, str] = {"lel": "gas", "oxygen": "oxygen", "co": "co", "h2s": "h2s"}
"""How a gas sensor calls what is measured (devices/signals.py), in the same units."""
ALARMS = frozenset({"gas_alarm", "co_alarm"})
"""Flags of a gas sensor at which work stops whatever it measures."""
FIELD_OF: Mapping[str, str] = {"lel": "lel_percent", "oxygen": "oxygen_percent", "co": "co_ppm", "h2s": "h2s_ppm"}
_HIGHEST: Mapping[str, float] = {"lel": 1_000, "oxygen": 100, "co": 100_000, "h2s": 100_000}


class GasTest(msgspec.Struct, frozen=True):
    """``value`` of that ``gas`` at that point; ``by`` the analyst, "" for a gas sensor, whose id is the point.

    ``gas``: ``lel`` in percent of the lower explosive limit, ``oxygen`` in percent by volume, ``co``, ``h2s`` in ppm.
    """

    at: Instant
    point: str
    value: float
    by: str
    gas: str = "lel"


class Limit(msgspec.Struct, frozen=True):
    """``least`` and ``most`` may be reached, ``below`` may not."""

    least: float = -math.inf
    most: float = math.inf
    below: float = math.inf

    def fits(self, value: float) -> bool:
        return self.least <= value <= self.most and value < self.below

    @property
    def said(self) -> Text:
        if self.below < math.inf:
            return Text.of("permit.limit_below", below=self.below)
        return Text.of("permit.limit_between", least=self.least, most=self.most)


Limits = Mapping[str, Limit]


def measured(values: Mapping[str, float | None], point: str, by: str, at: Instant) -> tuple[GasTest, ...]:
    """What a gas meter shows, by gas; None: it does not measure that. Raises Refused for what no meter shows."""
    tests = []
    for gas, value in values.items():
        if value is None:
            continue
        if not (math.isfinite(value) and 0 <= value <= _HIGHEST[gas]):
            raise Refused(Text.of("permit.no_value", gas=Text.of(f"permit_gas.{gas}"), highest=_HIGHEST[gas]))
        tests.append(GasTest(at, point.strip()[:_LONGEST_POINT], value, by, gas))
    if not tests or not point.strip():
        raise Refused(Text.of("permit.nothing_measured"))
    return tuple(tests)


def with_tests(gas: Iterable[GasTest], tests: Iterable[GasTest]) -> tuple[GasTest, ...]:
    """In the order of their times, the newest last; one that is handed in later stands where it was made."""
    return tuple(sorted((*gas, *tests), key=lambda test: test.at)[-MOST_GAS:])


def counting(gas: Iterable[GasTest], since: Instant) -> dict[tuple[str, str], GasTest]:
    """The newest test of each gas at each point, of those made since then."""
    return {(test.gas, test.point): test for test in gas if test.at >= since}


def beyond(tests: Iterable[GasTest], limits: Limits) -> Text | None:
    """The first that nobody may work at, in words."""
    for test in tests:
        limit = limits.get(test.gas)
        if limit is not None and not limit.fits(test.value):
            return Text.of("permit.gas", point=test.point, value=said(test), limit=limit.said)
    return None


def check_air(
    gas: Sequence[GasTest], needed: Iterable[str], limits: Limits, fresh_min: float, since: Instant, now: Instant
) -> None:
    """Nobody begins without a test of each gas that is needed, not older than that and none from before ``since``.

    Raises Refused.
    """
    newest = counting(gas, max(since, now - int(fresh_min * _MINUTE)))
    tested = {kind for kind, _ in newest}
    for kind in needed:
        if kind not in tested:
            fresh = Duration(fresh_min * 60)
            raise Refused(Text.of("permit.no_gas_test", gas=Text.of(f"permit_gas.{kind}"), fresh=fresh))
    if (why := beyond(newest.values(), limits)) is not None:
        raise Refused(why)


def retest_due(gas: Iterable[GasTest], needed: Iterable[str], every_min: float) -> Instant | None:
    """By when the air is to be tested again; None: nothing has to be tested, or never was."""
    last = {test.gas: test.at for test in gas}  # the newest last
    times = [last[kind] for kind in needed if kind in last]
    return min(times) + int(every_min * _MINUTE) if times else None


def said(test: GasTest) -> Text:
    return Text.of(f"permit_measured.{test.gas}", value=test.value)


def gas_fact(workflow: str, case: str, place: str, area: str, tests: Sequence[GasTest], now: Instant) -> Fact:
    """One for what was measured together."""
    first = tests[0]
    fields: dict[str, FieldValue | Any] = {"point": first.point, **{FIELD_OF[test.gas]: test.value for test in tests}}
    values = tuple(said(test) for test in tests)
    return Fact(
        workflow=workflow,
        case=case,
        step="gas_tested",
        at=first.at,
        recorded=now,
        by=first.by,
        area=area,
        text=Text.of("permit.gas_tested", place=place, point=first.point, values=values),
        fields=fields,
    )
