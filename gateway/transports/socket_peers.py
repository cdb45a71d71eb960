"""Who calls at a door: a peer with its session, and which networks one may call from."""

import logging
import socket
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Protocol

from devices.codec import Line

log = logging.getLogger("keyarea")


class Setup(Protocol):
    """A door as the site file describes it (gateway.site.model.SocketLine)."""

    @property
    def name(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def tcp(self) -> int: ...
    @property
    def udp(self) -> int: ...
    @property
    def allow(self) -> tuple[str, ...]: ...
    @property
    def most_peers(self) -> int: ...
    @property
    def silence_s(self) -> float: ...


class Peer:
    """One connection, or one sender of datagrams."""

    def __init__(self, name: str, line: Line, channel: socket.socket, address: Any, heard_at: float) -> None:
        """``address`` is where datagrams go, None for a connection."""
        self.name, self.line, self.channel, self.address, self.heard_at = name, line, channel, address, heard_at
        self.key: Any = channel.fileno() if address is None else address
        self.unsent = bytearray()
        self.has_spoken = False
        """Whether anything that it said was understood."""
        self.owed = 0
        """Answers that stand for a commit and are not there yet."""
        self.is_half_closed = self.is_gone = False
        self.events = 0

    def worth(self) -> tuple[bool, bool, bool, float]:
        """The lowest yields to a newcomer: who has said his last word, then who has said nothing, then datagrams.

        A sender of datagrams has no connection to lose: many of them must not cut off a panel that is quiet.
        """
        return not self.is_half_closed, self.has_spoken, self.address is None, self.heard_at


class Neighbours:
    """Whose address is in a network that the site allows; none named: everybody's."""

    def __init__(self, setup: Setup) -> None:
        self._name = setup.name
        self._allowed = [ip_network(network) for network in setup.allow]
        self.refused = 0

    def may_speak(self, host: str) -> bool:
        """Whether this host may; the first it may not are said in the log."""
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if not self._allowed or any(address in network for network in self._allowed):
            return True
        self.refused += 1
        if self.refused & (self.refused - 1) == 0:  # the 1st, 2nd, 4th, 8th ...: said, and never a flood of its own
            log.warning("line %s: %s is in no allowed network; %d refused", self._name, host, self.refused)
        return False
