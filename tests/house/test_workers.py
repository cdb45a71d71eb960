"""Forked workers: each test runs once, whatever one does to its worker, and all that came of them is reported."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.rim.processes import wait_until

ROOT = Path(__file__).parents[2]
CONFTEST = "from tests.workers import pytest_cmdline_main, pytest_runtestloop\n"
TESTS = """
import os, sys
import pytest

@pytest.fixture(scope="session")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    yield folder
    (NOTES / f"over-{os.getpid()}").touch()

@pytest.mark.parametrize("number", range(20))
def test_once(number, own):
    (NOTES / f"ran-{number}-{os.getpid()}").touch(exist_ok=False)
    print("said by", number)
    assert number != 7
"""
HARD = """
def test_hard():
    os._exit(3)
"""


def begun(folder: Path, text: str, *options: str) -> "subprocess.Popen[str]":
    """pytest, at that file; what its tests note down is in the folder."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(f"import pathlib\nNOTES = pathlib.Path({str(folder)!r})\n{dedent(text)}")
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider"]
    return subprocess.Popen(
        [
            *command,
            "-p",
            "no:randomly",
            "-p",
            "no:hypothesispytest",
            "-q",
            "--dist",
            "worksteal",
            *options,
            str(folder),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def run(folder: Path, text: str, *options: str) -> str:
    """What it says."""
    with begun(folder, text, *options) as pytest_itself:
        return pytest_itself.communicate(timeout=120)[0]


def ran(folder: Path) -> list[int]:
    """The number of each test that ran, as often as it did."""
    return sorted(int(note.name.split("-")[1]) for note in folder.glob("ran-*"))


@pytest.mark.slow
def test_each_test_runs_once_and_what_one_does_to_its_worker_is_its_failure(tmp_path: Path) -> None:
    said = run(tmp_path, TESTS + HARD, "-n3")
    assert "2 failed, 19 passed" in said, said
    assert "its worker has ended with 3 meanwhile" in said
    assert "said by 7" in said
    assert "said by 6" not in said
    assert list(range(20)) == ran(tmp_path)
    workers = {note.name.split("-")[2] for note in tmp_path.glob("ran-*")}
    assert 2 <= len(workers) <= 4
    over = {note.name.split("-")[1] for note in tmp_path.glob("over-*")}
    assert len(workers) - 1 <= len(over), "a worker that ends has torn down what it had"


@pytest.mark.slow
def test_no_more_is_begun_when_enough_have_failed(tmp_path: Path) -> None:
    said = run(tmp_path, TESTS.replace("number != 7", "False"), "-n2", "-x")
    assert "stopping after" in said, said
    assert len(ran(tmp_path)) < 8


@pytest.mark.slow
def test_workers_end_when_whoever_waits_for_them_is_killed(tmp_path: Path) -> None:
    """Each ends its own test, knows one more, and tears down."""
    text = TESTS.replace("assert number != 7", "signal.sigtimedwait({signal.SIGUSR1}, 60)")
    text = text.replace("import os, sys", "import os, signal\nsignal.pthread_sigmask(0, {signal.SIGUSR1})")
    with begun(tmp_path, text, "-n3") as main:
        wait_until(lambda: len(ran(tmp_path)) == 3, "each worker runs a test")
        main.kill()
        workers = {int(note.name.split("-")[2]) for note in tmp_path.glob("ran-*")}

        def all_have_ended() -> bool:
            left = [worker for worker in workers if Path(f"/proc/{worker}").exists()]
            for worker in left:
                os.kill(worker, signal.SIGUSR1)
            return not left

        wait_until(all_have_ended, "all workers have ended")
    assert 6 >= len(ran(tmp_path))
