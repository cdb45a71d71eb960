"""A technician's tests of rules: what they say when all is well, when it is not, and when they are written wrongly."""

from importlib.resources import files
from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.trial import rule_test
from alerts.trial.rule_test import differences
from devices.errors import ConfigError
from gateway.cli import main
from gateway.site.load import parse
from gateway.site.rule_tests import read_tests
from tests.gateway import test_rule_trial as works

SAMPLE = Path(str(files("gateway.site.sample").joinpath("rule_tests.toml")))
FACTORY = parse(SAMPLE.with_name("factory.toml").read_text(encoding="utf-8"), "factory.toml")
SITE = replace(FACTORY, rules=tuple(each for each in FACTORY.rules if each.name in ("smoke", "heat", "device-lost")))


def said(tmp_path: Path, test: str) -> list[str]:
    file = tmp_path / "tests.toml"
    file.write_text(f'[[tests]]\nname = "t"\n{test}')
    return [
        f"{text.key} {text.params.get('rule')} {text.params.get('about')}"
        for made, setting in read_tests(file).tests(SITE)
        for text in differences(made, SITE.rules, setting)
    ]


SMOKE = (
    'steps = [{at = 0, device = "archive-smoke-1", smoke = false}, {at = 10, device = "archive-smoke-1", smoke = true}]'
)


@pytest.mark.slow
def test_the_sample_sites_tests_come_true(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rules", "test", str(SAMPLE)])
    assert "otherwise than expected: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("expect", "differs"),
    [
        ('expect = [{at = 10, rule = "smoke", key = "archive-smoke-1"}]', []),
        ('expect = [{at = "10 s", rule = "smoke"}]', []),
        ('expect = [{at = 12, rule = "smoke"}]\nwithin = 2', []),
        ('expect = [{at = 12, rule = "smoke"}]\nwithin = 1', ["rule_test.other_time smoke archive-smoke-1"]),
        ("", ["rule_test.unexpected smoke archive-smoke-1"]),
        (
            'expect = [{at = 10, rule = "heat"}]',
            ["rule_test.missing heat -", "rule_test.unexpected smoke archive-smoke-1"],
        ),
        ('rules = ["heat"]', []),
    ],
)
def test_what_differs_is_said(expect: str, differs: list[str], tmp_path: Path) -> None:
    assert differs == said(tmp_path, f"{SMOKE}\n{expect}")


def test_what_waits_for_silence_is_tested_only_where_it_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "tests.toml"
    file.write_text(f'[[tests]]\nname = "t"\n{SMOKE}\n[[tests]]\nname = "u"\nsteps = []\nrules = ["device-lost"]')
    (plain, _), (silent, _) = read_tests(file).tests(SITE)
    assert "device-lost" not in {rule.name for rule in rule_test.tested(plain, SITE.rules)}
    assert ["device-lost"] == [rule.name for rule in rule_test.tested(silent, SITE.rules)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "tests"),
        ("tests = []", "no [[tests]]"),
        ("[[tests]", "is not TOML"),
        ('[[tests]]\nname = "t"\nsteps = []\nexpekt = []', "expekt"),
        ('[[tests]]\nname = "t"\nsteps = [{at = 0, device = "nobody", smoke = true}]', "no device 'nobody'"),
        ('[[tests]]\nname = "t"\nsteps = [{at = 0, device = "gate-call"}]', "what 'gate-call' reports"),
        ('[[tests]]\nname = "t"\nsteps = [{at = 0, device = "gate-call", smok = true}]', "smok = True"),
        ('[[tests]]\nname = "t"\nsteps = [{at = "soon", device = "gate-call", call_point = true}]', "'soon'"),
        ('[[tests]]\nname = "t"\nsteps = [{at = -1, device = "gate-call", call_point = true}]', "-1"),
        ('[[tests]]\nname = "t"\nsteps = [{at = 0, area = "gate", mode = "sideways"}]', "no mode 'sideways'"),
        ('[[tests]]\nname = "t"\nsteps = [{at = 0}]', "a step has a device"),
        ('[[tests]]\nname = "t"\nsteps = [{at = 0, area = "gate", book = "patrol", fields = 3}]', "must be a table"),
        ('[[tests]]\nname = "t"\nsteps = []\nexpect = [{at = 0, rule = "smok"}]', "did you mean 'smoke'"),
        ('[[tests]]\nname = "t"\nsteps = []\nmodes = {attic = "armed"}', "no area 'attic'"),
        ('[[tests]]\nname = "t"\nsteps = []\nstart = "noon"', "local time"),
    ],
)
def test_what_is_written_wrongly_is_refused_with_its_place(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "tests.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_tests(file).tests(SITE)
    assert problem in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.slow
def test_the_word_tells_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, site = tmp_path / "tests.toml", tmp_path / "site.toml"
    site.write_text(works.SITE + works.SMOKE + works.PROCEDURE)
    steps = 'steps = [{at = 0, device = "a", smoke = true}]'
    file.write_text(f'site = "site.toml"\n[[tests]]\nname = "t"\n{steps}')
    assert 1 == main(["rules", "test", str(file)])
    assert "FAIL t" in capsys.readouterr().out
    file.write_text(f'site = "site.toml"\n[[tests]]\nname = "t"\n{steps}\nexpect = [{{at = 0, rule = "smoke"}}]')
    assert 0 == main(["rules", "test", str(file)])
    assert 2 == main(["rules", "test", str(tmp_path / "none.toml")])
    file.write_text('[[tests]]\nname = "t"\nsteps = []')
    assert 2 == main(["rules", "test", str(file)])
    assert "--site" in capsys.readouterr().err
