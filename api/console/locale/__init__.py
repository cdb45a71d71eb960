"""Every text of the console in both languages."""

import tomllib
from functools import cache
from importlib.resources import files

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

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._texts = texts(self.language)

    def __call__(self, key: str, **values: object) -> str:
        table, _, name = key.partition(".")
        text = self._texts[table].get(name, name)
        return text.format(**values) if values else text

    def age(self, seconds: float) -> str:
        """``12 s``, ``3 min``, ``2 h 5 min``, in short."""
        units = ("s", "min", "h", "d") if self.language == "en" else ("秒", "分", "时", "天")
        whole = max(0, int(seconds))
        if whole < 100:
            return f"{whole} {units[0]}"
        if whole < 6000:
            return f"{whole // 60} {units[1]}"
        if whole < 172_800:
            return f"{whole // 3600} {units[2]} {whole // 60 % 60} {units[1]}"
        return f"{whole // 86_400} {units[3]}"
