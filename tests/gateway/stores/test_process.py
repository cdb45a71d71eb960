"""Whether the process that held something before us is gone: certain, or not said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.stores.process import Process, this_process


@pytest.fixture
def me(tmp_path: Path) -> Process:
    (tmp_path / "lock").touch()
    return replace(this_process(tmp_path / "lock"), boot="this boot")


@pytest.fixture
def other(me: Process) -> Process:
    """The same, with the lock of another folder."""
    return replace(me, folder="other folder")


def test_a_process_that_runs_is_not_gone(me: Process, other: Process) -> None:
    assert not other.is_gone(me)


def test_one_that_has_ended_is_gone(me: Process, other: Process) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        assert ended.wait() == 0
    assert replace(other, number=ended.pid, started="").is_gone(me)


def test_one_that_has_ended_and_that_nobody_has_waited_for_is_gone(me: Process, other: Process) -> None:
    ended = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    try:
        assert replace(other, number=ended).is_gone(me)
    finally:
        os.waitpid(ended, 0)


def test_one_whose_number_another_process_has_now_is_gone(me: Process, other: Process) -> None:
    assert replace(other, started="1").is_gone(me)


def test_the_holder_of_a_lock_knows_that_the_one_before_it_is_gone(me: Process) -> None:
    """Also where its number belongs to a process that runs, in another namespace."""
    assert replace(me, space="another container").is_gone(me)


@pytest.mark.parametrize("unknown", [{"boot": "another boot"}, {"boot": ""}, {"space": "another container"}])
def test_of_a_process_elsewhere_nothing_is_said(me: Process, other: Process, unknown: dict[str, str]) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        assert ended.wait() == 0
    assert not replace(other, number=ended.pid, **unknown).is_gone(me)


def test_without_a_known_boot_a_lock_says_nothing(me: Process) -> None:
    blind = replace(me, boot="")
    assert not blind.is_gone(blind)
