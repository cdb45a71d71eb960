"""The outside heartbeat: somebody elsewhere hears of this gateway while alarms pass, and misses it when they do not.

A stopped gateway, a machine without power and a network that is cut look the same there: no heartbeat. Whoever
receives it must tell people by a way that needs none of these.
"""

import asyncio
import hmac
import logging
import urllib.error
import urllib.request
from collections.abc import Callable

import msgspec

from devices.message import Text
from devices.reading import SECOND
from gateway.clock import Clock
from gateway.settings import Settings
from gateway.site.model import Site
from gateway.site.outside import Heartbeat as Setup

KEY = "heartbeat"
"""The name of the key in the key file that it is signed with, if there is one."""
_TIMEOUT_S = 10.0
_MISSES_UNTIL_FAULT = 3

log = logging.getLogger("keyarea")


class Heartbeat:
    """``run`` until cancelled."""

    def __init__(
        self,
        url: str,
        setup: Setup,
        site: str,
        clock: Clock,
        *,
        passes: Callable[[], bool],
        key: Callable[[str], bytes | None],
        tell_fault: Callable[[str, Text | None], None],
    ) -> None:
        """``passes``: whether alarms do; ``tell_fault`` that nobody takes the heartbeat (None: somebody does)."""
        self._url, self._setup, self._site, self._clock = url, setup, site, clock
        self._passes, self._key, self._tell_fault = passes, key, tell_fault
        self._misses = 0
        self._told: bool | None = None
        self._is_withheld = False

    async def run(self) -> None:
        while True:
            await self.beat()
            await asyncio.sleep(self._setup.every_s)

    async def beat(self) -> None:
        passes = self._passes()
        if passes is self._is_withheld:
            self._is_withheld = not passes
            log.log(logging.INFO if passes else logging.ERROR, "heartbeat %s", "sent" if passes else "withheld")
        if not passes:
            return
        reason = await asyncio.to_thread(self._send)
        self._misses = 0 if reason is None else self._misses + 1
        if reason is not None:
            log.warning("nobody takes the heartbeat: %s", reason)
        is_fault = self._misses >= _MISSES_UNTIL_FAULT
        if is_fault != self._told and (is_fault or reason is None):
            self._told = is_fault
            self._tell_fault("heartbeat", Text.of("heartbeat.not_taken", reason=reason or "") if is_fault else None)

    def _send(self) -> str | None:
        """None if it was taken; else why not, without the address: it may hold a secret."""
        body = msgspec.json.encode({"site": self._site, "at": self._clock.now() // SECOND, "alarms_pass": True})
        is_post = self._setup.method == "POST"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "keyarea",
            **self._signature(body if is_post else b""),
        }
        request = urllib.request.Request(  # noqa: S310 - gateway.site.checks lets nothing but http and https pass
            self._url, data=body if is_post else None, headers=headers, method=self._setup.method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - likewise
                return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
        except urllib.error.HTTPError as error:
            error.close()
            return f"HTTP {error.code}"
        except (OSError, ValueError) as error:
            return type(error).__name__ if not isinstance(error, urllib.error.URLError) else str(error.reason)

    def _signature(self, body: bytes) -> dict[str, str]:
        """HMAC-SHA256 over the time, a point and the body, where there is a key."""
        key = self._key(KEY)
        if key is None:
            return {}
        at = str(self._clock.now() // SECOND)
        signed = hmac.new(key, at.encode() + b"." + body, "sha256").hexdigest()
        return {"X-Keyarea-Signature": f"t={at},v1={signed}"}


def heartbeat_of(
    site: Site,
    settings: Settings,
    clock: Clock,
    *,
    passes: Callable[[], bool],
    key: Callable[[str], bytes | None],
    tell_fault: Callable[[str, Text | None], None],
) -> Heartbeat | None:
    """That of a site; None where nobody outside is told."""
    setup = site.heartbeat if site.heartbeat is not None else Setup()
    url = settings.heartbeat_url.reveal() or setup.url
    if not url.startswith(("http://", "https://")):
        return None
    return Heartbeat(url, setup, site.id, clock, passes=passes, key=key, tell_fault=tell_fault)
