"""The services that Apprise knows: e-mail, DingTalk, WeCom, Feishu, SMS and telephone gateways, and many more.

Apprise is imported with the first such channel: it costs more than a second and tens of megabytes. What it logs may
quote the address of a service with all that is secret in it, so nothing of that is kept. No service is reached in a
private network that the channel does not allow: a mail server of the site's own needs ``allow``.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from devices.message import Text
from gateway.notify.lookup_guard import is_barred, only_to
from gateway.notify.message import SENT, Outcome, Outgoing
from gateway.site.channel import Channel

_TO = "{to}"
_SOMEBODY = "somebody@example.org"
"""An address as many services have them, to see where a service itself is."""


class AppriseChannel:
    """gateway.notify.message.Carrier. ``secret``: the address of the service as it stands in the key file now."""

    def __init__(self, channel: Channel, secret: Callable[[], bytes | None]) -> None:
        self._channel, self._secret = channel, secret
        self._looked_at: bytes | None = None
        self._barred: Text | None = None
        """Why its service may not be reached, as was last seen."""

    def prepare(self) -> Text | None:
        _apprise()
        written = self._secret()
        if not written:
            return self._no_key
        service = _service(self._filled(written, _SOMEBODY if self._channel.is_personal else ""))
        if service is None:  # what an address there looks like only the service knows
            return None if self._channel.is_personal else self._not_understood
        if written != self._looked_at:  # once for each address: the name may take its time
            self._looked_at, host = written, _host(service)
            self._barred = self._private(host) if host and is_barred(host, self._channel.allow) else None
        return self._barred

    @property
    def _no_key(self) -> Text:
        return Text.of("notify.no_key", name=f"notify/{self._channel.id}")

    def _private(self, host: str) -> Text:
        return Text.of("notify.private_service", host=host, channel=self._channel.id)

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
        with only_to(self._channel.allow) as refused:
            is_sent = service.notify(body=body, title=message.title, body_format="text")
        self._barred = self._private(refused[0]) if refused and not is_sent else None
        if self._barred is not None:
            return Outcome(is_sent=False, why=self._barred, may_retry=False)
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


def _host(service: Any) -> str:
    """Where the site's own service is; "" of one whose address Apprise itself knows."""
    plugin = service[0]
    return str(getattr(plugin, "smtp_host", None) or getattr(plugin, "host", None) or "")
