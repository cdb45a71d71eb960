"""An alert in a few words, the same for every screen, program and language: its class, its rule's title, what was said.

Made below the console, once: pages, the stream of another machine and the command line show one wording.
"""

import re

from alerts.alert import Alert, AlertClass
from alerts.event import Stranger
from alerts.kernel.kernel import RULE
from api.ports import Devices, Rules
from api.signal_words import signal_label, value_label
from devices.language import Language
from devices.message import Text

_WHOLE_SITE = "site"
"""The key of an alert that is about no single device or area."""
_NONE = "–"
_CASE_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)


def about(alert: Alert) -> str:
    """The device that did it, or what else the rule keeps it by; "" where that is the site, or the id of a case.

    Such an id is nothing that people read; the alert's own words name the case. Of a duty alone: a radio's address may
    look like one.
    """
    if alert.causes:
        return alert.causes[0].device
    is_of_case = alert.alert_class is AlertClass.DUTY and _CASE_ID.fullmatch(alert.key)
    return "" if alert.rule.startswith(RULE) or is_of_case or alert.key == _WHOLE_SITE else alert.key


class AlertWording:
    """Knows what the rules are called, and the devices."""

    def __init__(self, rules: Rules, devices: Devices) -> None:
        self._rules, self._devices = rules, devices

    def device_name(self, key: str, language: Language) -> str:
        return _NONE if key == _WHOLE_SITE else self._devices.device_name(key, language.code)

    def device_of(self, alert: Alert, language: Language) -> str:
        """The device that did it, or whatever else it is about that has a name."""
        key = about(alert)
        return self.device_name(key, language) if key else _NONE

    def text(self, alert: Alert, language: Language, *, behind: int = 0) -> str:
        """What happened: the rule's title, what a sensor measured, how many devices joined.

        ``behind``: so many are not heard because of it. What is not real says so in front.
        """
        return _marked(alert, self._unmarked(alert, language, behind), language)

    def _unmarked(self, alert: Alert, language: Language, behind: int) -> str:
        english, _ = self._rules.rule_words(alert.rule, "en")
        title = self._rules.rule_words(alert.rule, language.code)[0] or english
        if not alert.causes:
            # Who was missed, how long it was silent, who speaks unregistered: the rule's own words.
            what = language.render(_inner(alert.words)).removeprefix(f"{english}: ")
            return _titled(title, what, language) if title else what
        first, joined = alert.causes[0], len({cause.device for cause in alert.causes})
        if not title and not language.is_chinese:
            return language.render(_inner(alert.text))
        if not isinstance(first.value, bool):
            measured = f"{signal_label(first.signal, language)} {value_label(first.signal, first.value, language)}"
            title = _titled(title, measured, language) if title else measured
        title = title or signal_label(first.signal, language)
        if behind:
            title = _titled(title, language.render(Text.of("alert_wording.behind", count=behind)), language)
        return f"{title} (×{joined})" if joined > 1 else title

    def what(self, alert: Alert, language: Language, *, behind: int = 0, is_unrecorded: bool = False) -> str:
        """Its class and its text; once, where both are the same word. What is not stored yet says so."""
        kind, text = class_word(alert.alert_class, language), self._unmarked(alert, language, behind)
        said = text if text == kind else f"{kind} · {text}"
        said = f"{said} · {language.render(Text.of('alert_wording.unrecorded'))}" if is_unrecorded else said
        return _marked(alert, said, language)

    def procedure(self, alert: Alert, language: Language) -> str:
        """What the operator does: in the language if the site gives it, else as it stood when the alert was raised."""
        own = self._rules.rule_words(alert.rule, language.code)[1] if language.is_chinese else ""
        return own or language.render(alert.procedure)

    def is_of_stranger(self, alert: Alert) -> bool:
        """Whether it tells what unregistered devices say."""
        return any(Stranger in rule.listens for rule, _ in self._rules.rules() if rule.name == alert.rule)


def class_word(alert_class: str, language: Language) -> str:
    """What a class is called."""
    return language.render(Text(f"alert_heading.{alert_class}", {}))


def _titled(title: str, words: str, language: Language) -> str:
    return language.render(Text.of("alert_wording.titled", title=title, words=words))


def _marked(alert: Alert, said: str, language: Language) -> str:
    if alert.origin == "real":
        return said
    return language.render(Text.of("alert.not_real", origin=alert.origin, text=said))


def _inner(words: Text) -> Text:
    """Without its mark."""
    inner = words.params.get("text") if words.key == "alert.not_real" else None
    return inner if isinstance(inner, Text) else words
