"""The demo's story as an operator meets it: how many lines stand in the list, and how many acts clear them.

The readings are those of a run of ``keyarea demo`` (simulators/scenarios/demo_story.toml), of the devices that the
story touches, each with what rules watch of it. A row is a message: the second of the story, the device, its signals.
"""

from pathlib import Path

import pytest

from alerts.alert import Alert, AlertClass, Disposition, State, display_order
from alerts.area_mode import meant
from alerts.engine.engine import Engine
from alerts.event import Event, Tick
from alerts.incident import fold_of
from alerts.incident_asks import Acknowledge, Close
from alerts.kernel.kernel import Kernel
from devices.reading import SECOND, Instant, Reading, Value
from gateway.own_devices import AREA
from gateway.site.calendar import schedules_of
from gateway.site.load import load
from gateway.site.workflow_tables import site_facts
from tests.house.places import ROOT
from workflows.incident import Incidents

BEGAN: Instant = 1_796_116_986 * SECOND
"""Tuesday 2026-12-01, in the afternoon at the site."""
SITE = ROOT / "gateway/site/sample/factory.toml"
RECORDED = Path(__file__).with_name("demo_story.txt")
VALUES: dict[str, Value] = {"on": True, "off": False}

pytestmark = pytest.mark.slow


class Night:
    """An operator before the list, who acts on lines and counts what was done."""

    def __init__(self) -> None:
        site = load(SITE)
        self._rows = [row.split() for row in RECORDED.read_text(encoding="utf-8").splitlines()]
        told = {row[1] for row in self._rows}
        self.engine = Engine(
            rules=site.rules,
            devices=[device for device in site.devices if device.id in told],
            area_modes={area.id: meant(area.mode, area.modes) for area in (*site.areas, AREA)},
            schedules=schedules_of(site),
            area_choices={area.id: area.modes for area in site.areas},
            kernel=Kernel([Incidents()], {}, site_facts(site)),
        )
        self.acts = 0
        self._at = -1.0
        self._step([Tick(_instant(self._at))], _instant(self._at))

    def until(self, second: float) -> None:
        """The story goes on until then."""
        while self._rows and float(self._rows[0][0]) <= second:
            at, device, *said = self._rows.pop(0)
            self._clock(float(at))
            now = _instant(float(at))
            pairs = [each.partition("=") for each in said]
            self._step([Reading(device, name, _value(text), now, now) for name, _, text in pairs], now)
        self._clock(second)

    def _clock(self, second: float) -> None:
        while (wake := self.engine.wake_at) is not None and wake <= _instant(second):
            self._step([Tick(max(wake, _instant(self._at)))], max(wake, _instant(self._at)))
        self._at = second

    def _step(self, events: list[Event], now: Instant) -> None:
        effects = self.engine.step(events, now)
        assert not effects.refused, effects.refused
        self._at = max(self._at, (now - BEGAN) / SECOND)

    @property
    def shouted(self) -> list[Alert]:
        found = [alert for alert in self.engine.open_alerts() if alert.suppression is None]
        return sorted(found, key=display_order)

    @property
    def lines(self) -> dict[str, list[Alert]]:
        """As static/folds.js makes them, in the order of the list."""
        found: dict[str, list[Alert]] = {}
        for alert in self.shouted:
            found.setdefault(fold_of(alert) or alert.id, []).append(alert)
        return found

    def line(self, area: str) -> list[Alert]:
        (found,) = [alerts for alerts in self.lines.values() if alerts[0].area == area]
        return found

    def acknowledge(self, area: str) -> None:
        rows = self.line(area)
        saw = tuple(f"{alert.id}:{alert.occurrences}" for alert in rows if alert.state is not State.ACKNOWLEDGED)
        self._act(Acknowledge(case=rows[0].incident, saw=saw, by="olga", role="operator"))

    def close(self, area: str) -> None:
        rows = self.line(area)
        saw = tuple(f"{alert.id}:{alert.occurrences}" for alert in rows)
        self._act(
            Close(
                case=rows[0].incident,
                saw=saw,
                by="olga",
                role="operator",
                disposition=Disposition.CONFIRMED,
                note="dealt with",
            )
        )

    def _act(self, ask: Acknowledge | Close) -> None:
        self.acts += 1
        self._step([ask], _instant(self._at))


def _value(text: str) -> Value:
    return VALUES.get(text) if text in VALUES else float(text)  # type: ignore[return-value]


def _instant(second: float) -> Instant:
    return BEGAN + int(second * 100) * SECOND // 100


def test_two_bad_chapters_are_five_lines_and_eight_acts_and_the_flood_is_eight_lines() -> None:
    """A smouldering fire, a lost probe, an opened reader, a forced door, a break-in; then lightning."""
    night = Night()
    night.until(60)
    assert {"archive", "chemical"} == {alert.area for alert in night.shouted}
    assert 5 == len(night.line("chemical"))
    night.acknowledge("chemical")
    night.acknowledge("archive")
    night.until(100)
    night.acknowledge("gate")
    night.until(130)
    night.acknowledge("warehouse")
    night.until(175)
    assert 5 == len(night.lines)
    night.close("chemical")
    night.close("finance")
    night.until(210)
    lines = night.lines
    assert len(lines) <= 8
    first = night.shouted[0]
    assert (AlertClass.FIRE, "dormitory", True) == (first.alert_class, first.area, first.active)
    assert [first] == lines[fold_of(first)]
    night.until(306)
    night.close("gate")
    night.close("warehouse")
    night.until(364)
    assert {"chemical", "archive", "gate", "warehouse", "finance"} & {
        alert.area for alert in night.shouted if alert.raised < _instant(179)
    } == set()
    assert night.acts <= 8


def test_what_nobody_has_touched_is_as_few_lines() -> None:
    """Nobody acts: the night is nine alerts on five lines, and the lightning adds as few."""
    night = Night()
    night.until(175)
    before = set(night.lines)
    assert (5, 9) == (len(before), len(night.shouted))
    night.until(210)
    assert len(night.lines.keys() - before) <= 8
    assert night.lines.keys() >= before
    assert AlertClass.FIRE is night.shouted[0].alert_class
