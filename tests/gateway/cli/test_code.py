"""``keyarea code``: who gives a code is told what it means; the code is read from standard input and never said."""

import io
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.stores.database import Database
from gateway.stores.users import Users

CODE = "908172"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Database.in_folder(tmp_path) as database:
        Users(database).add("li", "tiger-lamp-4821-x", "operator", 1)
    return tmp_path


def run(folder: Path, *words: str) -> int:
    return main(["code", *words, "--data", str(folder)])


def give(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, *words: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n"))
    return run(folder, "give", "li", "--stdin", *words)


def test_a_code_is_given_listed_and_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == give(folder, monkeypatch, CODE)
    assert 0 == run(folder, "list")
    assert 0 == run(folder, "take", "li")
    said = capsys.readouterr()
    assert "li may arm and disarm with it" in said.out
    assert CODE not in said.out + said.err
    assert 0 == run(folder, "list")
    assert "li" not in capsys.readouterr().out


def test_who_gives_a_duress_code_is_told_where_it_is_heard(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == give(folder, monkeypatch, CODE, "--duress")
    assert "silent_alarm_screens" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["1234", "12", "12a456"])
def test_a_bad_code_is_refused_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    assert 1 == give(folder, monkeypatch, code)
    assert capsys.readouterr().err.startswith("keyarea code: ")


def test_a_code_that_is_made_counts_once_and_is_shown_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(folder, "make", "li", "--hours", "2")
    code = capsys.readouterr().out.strip()
    assert code.isdigit()
    assert 0 == run(folder, "list")
    listed = capsys.readouterr().out
    assert "once" in listed
    assert code not in listed
