"""``-n 6``: six workers, forked when everything has been collected once.

xdist starts six interpreters, each of which imports and collects all there is: 6 s of CPU in each before its first
test, more with every test that is written. A forked worker has all of it, and shares its memory. The options are
xdist's (``-n``, ``-x`` and all others mean what they did); with ``--dist load`` xdist runs the tests. docs/adr/0233

A worker goes through its share and, when that is done, through the end of the longest that is left. It always knows one
test ahead, so that fixtures go when nobody behind needs them. One that is killed by its test is a failure of that test,
and another takes its place.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import uuid
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, NoReturn

import pytest
from _pytest.tmpdir import TempPathFactory

_COUNT, _RUN = pytest.StashKey[int](), "KEYAREA_TEST_RUN"
Message = list[Any]


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Take the number before xdist does."""
    count = config.option.numprocesses if config.option.dist == "worksteal" else 0
    config.stash[_COUNT] = 0 if config.option.usepdb or config.option.collectonly else int(count or 0)
    if count:
        config.option.numprocesses = 0
    os.environ.setdefault(_RUN, uuid.uuid4().hex)


def workers_of(config: pytest.Config) -> int:
    """How many were asked for; 0: the tests run in this very process."""
    return config.stash.get(_COUNT, 0)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """The whole run, if there are workers."""
    count = min(workers_of(session.config), len(session.items))
    if not count or session.testsfailed:
        return None
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.showfspath = False  # the tests of several files end in turn
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    capture = session.config.pluginmanager.get_plugin("capturemanager")
    if capture is not None:
        capture.read_global_capture()
    _Run(session, count).through()
    return True


class _Worker:
    """A forked process. ``share``: what is left of its own; ``running``: what it knows of, and has not done."""

    def __init__(self, session: pytest.Session, number: int, share: list[int], others: Iterable[socket.socket]) -> None:
        self.share, self.running, self._heard = share, list[int](), b""
        self.end, other = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            for end in (self.end, *others):  # else they would wait for a parent that is gone
                end.close()
            _work(session, number, other)
        other.close()

    def told(self, index: int | None) -> None:
        """The next but one that it shall run; None: there is none."""
        if index is not None:
            self.running.append(index)
        with contextlib.suppress(OSError):  # that it has ended is noticed where its words are read
            self.end.sendall(json.dumps(index).encode() + b"\n")

    def heard(self) -> list[Message] | None:
        """What it says, as far as that has come; None: it has ended."""
        with contextlib.suppress(ConnectionResetError):
            if piece := self.end.recv(1 << 20):
                *lines, self._heard = (self._heard + piece).split(b"\n")
                return [json.loads(line) for line in lines]
        return None

    def over(self) -> int:
        """How it ended."""
        self.end.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class _Run:
    """Shares for all workers, and what they report."""

    def __init__(self, session: pytest.Session, count: int) -> None:
        self._session, self._count = session, count
        ends = [len(session.items) * number // count for number in range(count + 1)]
        self._shares = [list(range(begin, end)) for begin, end in pairwise(ends)]
        self._workers: dict[socket.socket, _Worker] = {}
        self._started = 0

    def through(self) -> None:
        try:
            for share in self._shares:
                self._start(share)
            while self._workers:
                for end in select.select(list(self._workers), [], [])[0]:
                    self._hear(self._workers[end])
        finally:
            for worker in self._workers.values():  # somebody has pressed Ctrl-C
                os.kill(worker.pid, signal.SIGINT)
                worker.over()
        session = self._session
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    def _start(self, share: list[int]) -> None:
        worker = _Worker(self._session, self._started, share, self._workers)
        self._started += 1
        self._workers[worker.end] = worker
        worker.told(self._next(worker))
        worker.told(self._next(worker))

    def _next(self, worker: _Worker) -> int | None:
        if self._session.shouldfail or self._session.shouldstop:
            return None
        share = worker.share
        if share:
            return share.pop(0)
        longest = max((each.share for each in self._workers.values()), key=len)
        return longest.pop() if longest else None

    def _hear(self, worker: _Worker) -> None:
        hook, config, messages = self._session.config.hook, self._session.config, worker.heard()
        for message in messages or ():
            match message:
                case ["report", told]:
                    report = hook.pytest_report_from_serializable(config=config, data=told)
                    hook.pytest_runtest_logreport(report=report)
                case ["done", nodeid, location]:
                    hook.pytest_runtest_logfinish(nodeid=nodeid, location=tuple(location))
                    worker.running.pop(0)
                    worker.told(self._next(worker))
        if messages is None:
            del self._workers[worker.end]
            self._ended(worker)

    def _ended(self, worker: _Worker) -> None:
        code = worker.over()
        if not worker.running:
            return
        item = self._session.items[worker.running[0]]
        killed = pytest.TestReport(
            item.nodeid, item.location, {}, "failed", f"its worker has ended with {code} meanwhile", "call"
        )
        self._session.config.hook.pytest_runtest_logreport(report=killed)
        left = [*worker.running[1:], *worker.share]
        if left:
            self._start(left)


def _work(session: pytest.Session, number: int, way: socket.socket) -> NoReturn:
    """In the child: run what is told, say what came of it, and end without what the parent does at its end."""
    code = 1
    try:
        lines = way.makefile("rb")

        def said(*message: object) -> None:
            way.sendall(json.dumps(message).encode() + b"\n")

        def told() -> pytest.Item | None:
            index = json.loads(lines.readline() or b"null")
            return None if index is None else session.items[index]

        _settled(session.config, number, said)
        item = told()
        while item is not None:
            following = told()
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            said("done", item.nodeid, item.location)
            item = following
        code = 0
    finally:
        with contextlib.suppress(BaseException):
            session._setupstate.teardown_exact(None)  # what was interrupted leaves no broker behind
        sys.stdout.flush()
        os._exit(code)


def _settled(config: pytest.Config, number: int, said: Callable[..., None]) -> None:
    """Its own folder and captured output; no terminal, its reports go to the parent."""
    plugins = config.pluginmanager
    base = config._tmp_path_factory.getbasetemp() / f"worker-{number}"  # type: ignore[attr-defined]
    config.option.basetemp = str(base)
    config._tmp_path_factory = TempPathFactory.from_config(config, _ispytest=True)  # type: ignore[attr-defined]
    capture = plugins.get_plugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
        capture.start_global_capturing()
    for name in ("terminalreporter", "xdist.dsession"):
        if plugins.has_plugin(name):
            plugins.unregister(name=name)
    plugins.register(_Reports(config, said))


class _Reports:
    """What pytest reports of a test, on its way to the parent."""

    def __init__(self, config: pytest.Config, said: Callable[..., None]) -> None:
        self._config, self._said = config, said

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._said("report", self._config.hook.pytest_report_to_serializable(config=self._config, report=report))
