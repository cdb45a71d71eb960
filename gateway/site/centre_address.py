"""Where a path to a receiving centre leads, as the site file writes it: ``tcp://arc.example:9009``."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec


class Address(msgspec.Struct, frozen=True):
    """A host and a port, and how it is spoken to there."""

    protocol: Literal["tcp", "udp"]
    host: str
    port: int


def address_of(text: str) -> Address | None:
    """Of ``tcp://host:port`` or ``udp://host:port``; None if it is neither."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not port or "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        return None
    if parts.scheme == "tcp":
        return Address("tcp", host, port)
    return Address("udp", host, port) if parts.scheme == "udp" else None
