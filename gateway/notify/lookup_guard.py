"""Where names may lead, for libraries that make their connections themselves (docs/adr/0294).

Apprise reaches services by requests, smtplib and others: each asks ``socket.getaddrinfo`` and connects to what it
answers. Inside of ``only_to`` that answer holds no address of a private network but those that the site allows, so a
name that leads elsewhere at a second look leads nowhere, and neither does a redirect. It holds for the context of who
asks, also in the threads that Apprise hands it to, and for nobody else.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from gateway.notify.private_networks import may_be_called

_looked_up = socket.getaddrinfo


class _Guard:
    def __init__(self, allowed: tuple[str, ...]) -> None:
        self.allowed = allowed
        self.refused: list[str] = []


_GUARD: ContextVar[_Guard | None] = ContextVar("lookup_guard", default=None)


@contextmanager
def only_to(allowed: tuple[str, ...]) -> Iterator[list[str]]:
    """Hands out the hosts that were refused; ``allowed``: networks of the site file."""
    socket.getaddrinfo = _guarded
    guard = _Guard(allowed)
    token = _GUARD.set(guard)
    try:
        yield guard.refused
    finally:
        _GUARD.reset(token)


def is_barred(host: str, allowed: tuple[str, ...]) -> bool:
    """Whether that host is there, and all that it leads to is refused; blocks for as long as a look-up takes."""
    try:
        found = _looked_up(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and not any(may_be_called(str(each[4][0]), allowed) for each in found)


def _guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
    found, guard = _looked_up(host, *args, **kwargs), _GUARD.get()
    if guard is None:
        return found
    free = [each for each in found if may_be_called(str(each[4][0]), guard.allowed)]
    if found and not free:
        guard.refused.append(host.decode("ascii", "replace") if isinstance(host, bytes) else str(host))
        raise socket.gaierror(socket.EAI_NONAME, "it leads into a private network")
    return free
