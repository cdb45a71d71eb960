"""Gateways and their commands that begin where their imports end: forked from a process that has imported them once.

What ``python -m gateway`` does first takes two seconds of a core, and the tests start some hundreds of them. A
forked one is a process of its own all the same: its own pid, environment, log, signals and exit status, and it goes
through gateway.cli from its arguments on, with the ``sitecustomize`` of its own PYTHONPATH before them. Other code of
ours on that path (a copy of the house) needs a start from nothing (``fresh=True`` of GatewayProcess).

What is the same for every site is worked out before the fork too. CPU of one start until the health answers: 5 s from
nothing, 0.6 s forked (its own times in /proc, a busy machine). The data folder with its accounts, six Argon2 hashes, is
made once for a worker and copied. One process imports for all workers of a run: each of its own cost 3 s. Gateways
shared by tests would find what the one before left; one inside the worker could not be killed.
"""

import array
import contextlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NoReturn

from tests.rim.processes import wait_until

_NUMBER = struct.Struct("i")
_ORDER_BYTES = 1 << 18
_MODULES = (
    *("gateway.cli.serve", "gateway.clock", "gateway.settings", "gateway.site.load", "gateway.wiring"),
    *("anyio._backends._asyncio", "uvicorn.lifespan.on", "uvicorn.protocols.websockets.websockets_sansio_impl"),
    *("starlette.middleware.gzip", "jinja2.sandbox"),
)


class Forked:
    """A child of the process that imports, with the part of ``subprocess.Popen`` that the tests use."""

    def __init__(self, words: list[str], env: dict[str, str], ends: tuple[int, int, int]) -> None:
        """``words``: what stands behind ``python -m gateway``; ``ends``: its standard input, output and errors."""
        order = json.dumps({"words": words, "env": env, "folder": str(Path.cwd())}).encode()
        assert len(order) < _ORDER_BYTES
        self._told, tells = socket.socketpair()
        with tells:
            handed = array.array("i", [tells.fileno(), *ends])
            _importer()[0].sendmsg([order], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed)])
        self.pid: int = self._number()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, as subprocess has it; None while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = os.waitstatus_to_exitcode(self._number())
            self._told.close()
        return self.returncode

    def wait(self, within_s: float) -> int:
        """The exit status. subprocess.TimeoutExpired if it does not end in time."""
        deadline = time.monotonic() + within_s
        while (code := self.poll()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(f"gateway {self.pid}", within_s)
            select.select([self._told], [], [], left)
        return code

    def send_signal(self, number: int) -> None:
        """To a process that has not ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _number(self) -> int:
        raw = self._told.recv(_NUMBER.size)
        assert len(raw) == _NUMBER.size, "the process that imports the gateway has ended"
        return int(_NUMBER.unpack(raw)[0])


def forked(words: list[str], env: dict[str, str], log: Path) -> Forked:
    """A gateway that goes on by itself."""
    with log.open("ab") as file, Path(os.devnull).open("rb") as nothing:
        return Forked(words, env, (nothing.fileno(), file.fileno(), file.fileno()))


def performed(words: list[str], env: dict[str, str], stdin: str, within_s: float) -> subprocess.CompletedProcess[str]:
    """A command, to its end. subprocess.TimeoutExpired if that does not come in time."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong:
        given.write(stdin.encode())
        given.seek(0)
        command = Forked(words, env, (given.fileno(), said.fileno(), wrong.fileno()))
        try:
            code = command.wait(within_s)
        except subprocess.TimeoutExpired:
            command.kill()
            raise
        texts = []
        for file in (said, wrong):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(words, code, *texts)


@cache
def _importer() -> tuple[socket.socket, subprocess.Popen[bytes] | None]:
    """The way to the process that imports for all workers of a run, and the process, if this one was the first to ask.

    It ends with the last of them.
    """
    run = os.environ.get("KEYAREA_TEST_RUN", str(os.getpid()))
    address, started = f"\0keyarea-tests-importer-{run}", None
    with _packets() as door:
        with contextlib.suppress(OSError):  # another worker was first
            door.bind(address)
            door.listen(64)
            words, quiet = [sys.executable, "-m", __name__, str(door.fileno())], subprocess.DEVNULL
            started = subprocess.Popen(words, pass_fds=[door.fileno()], stdin=quiet, stdout=quiet)
        orders = _packets()
        wait_until(lambda: orders.connect_ex(address) == 0, "the process that imports has its door open")
    return orders, started


def _packets() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ORDER_BYTES)
    return made


def _serve(door: socket.socket) -> None:
    """Fork for each order of each worker, and say to who gave it how the child has ended; until no worker is left."""
    children: dict[int, tuple[int, socket.socket]] = {}  # by its pidfd
    workers = [door.accept()[0]]
    while workers:
        ready, _, _ = select.select([door, *workers, *children], [], [])
        if door in ready:
            workers.append(door.accept()[0])
        for pidfd in set(ready) & set(children):
            assert isinstance(pidfd, int)
            pid, tells = children.pop(pidfd)
            _, status = os.waitpid(pid, 0)
            os.close(pidfd)
            with contextlib.suppress(OSError), tells:  # nobody may be left to hear it
                tells.send(_NUMBER.pack(status))
        for orders in set(ready) & set(workers):
            raw, files, _, _ = socket.recv_fds(orders, _ORDER_BYTES, 4)
            if not raw:
                workers.remove(orders)
                orders.close()
                continue
            told, *ends = files
            pid = os.fork()
            if pid == 0:
                for own in (door, *workers, *(tells for _, tells in children.values())):
                    own.detach()
                _become(json.loads(raw), ends)
            tells = socket.socket(fileno=told)
            with contextlib.suppress(OSError):
                tells.send(_NUMBER.pack(pid))
            children[os.pidfd_open(pid)] = pid, tells
            for end in ends:
                os.close(end)


def _become(order: dict, ends: list[int]) -> NoReturn:
    """In the child: what a fresh ``python -m gateway`` would find, and then the same words."""
    from gateway import cli

    for number, end in enumerate(ends):
        os.dup2(end, number)
    os.closerange(3, 4096)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    for folder in filter(None, order["env"].get("PYTHONPATH", "").split(os.pathsep)):
        if (own := Path(folder) / "sitecustomize.py").exists():
            runpy.run_path(str(own))
    sys.argv[1:] = order["words"]
    sys.orig_argv[1:] = ["-m", "gateway", *order["words"]]  # what a gateway that starts anew executes
    sys.exit(cli.main(order["words"]))


def _work_out() -> None:
    """What is the same for every site: the families, the pages, the words of both languages, the command line."""
    from api.console.assets import Assets
    from api.console.page_finder import pages
    from devices.families import families
    from gateway import cli

    families(), pages(), Assets(), cli.build_parser(cli.all_names())


def main() -> None:
    import gc
    import importlib

    for module in _MODULES:
        importlib.import_module(module)
    _work_out()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
