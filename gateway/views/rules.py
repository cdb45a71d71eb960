"""The rules in force, and what they say."""

from collections.abc import Sequence
from typing import Any

from alerts.event import Stranger
from alerts.open_alerts import rule_version
from alerts.rule import Rule
from gateway.own_rules import own_rules_of
from gateway.running import Running


class RulesView:
    """Implements api.ports.rules."""

    def __init__(self, running: Running) -> None:
        self._running = running
        site = running.site
        self._rules = [(rule, rule_version(rule)) for rule in (*site.rules, *own_rules_of(site))]
        self._by_name = {rule.name: rule for rule, _ in reversed(self._rules)}
        self._silent = [rule for rule, _ in self._rules if rule.is_silent]

    def rules(self) -> Sequence[tuple[Rule[Any], str]]:
        return self._rules

    def rule_words(self, rule: str, language: str) -> tuple[str, str]:
        found = self._by_name.get(rule)
        if found is None:
            return "", ""
        return (found.title_zh, found.procedure_zh) if language == "zh" else (found.title, found.procedure)

    def silent_alarm_screens(self) -> Sequence[str]:
        return self._running.site.silent_alarm_screens

    def is_silent(self, device: str, signal: str) -> bool:
        found = self._running.device(device) if device else None
        if found is None:
            return any(rule.hears(signal) for rule in self._silent if Stranger in rule.listens)
        return any(rule.selects(found) and rule.watches(found, signal) for rule in self._silent)
