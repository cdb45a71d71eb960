"""What a site file must hold of the ways on which people outside are told: ids, addresses, limits."""

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from gateway.site.channel import Channel
from gateway.site.fault import Fault, Path
from gateway.site.line_checks import twice, word
from gateway.site.model import Site


def channel_faults(site: Site) -> Iterator[Fault]:
    """Everything that is wrong with them."""
    for index, channel in enumerate(site.channels):
        at: Path = ("channels", index)
        yield from word(channel.id, (*at, "id"))
        yield from _address(channel, at)
        for place, network in enumerate(channel.allow):
            if not _is_network(network):
                yield Fault((*at, "allow", place), f"must be a network like '192.168.10.0/24'; found {network!r}")
        for name, least, most in (("most", 1, 10_000), ("per_min", 0.1, 1_440), ("timeout_s", 0.5, 60)):
            if not least <= getattr(channel, name) <= most:
                yield Fault((*at, name), f"must be {least} to {most}; found {getattr(channel, name)}")
    yield from twice("channels", "id", [channel.id for channel in site.channels])


def _address(channel: Channel, at: Path) -> Iterator[Fault]:
    if channel.kind == "apprise":
        if channel.url:
            wrong = f"is of a webhook; the address of a service stands in the key file, under 'notify/{channel.id}'"
            yield Fault((*at, "url"), wrong)
        return
    try:
        parts = urlsplit(channel.url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        is_good = is_good and channel.url.isascii() and channel.url.isprintable() and " " not in channel.url
        is_good = is_good and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good:
        yield Fault((*at, "url"), "must be an address like 'https://alarms.example/keyarea', without a password in it")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
