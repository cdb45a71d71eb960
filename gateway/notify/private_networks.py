"""Which addresses a webhook may lead to: none that is this machine's or of its own networks, unless the site says so.

Looked at after the name was resolved, for the very address that is then connected to: a name that leads elsewhere at
the second look (DNS rebinding) leads nowhere.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_TRANSLATED = ip_network("64:ff9b::/96")
"""NAT64 (RFC 6052): an address of version 4 in the last four bytes."""


def may_be_called(address: str, allowed: Iterable[str]) -> bool:
    """Whether a message may go to that address; ``allowed``: networks of the site file."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    meant = _meant(found)
    if any(meant in ip_network(network, strict=False) for network in allowed):
        return True
    return meant.is_global and not meant.is_multicast


def _meant(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of version 4 that one of version 6 stands for, if it does."""
    if isinstance(found, IPv4Address):
        return found
    if found in _TRANSLATED:
        return IPv4Address(found.packed[-4:])
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or found
