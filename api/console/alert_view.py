"""One alert in words, for the panel beside the lists."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from alerts.alert import Alert, AlertEvent
from alerts.transmission import Transmission, of_all
from api.alarm_way import Step, way_of
from api.asks import every_workflow
from api.console.alert_words import LETTERS, AlertWords
from api.console.signals import signal_label, value_label
from api.console.web_page import Asked
from api.roster import called
from api.screens import Screens
from devices.message import Text

_CAUSES_SHOWN = 20


class AlertView:
    """What the template says of it."""

    def __init__(self, asked: Asked, alert: Alert) -> None:
        self._asked, self._say, self._alert = asked, asked.say, alert
        self._words = words = AlertWords(asked)
        self.letter = LETTERS[alert.priority]
        self.text = words.text(alert)
        self.where = f"{words.area(alert)} · {words.device(alert.key)}"
        self.procedure = words.procedure(alert)
        self.is_of_stranger = words.is_of_stranger(alert)

    @property
    def facts(self) -> list[str]:
        """In which state it is, whether its cause stands, and what else must be known of it."""
        say, alert = self._say, self._alert
        said = [say("state." + alert.state), say("detail.active") if alert.active else say("detail.gone")]
        if alert.latched:
            said.append(say("detail.latched"))
        if alert.id in self._words.unrecorded:
            said.append(say("detail.unrecorded"))
        if alert.again is not None:
            said.append(say("detail.again", nth=say.nth(alert.occurrences), time=self._asked.clock(alert.newest)))
            said.append(say("detail.first", time=self._asked.clock(alert.raised)))
        return said

    @property
    def rule(self) -> str:
        """Which version of which rule raised it."""
        return f"{self._say('detail.rule')}{self._say.colon}{self._alert.rule} · {self._alert.rule_version}"

    @property
    def causes(self) -> list[str]:
        """The readings that raised it, first-out first."""
        return [
            f"{self._asked.clock(cause.received)}  {self._words.device(cause.device)}  "
            f"{signal_label(cause.signal, self._say)} {value_label(cause.signal, cause.value, self._say)}"
            for cause in self._alert.causes[:_CAUSES_SHOWN]
        ]

    @property
    def transmitted(self) -> list[str]:
        """What each receiving centre knows of it."""
        states: dict[str, list[Transmission]] = {}
        for told in self._alert.transmitted:
            states.setdefault(told.centre, []).append(told)
        return [self._say.any(f"sent_to.{of_all(told)}", centre=centre) for centre, told in sorted(states.items())]

    @property
    def asks(self) -> list[tuple[str, str]]:
        """What workflows can be asked about an alert, by whoever looks: where that form is, and its title."""
        role, about = self._asked.person.role, self._alert.id
        return [
            (f"/console/workflows/{name}?{urlencode({'ask': tag, 'alert': about})}", self._say.said(title))
            for name, kind in every_workflow().items()
            for ask in kind.asks
            if "alert" in ask.__struct_fields__ and role in ask.ROLES
            for tag in [str(ask.__struct_config__.tag)]
            for title in [Text.of(f"{name}.ask_{tag}")]
        ]

    @property
    def way(self) -> list[str]:
        """From the device to people's eyes and ears. Asks the store."""
        screens: Screens = self._asked.request.app.state.screens
        names = called(self._asked.gateway)
        return [self._stage(step, names) for step in way_of(self._asked.gateway, screens.receipts, self._alert)]

    def _stage(self, step: Step, names: Mapping[str, Any]) -> str:
        say = self._asked.say
        key: str = "listed" if step.how == "listed" else step.stage
        who = self._words.device(step.who) if step.stage == "device" else step.who
        if step.stage == "message":
            key = "message" if step.who else "message_group"
            who = say.words.show(names.get(step.who, step.who))
        sound = say.any(f"alarm_way.sound_{step.sound}") if step.sound else ""
        said = say.any(f"alarm_way.{key}", who=who, path=step.path, sound=sound)
        return f"{self._asked.clock(step.at)}.{step.at // 1_000_000 % 1_000:03d}  {said}"

    def step(self, step: AlertEvent) -> str:
        """What was done, by whom, and what was said to it."""
        done = f"{self._asked.clock(step.at)}  {self._say('action.' + step.action)}  {step.by}".rstrip()
        note = self._say.said(step.note)
        return f"{done}: {note}" if note else done
