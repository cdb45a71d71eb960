"""A language: templates, and how a text with its parameters becomes a sentence (devices/message.py).

A template holds ``{name}``, and after a colon how to show it:

- a number as Python formats it (``{limit:.1f}``; without a word ``g``);
- ``{count:plural device|devices}`` picks one of two words and shows no number; Chinese has no need of it;
- ``{state:of state}`` is the template ``state.<value>``, and the value itself where there is none;
- ``{faults:;}`` joins a list by semicolons instead of commas, ``{faults:lines}`` puts each on a line, and
  ``{signals:or}`` leaves the choice between them.
"""

import contextlib
import string
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any

import msgspec

from devices.message import At, Duration, Name, Param, SignalName, Text
from devices.reading import SECOND, Instant
from devices.signals import SIGNALS, base_name

_DEEPEST = 6
_MOST_CHARACTERS = 40_000


class Language(msgspec.Struct, frozen=True):
    """Templates by key, and how to show what is no text. ``zone``: the site's time zone."""

    code: str
    templates: Mapping[str, str]
    zone: Any = UTC

    def render(self, said: Text, *, depth: int = 0) -> str:
        """The sentence. A key or a parameter that is not known is shown as it is: never an error."""
        if said.key == "plain.words":
            return str(said.params.get("words", ""))[:_MOST_CHARACTERS]
        template = self.templates.get(said.key)
        if template is None or depth > _DEEPEST:
            return str(said)[:_MOST_CHARACTERS]
        return "".join(
            literal if name is None else literal + self.show(said.params.get(name, f"{{{name}}}"), spec, depth=depth)
            for literal, name, spec in _parts(template)
        )[:_MOST_CHARACTERS]

    def show(self, value: Param, spec: str = "", *, depth: int = 0) -> str:
        """One parameter."""
        match value:
            case Text():
                return self.render(value, depth=depth + 1)
            case tuple() | list():
                return self._joined([self.show(part, depth=depth) for part in value], spec)
            case Name(en=en, zh=zh):
                return (zh or en) if self.is_chinese else (en or zh)
            case At(instant=instant):
                return local(instant, self.zone)
            case Duration(seconds=seconds):
                return self.age(seconds)
            case SignalName(signal=signal):
                return self._signal(signal)
            case bool():
                return self.templates.get("word.yes" if value else "word.no", str(value))
            case _:
                return self._plain(value, spec)

    @property
    def is_chinese(self) -> bool:
        return self.code == "zh"

    def age(self, seconds: float) -> str:
        """``12 s``, ``12 min``, ``2 h 5 min``, ``3 d``."""
        second, minute, hour, day = ("秒", "分钟", "小时", "天") if self.is_chinese else (" s", " min", " h", " d")
        whole = max(0, round(seconds))
        if whole < 60:
            return f"{whole}{second}"
        if whole < 3_600:
            return f"{whole // 60}{minute}" + (f" {whole % 60}{second}" if whole % 60 else "")
        if whole < 172_800:
            return f"{whole // 3_600}{hour}" + (f" {whole // 60 % 60}{minute}" if whole // 60 % 60 else "")
        return f"{whole // 86_400}{day}"

    def _joined(self, parts: Sequence[str], spec: str) -> str:
        comma, semicolon = ("、", "；") if self.is_chinese else (", ", "; ")
        return {";": semicolon, "lines": "\n", "or": "或" if self.is_chinese else " or "}.get(spec, comma).join(parts)

    def _signal(self, signal: str) -> str:
        known = SIGNALS.get(base_name(signal))
        if not self.is_chinese or known is None:
            return signal
        channel = signal.removeprefix(known.name)
        return known.label_zh + (f" {channel.lstrip('.')}" if channel else "")

    def _plain(self, value: str | float, spec: str) -> str:
        if spec.startswith("plural "):
            one, _, many = spec.removeprefix("plural ").partition("|")
            return one if value == 1 else many
        if spec.startswith("of "):
            return self.templates.get(f"{spec.removeprefix('of ')}.{value}", str(value))
        if isinstance(value, str):
            return value
        with contextlib.suppress(ValueError):
            return format(value, spec or ("d" if isinstance(value, int) else "g"))
        return str(value)


@lru_cache(maxsize=8_192)
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """A template as literals, each with the parameter that follows and how to show it: read once, said often."""
    return tuple((literal, name, spec or "") for literal, name, spec, _ in string.Formatter().parse(template))


def local(instant: Instant, zone: tzinfo, shape: str = "%Y-%m-%d %H:%M") -> str:
    """``2026-11-30 08:15`` there."""
    try:
        return datetime.fromtimestamp(instant // SECOND, zone).strftime(shape)
    except (OverflowError, ValueError, OSError):
        return str(instant)


def names_of(template: str) -> set[str]:
    """The parameters of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
