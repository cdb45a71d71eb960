"""Room for descriptors: strangers may use up the web's share of them, never those of broker, database and lines."""

import asyncio
import logging
import resource
from typing import Any

log = logging.getLogger("keyarea")

_WANTED = 65_536
_RESERVED = 128
"""Database, time series, broker, inbox, ledger, files that are read: about 40 in use, and as many again."""
_RESERVED_EACH_LINE = 80
"""A line that panels call: its 64 peers and its door."""
_MOST_WEB, _LEAST_WEB = 1_000, 16
_EACH_CONNECTION = 2
"""The socket, and the file that is being sent."""
_QUIET_S = 600.0


def make_room() -> int:
    """Raises this process's own limit as far as it may; how many descriptors it then has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return _WANTED if soft == resource.RLIM_INFINITY else soft


def for_web(descriptors: int, lines: int) -> int:
    """How many connections the web may hold at once, with so many lines beside it."""
    left = descriptors - _RESERVED - _RESERVED_EACH_LINE * lines
    return max(_LEAST_WEB, min(_MOST_WEB, left // _EACH_CONNECTION))


class LoopFaults:
    """What the event loop has to tell; that it can accept nothing, it would tell each second."""

    def __init__(self) -> None:
        self._told_at: float | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "accept() out of system resource" not in str(context.get("message", "")):
            loop.default_exception_handler(context)
            return
        now = loop.time()
        if self._told_at is None or now - self._told_at > _QUIET_S:
            log.error("no descriptors are left, so no connection can be taken in (said once in ten minutes)")
            self._told_at = now


class SaidOnce(logging.Filter):
    """Lets a sentence through once a minute: what a stranger can make a library say shall fill no disk."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        sentence = str(record.msg)[:200]
        if 0 <= record.created - self._said.get(sentence, float("-inf")) < 60:
            return False
        if len(self._said) > 100:
            self._said.clear()
        self._said[sentence] = record.created
        return True
