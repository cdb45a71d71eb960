"""Which process this is, in words that another process can check: is the one that held something before us gone?

Theory of operation. A process is named by its number and its start time within one boot of one machine and one
namespace of process numbers (a container has its own). Elsewhere its number says nothing, and nothing is concluded.
Who holds the lock of a data folder (gateway.stores.folder) knows without any number that the one before it is gone:
the system lets go of the lock with the process, also in a container that was started anew.

A boot is known by its id and not by the machine's, which copies of virtual machines share; so the unit in deploy/
cannot have ``ProcSubset=pid``, which hides it.
"""

import os
import socket
from pathlib import Path

import msgspec

_PROC = Path("/proc")


class Process(msgspec.Struct, frozen=True):
    """``boot``: of which run of which machine, ``""`` where that can't be told; ``folder``: the lock that it holds."""

    host: str
    boot: str
    space: str
    number: int
    started: str
    folder: str

    def is_gone(self, seen_by: "Process") -> bool:
        """Whether ``seen_by`` can be certain that this process runs no more. False where it can't tell."""
        if not self.boot or self.boot != seen_by.boot:
            return False
        if self.folder and self.folder == seen_by.folder:
            return True
        if not self.space or self.space != seen_by.space:
            return False
        try:
            os.kill(self.number, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # it is there, and somebody else's
        state, started = _stat(self.number)
        return state in ("Z", "X") or (bool(started) and started != self.started)


def this_process(locked: Path) -> Process:
    """The one that asks; ``locked`` is the file of a lock that it holds."""
    status = locked.stat()
    return Process(
        host=socket.gethostname(),
        boot=_text(_PROC / "sys/kernel/random/boot_id"),
        space=_link(_PROC / "self/ns/pid"),
        number=os.getpid(),
        started=_stat(os.getpid())[1],
        folder=f"{status.st_dev}:{status.st_ino}",
    )


def _stat(number: int) -> tuple[str, str]:
    """State and start time (in ticks since the boot) of a process; blanks where the system does not show it."""
    fields = _text(_PROC / str(number) / "stat").rpartition(")")[2].split()
    return (fields[0], fields[19]) if len(fields) > 19 else ("", "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
