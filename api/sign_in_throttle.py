"""Who may try a password now: counted before it is looked at, paced by who tries and not by whose account it is.

A stranger who guesses must not lock an owner out. So tries are counted for an account *from an address*, and for an
address; whoever comes in a browser that has been let into this account before has a count of its own. Nothing here
counts an account alone. Where passwords are looked at (``Hashing``) known browsers and addresses have places of their
own.

Tries that were counted only when answered let 300 parallel guesses take 1.3 GB and both cores. Five for an account from
an address (an IPv6 /64 is one) and twenty for an address are free, then each waits twice as long, up to five minutes.
Passwords are looked at one at a time, strangers' at most four a second; eight strangers and eight known may wait, the
rest gets 429. The loopback's X-Forwarded-For is not believed unless the site says so: any program on the machine may
write it. In the middle of an attack a new browser at a new address may get 429 a few times. What comes in a flood is
counted in the book *access*, and a name that is no account's is not written.
"""

import asyncio
import ipaddress
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import msgspec

from devices.errors import KeyareaError
from devices.message import Text
from devices.reading import SECOND, Instant

T = TypeVar("T")

_MOST_REMEMBERED = 10_000
_LONGEST_PAUSE_S = 300
_UNKNOWN_PAUSE_S = 10
"""Where no address is known (a proxy that does not tell it): all who come through it wait together, so not for long."""
_FREE_TRIES, _FREE_OF_ADDRESS = 5, 20
_STRANGERS_EVERY_S = 0.25
_MOST_WAITING = {False: 8, True: 8}
"""Strangers, and whoever is known here."""
_COURTEOUS = 10
_ADDRESS = "address "


class TooManyTries(KeyareaError):
    """Wrong passwords too often, or too many at once (HTTP 429)."""

    def __init__(self, wait_s: int, *, is_new: bool = False) -> None:
        """``is_new``: with this refusal a pause begins."""
        self.wait_s, self.is_new = wait_s, is_new
        super().__init__(Text.of("api.too_many_tries", wait_s=wait_s))


class Try(msgspec.Struct, frozen=True):
    """Who tries: the account, where from ("" if nobody knows), and the browser if it is known for that account."""

    account: str
    address: str
    browser: str = ""

    def counted(self) -> dict[str, tuple[int, int]]:
        """What is counted: free tries and longest pause of each."""
        if self.browser:
            return {f"browser {self.account} {self.browser}": (_FREE_TRIES, _LONGEST_PAUSE_S)}
        pause = _LONGEST_PAUSE_S if self.address else _UNKNOWN_PAUSE_S
        counted = {f"pair {self.account} {self.address}": (_FREE_TRIES, pause)}
        return counted | ({_ADDRESS + self.address: (_FREE_OF_ADDRESS, _LONGEST_PAUSE_S)} if self.address else {})


class SignInThrottle:
    """Slows down whoever guesses passwords. Bounded; time is handed in."""

    def __init__(self) -> None:
        self._tries: dict[str, tuple[int, Instant]] = {}
        self._told: set[str] = set()
        self._welcome: dict[tuple[str, str], None] = {}

    def knows(self, attempt: Try) -> bool:
        """Whether it comes in a known browser, or from where somebody was let into this account since the start."""
        return bool(attempt.browser) or (attempt.account, attempt.address) in self._welcome

    def knock(self, attempt: Try, now: Instant) -> None:
        """Count a try, which is about to be looked at. Raises TooManyTries; then nothing was counted."""
        keys = attempt.counted()
        for key, (free, longest) in keys.items():
            wait_s = self._wait_s(key, free, longest, now)
            if wait_s > 0:
                is_new = key not in self._told
                self._told.add(key)
                raise TooManyTries(wait_s, is_new=is_new)
        if len(self._tries) + len(keys) > _MOST_REMEMBERED:
            keep = sorted(self._tries.items(), key=lambda item: item[1][1])[_MOST_REMEMBERED // 2 :]
            self._tries = dict(keep)
            self._told &= self._tries.keys()
        for key in keys:
            self._tries[key] = (self._count(key, now)[0] + 1, now)

    def wait_of_place(self, address: str, now: Instant) -> int:
        """Seconds that every try from there must wait, whoever's account it is; 0 if none. For known browsers not."""
        return self._wait_s(_ADDRESS + address, _FREE_OF_ADDRESS, _LONGEST_PAUSE_S, now) if address else 0

    def was_right(self, attempt: Try) -> None:
        """The password was right: forgive the tries of this account from there, and one of the address's."""
        for key in attempt.counted():
            if key.startswith(_ADDRESS):
                count, last = self._tries.get(key, (1, 0))
                self._tries[key] = (count - 1, last)
            else:
                self._tries.pop(key, None)
                self._told.discard(key)
        if attempt.address:
            self._welcome.pop((attempt.account, attempt.address), None)
            self._welcome[attempt.account, attempt.address] = None
            if len(self._welcome) > _MOST_REMEMBERED:
                del self._welcome[next(iter(self._welcome))]

    def _wait_s(self, key: str, free: int, longest: int, now: Instant) -> int:
        count, last = self._count(key, now)
        if count < free:
            return 0
        pause: int = min(2 ** min(count - free + 1, 30), longest)
        return max(0, pause - (now - last) // SECOND)

    def _count(self, key: str, now: Instant) -> tuple[int, Instant]:
        count, last = self._tries.get(key, (0, 0))
        if now - last <= 2 * _LONGEST_PAUSE_S * SECOND:
            return count, last
        self._told.discard(key)
        return 0, 0


class Hashing:
    """One password at a time, in a thread that gives way to the alarms; strangers at most four a second."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "passwords", initializer=_give_way)
        self._waiting = {False: 0, True: 0}
        self._turn = asyncio.Lock()
        self._next_at = 0.0

    def is_full(self) -> bool:
        """Whether a stranger's password would be refused now."""
        return self._waiting[False] >= _MOST_WAITING[False]

    async def run(self, work: Callable[[], T], *, is_known: bool) -> T:
        """The result of ``work``. Raises TooManyTries where too many wait already."""
        if self._waiting[is_known] >= _MOST_WAITING[is_known]:
            raise TooManyTries(2)
        self._waiting[is_known] += 1
        try:
            if is_known:
                return await self._look(work)
            async with self._turn:
                loop = asyncio.get_running_loop()
                await asyncio.sleep(max(0.0, self._next_at - loop.time()))
                self._next_at = loop.time() + _STRANGERS_EVERY_S
                return await self._look(work)
        finally:
            self._waiting[is_known] -= 1

    async def _look(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _give_way() -> None:
    with suppress(OSError, AttributeError):  # Linux: a thread has a niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _COURTEOUS)


def place_of(address: str | None) -> str:
    """What counts as one place: an IPv4 address, or the /64 that an IPv6 customer has whole; "" if it is none."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if found.version == 6 else None
    if mapped is not None or found.version == 4:
        return str(mapped or found)
    return str(ipaddress.ip_network((found, 64), strict=False))
