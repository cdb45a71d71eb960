"""Signed messages to another system: JSON by HTTP POST, with an HMAC-SHA256 over a timestamp and the body.

No redirect is followed, nothing of the answer is read but its status. Every attempt ends in time: a peer that sends its
answer byte by byte is cut off as one that is silent.
"""

import contextlib
import hmac
import socket
import ssl
import threading
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import msgspec

from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.notify.message import SENT, TOO_SLOW, Outcome, Outgoing
from gateway.notify.private_networks import may_be_called
from gateway.site.channel import Channel

_AGAIN = frozenset({408, 425, 429})
Secret = Callable[[], bytes | None]


class Webhook:
    """gateway.notify.message.Carrier. ``secret``: what messages are signed with, as it stands now."""

    def __init__(self, channel: Channel, secret: Secret, now: Callable[[], Instant]) -> None:
        self._channel, self._secret, self._now = channel, secret, now
        self._to = urlsplit(channel.url)
        self._tls = ssl.create_default_context() if self._to.scheme == "https" else None

    def prepare(self) -> Text | None:
        return None if self._secret() else self._no_key

    @property
    def _no_key(self) -> Text:
        return Text.of("notify.no_key", name=f"notify/{self._channel.id}")

    def send(self, message: Outgoing) -> Outcome:
        secret = self._secret()
        if not secret:
            return Outcome(is_sent=False, why=self._no_key)
        body, stamp = _body(message), str(self._now() // SECOND)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "keyarea",
            "X-Keyarea-Id": message.id.encode("ascii", "replace").decode(),
            "X-Keyarea-Timestamp": stamp,
            "X-Keyarea-Signature": signature(secret, stamp, body),
        }
        host, port = self._to.hostname or "", self._to.port or (443 if self._tls else 80)
        try:
            line = self._connected(host, port)
        except (OSError, UnicodeError) as error:
            return _unreachable(error)
        if line is None:
            return Outcome(is_sent=False, why=Text.of("notify.private_address", host=host), may_retry=False)
        if self._tls:
            line = self._tls.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        with line:
            return self._post(line, body, headers)

    def _post(self, line: socket.socket, body: bytes, headers: dict[str, str]) -> Outcome:
        """Over that connection, which is cut off when the time is over."""
        is_cut = threading.Event()
        cut = threading.Timer(self._channel.timeout_s, _cut_off, (line, is_cut))
        cut.daemon = True
        cut.start()
        try:
            if isinstance(line, ssl.SSLSocket):
                line.do_handshake()
            connection = HTTPConnection(self._to.hostname or "", self._to.port)
            connection.sock = line
            path = self._to.path or "/"
            connection.request("POST", f"{path}?{self._to.query}" if self._to.query else path, body, headers)
            status = connection.getresponse().status
        except (OSError, HTTPException, ValueError) as error:
            return TOO_SLOW if is_cut.is_set() else _unreachable(error)
        finally:
            cut.cancel()
        if 200 <= status < 300:
            return SENT
        why = Text.of("notify.status", status=status)
        return Outcome(is_sent=False, why=why, may_retry=status in _AGAIN or status >= 500)

    def _connected(self, host: str, port: int) -> socket.socket | None:
        """To the first of the host's addresses that may be called and answers; None: none may be called."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        free = [each for each in found if may_be_called(str(each[4][0]), self._channel.allow)]
        failed: OSError | None = None
        for family, kind, protocol, _, address in free:
            line = socket.socket(family, kind, protocol)
            line.settimeout(self._channel.timeout_s)
            try:
                line.connect(address)
            except OSError as error:
                failed = error
                line.close()
                continue
            return line
        if failed is not None:
            raise failed
        return None


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """What stands in X-Keyarea-Signature: over the timestamp, a dot and the body as it was sent."""
    return "sha256=" + hmac.digest(secret, stamp.encode() + b"." + body, "sha256").hex()


def _body(message: Outgoing) -> bytes:
    said = {"id": message.id, "title": message.title, "text": message.body, "again": message.is_again}
    more = {"link": message.link, "to": message.address}
    return msgspec.json.encode({**message.fields, **said, **{name: value for name, value in more.items() if value}})


def _unreachable(error: Exception) -> Outcome:
    if isinstance(error, TimeoutError):
        return TOO_SLOW
    return Outcome(is_sent=False, why=Text.of("notify.unreachable", reason=type(error).__name__))


def _cut_off(line: socket.socket, is_cut: threading.Event) -> None:
    is_cut.set()
    with contextlib.suppress(OSError):  # it may have ended by itself
        line.shutdown(socket.SHUT_RDWR)
