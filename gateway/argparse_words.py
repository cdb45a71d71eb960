"""What argparse says of itself, in the language of the terminal: it asks gettext, and gettext would want a binary file.

The English catalogue holds argparse's own words, so that a release with others is a test that fails
(tests/gateway/cli/test_argparse_words.py); a sentence that is not in it stays English.
"""

import argparse

from api.catalogue import templates
from gateway.terminal import spoken

_TABLE = "argparse."


def speak_as_the_terminal() -> None:
    """From now on, in this process."""
    english, here = templates("en"), spoken().templates
    known = {english[key]: here[key] for key in english if key.startswith(_TABLE)}
    argparse._ = lambda text: known.get(text, text)  # type: ignore[attr-defined]
