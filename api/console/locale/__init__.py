"""Every text of the console in both languages."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from api.catalogue import language
from devices.errors import KeyareaError
from devices.language import Language
from devices.message import Text
from devices.signals import SIGNALS

LANGUAGES = ("en", "zh")
_MOST_TRANSLATED, _MOST_JOINED, _DEEPEST = 800, 4, 2
"""Characters of a text, parts of one sentence, sentences within sentences. Names and reasons in a text are typed by
people: whatever they type, no page shall wait for it.
"""


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """The texts of a language, by table and key."""
    tables: dict[str, dict[str, str]] = tomllib.loads(
        files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    )
    return tables


@cache
def _sentences() -> list[tuple[re.Pattern[str], str]]:
    """The gateway's sentences as patterns, with the Chinese to put their parts into."""
    pairs: dict[str, str] = tomllib.loads(files(__package__).joinpath("said.toml").read_text(encoding="utf-8"))["said"]
    return [
        (re.compile(re.sub(r"\\\{(\w+)\\\}", _part, re.escape(english)) + r"\Z"), chinese)
        for english, chinese in pairs.items()
    ]


def _part(name: re.Match[str]) -> str:
    what = r"[^\s,;]+" if name[1] == "one" else "(?:(?!; ).)+?"
    return f"(?P<{name[1]}>{what})"


@lru_cache(4096)
def _translated(text: str, depth: int = 0) -> str:
    """Sentence by sentence, and where that says nothing, part by part of a list."""
    if len(text) > _MOST_TRANSLATED:
        return text
    told = _joined(text, "; ", "；", depth) or _joined(text, ", ", "，", depth)
    return told or text.replace("; ", "；")


def _joined(text: str, comma: str, chinese_comma: str, depth: int) -> str:
    """The parts in Chinese; "" if none is known. One may hold a comma itself, so the longest that is known counts."""
    parts = text.split(comma)
    said, first, knows_any = [], 0, False
    while first < len(parts):
        for behind in range(min(len(parts), first + _MOST_JOINED), first, -1):
            found = _sentence(comma.join(parts[first:behind]), depth)
            if found or behind == first + 1:
                said.append(found or parts[first])
                knows_any = knows_any or bool(found)
                first = behind
                break
    return chinese_comma.join(said) if knows_any else ""


def _sentence(text: str, depth: int) -> str:
    """One sentence in Chinese; "" if there is none."""
    for pattern, chinese in _sentences():
        found = pattern.match(text)
        if found is not None:
            return chinese.format(**{name: _carried(name, part, depth) for name, part in found.groupdict().items()})
    return ""


def _carried(name: str, part: str, depth: int) -> str:
    """What is carried over: the name of a signal, a sentence again, or what it is."""
    known = SIGNALS.get(part) if name.startswith("signal") else None
    if known is not None:
        return known.label_zh
    return _translated(part, depth + 1) if depth < _DEEPEST else part


class Say:
    """``say("verb.close")`` in one language."""

    def __init__(self, language: str, time_zone: str = "UTC") -> None:
        self.language, self._time_zone = language if language in LANGUAGES else "en", time_zone
        self._texts = texts(self.language)

    def __call__(self, key: str, **values: object) -> str:
        table, _, name = key.partition(".")
        text = self._texts[table].get(name, name)
        return text.format(**values) if values else text

    def said(self, text: Text | str | Exception) -> str:
        """What the gateway says, in the language; what it has no words for stays as it is."""
        if isinstance(text, Exception):
            text = text.text if isinstance(text, KeyareaError) else str(text)
        if isinstance(text, Text) and text.key == "plain.words":
            text = str(text.params.get("words", ""))  # what refuses in sentences still
        if isinstance(text, Text):
            return language(self.language, self._time_zone).render(text)
        return text if self.language == "en" else _translated(text)

    def told(self, note: Text | str, by: str) -> str:
        """The note of a step: what people write is theirs."""
        return note if by and isinstance(note, str) else self.said(note)

    @property
    def colon(self) -> str:
        """Between a title and what follows."""
        return "：" if self.language == "zh" else ": "

    @property
    def words(self) -> Language:
        """The language itself, with the site's time zone."""
        return language(self.language, self._time_zone)

    @property
    def units(self) -> tuple[str, str, str, str]:
        """Seconds, minutes, hours, days, in short."""
        return ("s", "min", "h", "d") if self.language == "en" else ("秒", "分", "时", "天")

    def nth(self, number: int) -> str:
        """``2nd``, ``11th``; in Chinese ``2``, around which the sentence says the rest."""
        if self.language == "zh":
            return str(number)
        ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"

    def age(self, seconds: float) -> str:
        """``12 s``, ``3:20`` up to ten minutes, ``12 min``, ``2 h 5 min``, in short."""
        units = self.units
        whole = max(0, int(seconds))
        if whole < 60:
            return f"{whole} {units[0]}"
        if whole < 600:
            return f"{whole // 60}:{whole % 60:02}"
        if whole < 6000:
            return f"{whole // 60} {units[1]}"
        if whole < 172_800:
            return f"{whole // 3600} {units[2]} {whole // 60 % 60} {units[1]}"
        return f"{whole // 86_400} {units[3]}"
