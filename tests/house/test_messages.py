"""What is said to people is said in both languages, with the same parameters."""

import re

import pytest

from api.catalogue import LANGUAGES, language, templates
from devices.language import names_of
from devices.message import At, Duration, Name, SignalName, Text, plain
from devices.reading import SECOND


def test_each_key_has_its_twin_with_the_same_parameters() -> None:
    """Chinese may leave out what only picks an English plural."""
    english, chinese = templates("en"), templates("zh")
    assert english.keys() == chinese.keys()
    wrong = {key for key in english if names_of(english[key]) != names_of(chinese[key])}
    assert not wrong


def test_chinese_is_chinese() -> None:
    """Each template with words of its own has them in Chinese."""
    mute = {
        key
        for key, template in templates("zh").items()
        if re.search("[A-Za-z]{2}", re.sub(r"\{[^}]*\}|`[^`]*`", "", templates("en")[key]))
        and not re.search("[一-鿿]", template)
    }
    assert not mute


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_outlives_storage_and_a_catalogue_that_lacks_it(code: str) -> None:
    import msgspec

    said = Text.of("nobody.knows", who=Name("Hall", "大厅"), when=At(3_600 * SECOND), parts=("a", 2, plain("b")))
    again = msgspec.json.decode(msgspec.json.encode(said), type=Text)
    assert language(code).render(again) == language(code).render(said)
    assert "nobody.knows" in language(code).render(said)


@pytest.mark.parametrize(
    ("value", "spec", "english", "chinese"),
    [
        (Name("Hall", "大厅"), "", "Hall", "大厅"),
        (Name("Hall"), "", "Hall", "Hall"),
        (Name("", "大厅"), "", "大厅", "大厅"),
        (At(8 * 3_600 * SECOND), "", "1970-01-01 16:00", "1970-01-01 16:00"),
        (Duration(7_500), "", "2 h 5 min", "2小时 5分钟"),
        (SignalName("smoke"), "", "smoke", "烟雾报警"),
        (("a", "b"), "", "a, b", "a、b"),
        (("a", "b"), ";", "a; b", "a；b"),
        (True, "", "yes", "是"),
        (31.5, "", "31.5", "31.5"),
        (2, "plural device|devices", "devices", "devices"),
        (1, "plural device|devices", "device", "device"),
        ("unheard of", "of state", "unheard of", "unheard of"),
        (plain("{0.__class__} {x!r:{y}}"), "", "{0.__class__} {x!r:{y}}", "{0.__class__} {x!r:{y}}"),
    ],
)
def test_a_parameter_is_shown(value: object, spec: str, english: str, chinese: str) -> None:
    zone = "Asia/Shanghai"
    assert (english, chinese) == tuple(language(code, zone).show(value, spec) for code in ("en", "zh"))  # type: ignore[arg-type]
