"""Every text of the console in both languages."""

import tomllib
from functools import cache
from importlib.resources import files

from api.catalogue import language
from devices.errors import KeyareaError
from devices.language import Language
from devices.message import Text

LANGUAGES = ("en", "zh")


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """The texts of a language, by table and key."""
    tables: dict[str, dict[str, str]] = tomllib.loads(
        files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    )
    return tables


class Say:
    """``say("verb.close")`` in one language."""

    def __init__(self, language: str, time_zone: str = "UTC") -> None:
        self.language, self._time_zone = language if language in LANGUAGES else "en", time_zone
        self._texts = texts(self.language)

    def __call__(self, key: str, **values: object) -> str:
        table, _, name = key.partition(".")
        text = self._texts[table].get(name, name)
        return text.format(**values) if values else text

    def any(self, key: str, **values: object) -> str:
        """The same for a key of the console's own words or of any catalogue beside a page."""
        table, _, name = key.partition(".")
        if name in self._texts.get(table, {}):
            return self(key, **values)
        return self.words.render(Text(key, values))  # type: ignore[arg-type]

    def known(self, key: str) -> str:
        """What stands under a key of any catalogue, "" if nothing does."""
        return self.words.render(Text(key)) if key in self.words.templates else ""

    def said(self, said: Text | str | Exception) -> str:
        """What the gateway says, in the language; the words of people as they are."""
        if isinstance(said, Exception):
            said = said.text if isinstance(said, KeyareaError) else str(said)
        return self.words.render(said) if isinstance(said, Text) else said

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
