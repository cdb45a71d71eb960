"""Every text of the console in both languages."""

from itertools import product

import pytest

from alerts.alert import AlertClass, Disposition, State
from alerts.lifecycle import Action
from api.console.locale import LANGUAGES, Say, texts


def keys(language: str) -> set[str]:
    return {f"{table}.{name}" for table, names in texts(language).items() for name in names}


def test_both_languages_say_the_same_things() -> None:
    """No key is missing, no text is empty, and placeholders are the same."""
    assert keys("en") == keys("zh")
    for key in keys("en"):
        english, chinese = (Say(language)(key) for language in ("en", "zh"))
        assert english
        assert chinese
        assert {part.partition("}")[0] for part in english.split("{")[1:]} == {
            part.partition("}")[0] for part in chinese.split("{")[1:]
        }


def test_the_chinese_is_chinese() -> None:
    """Nothing was left untranslated but names."""
    same = {key for key in keys("zh") if Say("zh")(key) == Say("en")(key)}
    assert same == {"console.title"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_an_alert_has_a_text(language: str) -> None:
    """Classes, states, actions and findings."""
    told = texts(language)
    assert set(AlertClass) == set(told["class"])
    assert set(State) == set(told["state"])
    assert set(Action) == set(told["action"])
    assert set(Disposition) == set(told["disposition"])


@pytest.mark.parametrize(("language", "seconds"), [*product(LANGUAGES, (0, 59, 100, 7200, 10**6))])
def test_an_age_is_short(language: str, seconds: int) -> None:
    assert len(Say(language).age(seconds)) < 12


@pytest.mark.parametrize(
    ("number", "english"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_how_often_is_said(number: int, english: str) -> None:
    assert (english, str(number)) == (Say("en").nth(number), Say("zh").nth(number))


@pytest.mark.parametrize(
    ("seconds", "english"),
    [(59, "59 s"), (60, "1:00"), (100, "1:40"), (599.9, "9:59"), (600, "10 min"), (7200, "2 h 0 min")],
)
def test_minutes_are_exact_up_to_ten(seconds: float, english: str) -> None:
    assert english == Say("en").age(seconds)
