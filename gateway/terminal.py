"""The language of a terminal: Chinese where the environment says so, else English."""

import logging
import os
import pwd

from api.catalogue import language
from devices.errors import KeyareaError
from devices.language import Language
from devices.message import Text


def spoken() -> Language:
    """By LC_ALL, LC_MESSAGES and LANG, the first that is set; moments in UTC."""
    named = next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := os.environ.get(name))), "")
    return language("zh" if named.lower().startswith("zh") else "en")


def told(text: str) -> str:
    """What the catalogues say under that key; a text that is no key is itself."""
    return spoken().templates.get(text, text)


def sentence(said: str) -> str:
    """With a capital and a full stop."""
    return f"{said[:1].upper()}{said[1:]}{'。' if spoken().is_chinese else '.'}"


def in_words(value: Text | Exception) -> str:
    """The sentence."""
    if isinstance(value, KeyareaError):
        value = value.text
    return spoken().render(value) if isinstance(value, Text) else str(value)


class InEnglish(logging.Filter):
    """What the gateway says is a sentence in its log, too: English, whoever reads it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_in_english, record.args))
        return True


def _in_english(value: object) -> object:
    if isinstance(value, KeyareaError):
        value = value.text
    return language("en").render(value) if isinstance(value, Text) else value


def log_to_stderr(level: int) -> None:
    """The log of a process, on standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(InEnglish())


def os_account() -> str:
    """Who runs this, as the kernel knows it: whoever may write into the data folder answers for it by that name."""
    try:
        return f"os:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"os:{os.getuid()}"
