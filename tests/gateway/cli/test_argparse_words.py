"""What argparse says is said in the language of the terminal."""

import argparse
import inspect

import pytest

from api.catalogue import templates
from gateway.cli import main


def test_the_english_catalogue_holds_argparses_own_words() -> None:
    """Another release of Python with other words is found here."""
    source = inspect.getsource(argparse).replace("\\n", "\n")
    own = {key: text for key, text in templates("en").items() if key.startswith("argparse.")}
    assert own
    assert [] == [key for key, text in own.items() if text not in source.replace("\\'", "'")]


def test_a_chinese_terminal_reads_chinese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    for words, said in ((["alert"], "缺少以下参数"), (["alert", "nonsense"], "无效的选择"), (["nonsense"], "没有命令")):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert 2 == caught.value.code
        assert said in capsys.readouterr().err
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit):
        main(["alert"])
    assert "the following arguments are required" in capsys.readouterr().err
