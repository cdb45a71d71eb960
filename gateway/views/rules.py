"""The rules in force, and what they say."""

from collections.abc import Sequence
from typing import Any

import msgspec

from alerts.alert import AlertClass
from alerts.event import Stranger
from alerts.open_alerts import rule_version
from alerts.output_rule import OutputRule
from alerts.rule import Rule
from gateway.own_rules import own_rules_of
from gateway.running import Running


class _Known(msgspec.Struct, frozen=True):
    """``told``: the very list that this was made of: rules change seldom, and pages ask again and again.

    ``shows``: the device and signal by which an output says that a hold-up has switched it.
    """

    told: Sequence[Rule[Any]]
    versions: list[tuple[Rule[Any], str]]
    by_name: dict[str, Rule[Any]]
    silent: list[Rule[Any]]
    shows: frozenset[tuple[str, str]]


class RulesView:
    """Implements api.ports.rules."""

    def __init__(self, running: Running) -> None:
        self._running = running
        site = running.site
        self._of_site: Sequence[Rule[Any]] = (*site.rules, *own_rules_of(site))
        self._known = _known(self._of_site)

    def rules(self) -> Sequence[tuple[Rule[Any], str]]:
        return self._now().versions

    def rule_words(self, rule: str, language: str) -> tuple[str, str]:
        found = self._now().by_name.get(rule)
        if found is None:
            return "", ""
        return (found.title_zh, found.procedure_zh) if language == "zh" else (found.title, found.procedure)

    def silent_alarm_screens(self) -> Sequence[str]:
        return self._running.site.silent_alarm_screens

    def is_silent(self, device: str, signal: str) -> bool:
        found, silent = self._running.device(device) if device else None, self._now().silent
        if self._running.site.silent_alarm_screens and (device, signal) in self._now().shows:
            return True
        if found is None:
            return any(rule.hears(signal) for rule in silent if Stranger in rule.listens)
        return any(rule.selects(found) and rule.watches(found, signal) for rule in silent)

    def _now(self) -> _Known:
        """Those at work; before the gateway has started, those of the site file."""
        engine = self._running.engine
        rules = engine.rules if engine is not None else self._of_site
        if self._known.told is not rules:
            self._known = _known(rules)
        return self._known


def _known(rules: Sequence[Rule[Any]]) -> _Known:
    versions = [(rule, rule_version(rule)) for rule in rules]
    silent = [rule for rule in rules if rule.is_silent]
    outputs = [output for rule in rules if isinstance(rule, OutputRule) for output in rule.outputs]
    shows = frozenset((each.device, each.feedback) for each in outputs if AlertClass.HOLD_UP in each.classes)
    return _Known(rules, versions, {rule.name: rule for rule in reversed(rules)}, silent, shows)
