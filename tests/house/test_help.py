"""Every word of the command line explains itself in both languages: each verb, each option, each example's frame."""

import argparse
import re
from collections.abc import Iterator

import pytest

from gateway.cli import all_names, build_parser
from gateway.made_word import made_words

_KEY = re.compile(r"[a-z_]+\.[a-z_]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WORDLESS = {"(%(default)s)", argparse.SUPPRESS}


def helps(parser: argparse.ArgumentParser, path: str) -> Iterator[tuple[str, str]]:
    """(where, what is said there)"""
    for said in (parser.description, parser.epilog):
        yield path, said or ""
    for action in parser._actions:
        if action.dest != "help":  # argparse's own word: gateway/argparse_words.py
            assert action.help or not action.option_strings, f"{path} {action.dest} is explained nowhere"
            yield f"{path} {action.dest}", str(action.help or "")
        if isinstance(action, argparse._SubParsersAction):
            yield from ((f"{path} {verb.dest}", str(verb.help or "")) for verb in action._choices_actions)
            for name, verb in action.choices.items():
                yield from helps(verb, f"{path} {name}")


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """What the words import takes seconds, and is no part of what they say."""
    build_parser(all_names())


@pytest.mark.parametrize("word", all_names())
def test_a_word_explains_itself_in_both_languages(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    for code in ("en_GB", "zh_CN"):
        monkeypatch.setenv("LC_ALL", f"{code}.UTF-8")
        made_words.cache_clear()
        verbs = build_parser([word])._subparsers._group_actions[0].choices  # type: ignore[union-attr]
        told[code] = list(helps(verbs[word], word))  # type: ignore[call-overload, index]
    made_words.cache_clear()
    assert [] == [place for place, said in (*told["en_GB"], *told["zh_CN"]) if _KEY.fullmatch(said)]
    pairs = zip(told["en_GB"], told["zh_CN"], strict=True)
    own = [(place, chinese) for (place, english), (_, chinese) in pairs if english and english not in _WORDLESS]
    assert len(own) > 1
    assert [] == [(place, said) for place, said in own if not _CHINESE.search(said)]
