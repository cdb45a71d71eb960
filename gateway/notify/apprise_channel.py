"""The services that Apprise knows: e-mail, DingTalk, WeCom, Feishu, SMS and telephone gateways, and many more.

Apprise is imported with the first such channel: it costs more than a second and tens of megabytes. What it logs may
quote the address of a service with all that is secret in it, so nothing of that is kept.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from devices.message import Text
from gateway.notify.message import SENT, Outcome, Outgoing
from gateway.site.channel import Channel

_TO = "{to}"


class AppriseChannel:
    """gateway.notify.message.Carrier. ``secret``: the address of the service as it stands in the key file now."""

    def __init__(self, channel: Channel, secret: Callable[[], bytes | None]) -> None:
        self._channel, self._secret = channel, secret

    def prepare(self) -> Text | None:
        _apprise()
        written = self._secret()
        if not written:
            return self._no_key
        if self._channel.is_personal:  # what an address there looks like only the service knows
            return None
        return None if _service(self._filled(written, "")) is not None else self._not_understood

    @property
    def _no_key(self) -> Text:
        return Text.of("notify.no_key", name=f"notify/{self._channel.id}")

    @property
    def _not_understood(self) -> Text:
        return Text.of("notify.no_service", name=f"notify/{self._channel.id}")

    def send(self, message: Outgoing) -> Outcome:
        written = self._secret()
        if not written:
            return Outcome(is_sent=False, why=self._no_key)
        service = _service(self._filled(written, message.address))
        if service is None:
            return Outcome(is_sent=False, why=self._not_understood, may_retry=False)
        body = f"{message.body}\n{message.link}" if message.link else message.body
        is_sent = service.notify(body=body, title=message.title, body_format="text")
        return SENT if is_sent else Outcome(is_sent=False, why=Text.of("notify.not_taken"))

    def _filled(self, written: bytes, address: str) -> str:
        """With the address in its place, where it can be nothing else than an address, and the time it may take."""
        url = written.decode("utf-8", "replace").replace(_TO, quote(address, safe=""))
        half = max(1.0, self._channel.timeout_s / 2)
        more = "" if "cto=" in url else f"cto={half:g}&rto={half:g}"
        return url + (("&" if "?" in url else "?") + more if more else "")


def _apprise() -> Any:
    import apprise

    logger = logging.getLogger("apprise")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return apprise


def _service(url: str) -> Any:
    """None: Apprise understands no such address."""
    service = _apprise().Apprise()
    return service if service.add(url) else None
