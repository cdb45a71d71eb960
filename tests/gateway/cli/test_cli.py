"""The command line as people use it: what it prints, where, and with which exit status."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli import main, names
from tests.gateway.site.site_texts import GOOD, swapped
from tests.rim.processes import PATIENCE_S


def keyarea(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A ``keyarea`` process, to its end."""
    command = [sys.executable, "-m", "gateway", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


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
        "print(sorted({'nicegui', 'fastapi', 'sqlalchemy', 'paho', 'pydantic'} & set(sys.modules)))"
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
