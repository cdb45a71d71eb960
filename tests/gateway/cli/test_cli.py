"""The command line as people use it: what it prints, where, and with which exit status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli import main, names
from gateway.stores.folder import FolderLock
from tests.gateway.site.site_texts import GOOD, swapped
from tests.rim.forked import performed
from tests.rim.processes import PATIENCE_S


def keyarea(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A ``keyarea`` process without a terminal, to its end; forked where all is imported (tests/rim/forked.py)."""
    return performed(list(arguments), dict(os.environ), "", PATIENCE_S)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_good_file_is_summed_up(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["check", str(site)])
    said = capsys.readouterr()
    assert "Works (works)" in said.out
    assert "4 state, 1 threshold, 1 supervision" in said.out
    assert said.out.endswith("no faults\n")
    assert "" == said.err


def test_every_fault_is_named_with_file_and_line(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, first = swapped('family = "keyarea"', 'family = "keyaria"')
    text, second = swapped('area = "gate"', 'area = "gaet"', text)
    site.write_text(text, encoding="utf-8")
    assert 1 == main(["check", str(site)])
    said = capsys.readouterr()
    assert [f"{site}:{first}:", f"{site}:{second}:", "2"] == [line.split()[0] for line in said.err.splitlines()]
    assert "" == said.out


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["check", str(tmp_path / "none.toml")])
    assert f"keyarea check: {tmp_path}/none.toml: there is no such file\n" == capsys.readouterr().err


def test_serving_a_faulty_file_names_the_faults_and_starts_nothing(site: Path) -> None:
    text, line = swapped('area = "gate"', 'area = "gaet"')
    site.write_text(text, encoding="utf-8")
    done = keyarea("serve", "--config", str(site))
    assert 2 == done.returncode
    assert f"{site}:{line}: there is no area 'gaet'" in done.stderr
    assert "Traceback" not in done.stderr
    assert [site] == list(site.parent.iterdir())


def test_a_misspelt_command_is_met_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["chek"])
    assert 2 == caught.value.code
    assert "did you mean 'check'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", names())
def test_every_command_teaches(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert 0 == caught.value.code
    assert f"keyarea {name}" in capsys.readouterr().out


def test_help_names_every_command_and_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert [] == [name for name in names() if f"\n    {name}" not in said]
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("keyarea ")


def test_checking_a_file_does_not_wait_for_the_consoles_libraries(site: Path) -> None:
    script = (
        "import sys; from gateway.cli import main; main(['check', sys.argv[1]]); "
        "print(sorted({'uvicorn', 'fastapi', 'sqlalchemy', 'paho', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(site)], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert done.stdout.endswith("[]\n")


def test_a_reader_that_has_seen_enough_is_no_error(site: Path) -> None:
    """``keyarea check site.toml | head -0``."""
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "check", str(site)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert b"" == process.stderr.read()
        assert 0 == process.wait(100)


def told(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_demo_never_touches_a_folder_where_a_gateway_works(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('id = "qingshan"\n', encoding="utf-8")
    (tmp_path / "sign-ins.txt").write_text("operator secret\n", encoding="utf-8")
    lock = FolderLock(tmp_path, "series.lock")
    before = told(tmp_path)
    done = keyarea("demo", "--data", str(tmp_path))
    lock.release()
    assert (2, "") == (done.returncode, done.stdout)
    assert f"keyarea demo: process {os.getpid()} works in the data folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert before == told(tmp_path)


@pytest.mark.parametrize("name", ["site.toml", "records.sqlite"])
def test_a_demo_never_takes_over_the_data_of_a_real_site(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('id = "works"\n', encoding="utf-8")
    before = told(tmp_path)
    done = keyarea("demo", "--data", str(tmp_path))
    assert 2 == done.returncode
    assert "holds another site's data; name another one with --data" in done.stderr
    assert before == told(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scenario", "nonsense"), "there is no scenario 'nonsense'; there are "),
        (("--scenario", "none.toml"), "none.toml: there is no such file"),
        (("--speed", "-1"), "expected a number above 0 and up to 100; found '-1'"),
        (("--speed", "nan"), "expected a number above 0 and up to 100; found 'nan'"),
        (("--speed", "fast"), "found 'fast'"),
    ],
)
def test_a_demo_that_cannot_be_ends_with_the_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = keyarea("demo", "--data", str(tmp_path / "demo"), *arguments)
    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "demo").exists()


def test_a_story_with_a_faulty_step_ends_the_demo_with_the_sentence(tmp_path: Path) -> None:
    story = tmp_path / "story.toml"
    story.write_text('[[steps]]\ndo = "dance"\n', encoding="utf-8")
    done = keyarea("demo", "--data", str(tmp_path / "demo"), "--port", "0", "--past", "none", "--scenario", str(story))
    assert 2 == done.returncode
    assert "step 1: do must be one of " in done.stderr
    assert "the simulators ended at once with status 2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", [("add", "li", "--role", "operator"), ("password", "li")])
def test_a_password_without_a_terminal_says_how(tmp_path: Path, verb: tuple[str, ...]) -> None:
    done = keyarea("user", *verb, "--data", str(tmp_path))
    assert 1 == done.returncode
    assert "hand it in with --password-stdin" in done.stderr
    assert "Traceback" not in done.stderr


def test_listing_accounts_makes_no_data_folder(tmp_path: Path) -> None:
    done = keyarea("user", "list", "--data", str(tmp_path / "none"))
    assert 1 == done.returncode
    assert "there is no records.sqlite in" in done.stderr
    assert not (tmp_path / "none").exists()
