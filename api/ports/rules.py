"""The rules in force, and what they say."""

from collections.abc import Sequence
from typing import Any, Protocol

from alerts.rule import Rule


class Rules(Protocol):
    """The rules in force, and what they say."""

    def rules(self) -> Sequence[tuple[Rule[Any], str]]:
        """Every rule in force with its version."""
        ...

    def rule_words(self, rule: str, language: str) -> tuple[str, str]:
        """Title and procedure of a rule in a language; empty where the site gives none."""
        ...

    def silent_alarm_screens(self) -> Sequence[str]:
        """The accounts on whose screens a silent alarm sounds and shows."""
        ...

    def is_silent(self, device: str, signal: str) -> bool:
        """Whether that signal of the device raises a silent alarm, or says that an output was switched by one.

        ``device`` "": of one that is not registered.
        """
        ...
