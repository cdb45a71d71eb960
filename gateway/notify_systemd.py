"""Tells systemd that the gateway is ready and alive (sd_notify), if systemd asked for it; see deploy/."""

import os
import socket
from collections.abc import Callable, Mapping


def tell(state: str) -> None:
    """Send ``READY=1``, ``WATCHDOG=1`` or ``STOPPING=1``; nothing happens outside systemd."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        try:
            sender.sendto(state.encode(), address)
        except OSError:
            return  # systemd is gone or its socket is full: its watchdog will act, we go on


def alive(parts: Mapping[str, str], stands_still: Callable[[], bool] = lambda: False) -> None:
    """Feed the watchdog, if every part is ``up`` and the pulse does not stand still (docs/adr/0292)."""
    if all(state == "up" for state in parts.values()) and not stands_still():
        tell("WATCHDOG=1")
