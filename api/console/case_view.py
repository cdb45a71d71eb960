"""An open case as people read it: the workflow's own fields under their titles."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from alerts.case import Case
from alerts.workflow import Workflow
from api.console.forms import choice_word, is_moment, title_of
from api.console.web_page import Asked
from devices.message import Name, Text


class CaseView:
    """What a template says of it."""

    def __init__(self, asked: Asked, case: Case, kind: type[Workflow[Any]]) -> None:
        self._asked, self._case, self._kind = asked, case, kind
        self.id, self.by = case.id, " + ".join(name for name in (case.by, case.second) if name)
        self.opened = asked.moment(case.opened)
        self.area = asked.gateway.areas.area_name(case.area, asked.say.language) if case.area else ""

    @property
    def heading(self) -> str:
        """By which it is told from the others."""
        own = [(name, value) for name, value in self._own().items() if isinstance(value, str) and value]
        words = [self._said(name, value) for name, value in own if name != "stage"]
        return " · ".join(part for part in (self.area, *words[:2], self.opened) if part)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """(title, value) of what it holds."""
        shown: Mapping[str, Any] = {**self._own(), **self._kind().shows(self._case, self._asked.gateway.site.now())}
        titled = [(title_of(name, self._kind.name, self._asked.say), self._said(name, shown[name])) for name in shown]
        return [(title, value) for title, value in titled if value]

    def _own(self) -> dict[str, Any]:
        own = [name for name in self._case.__struct_fields__ if name not in Case.__struct_fields__]
        return {name: getattr(self._case, name) for name in own}

    def _said(self, name: str, value: Any) -> str:
        say = self._asked.say
        match value:
            case None | "" | () | []:
                return ""
            case Text():
                return say.said(value)
            case Name():
                return say.words.show(value)
            case tuple() if len(value) > 1 and all(isinstance(part, Text) for part in value):
                return "\n".join(f"{place}. {say.said(part)}" for place, part in enumerate(value, 1))
            case int() if not isinstance(value, bool) and is_moment(name):
                return self._asked.moment(value) if value else ""
            case date():
                return value.isoformat()
            case dict():
                return ", ".join(f"{key}: {self._said(name, part)}" for key, part in value.items())
            case tuple() | list() | frozenset():
                return ", ".join(self._said(_one(name), part) for part in value)
            case str() if name == "device":
                return self._asked.gateway.devices.device_name(value, say.language)
            case msgspec.Struct():
                parts = {part: getattr(value, part) for part in value.__struct_fields__}
                return " ".join(self._said(part, inner) for part, inner in parts.items())
            case str():
                return choice_word(name, value, self._kind.name, say)
        return say.words.show(value)


def _one(name: str) -> str:
    return "device" if name == "devices" else name
