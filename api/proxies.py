"""Behind a proxy: the address of who really asks, if a proxy that is trusted tells it, or none."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.sign_in_throttle import place_of

_TELLING = (
    *(b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix"),
    *(b"x-forwarded-port", b"x-real-ip"),
)
"""What proxies add, and whoever likes to be taken for somebody else."""
_MOST_HOPS = 20


class RealAddress:
    """Sets ``client`` and ``scheme`` of what comes in. ``client`` is None where only a proxy's address is known.

    ``is_proxy`` says which peers are believed. What an untrusted peer says of others is not believed, and the peer's
    own address is then not taken for the sender's.
    """

    def __init__(self, app: ASGIApp, *, is_proxy: Callable[[str], bool]) -> None:
        self._app, self._is_proxy = app, is_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = self._real(scope)
        await self._app(scope, receive, send)

    def _real(self, scope: Scope) -> Scope:
        peer = scope["client"][0] if scope.get("client") else ""
        headers = Headers(scope=scope)
        tells = any(name in _TELLING for name, _ in scope["headers"])
        plain = [(name, value) for name, value in scope["headers"] if name not in _TELLING]
        real = {**scope, "headers": plain}
        if peer and self._is_proxy(peer):
            address = self._first_stranger(headers.getlist("x-forwarded-for"))
            if headers.get("x-forwarded-proto", "").strip().lower() == "https":
                real["scheme"] = {"http": "https", "ws": "wss"}.get(scope["scheme"], scope["scheme"])
            return {**real, "client": (address, 0) if address else None}
        return {**real, "client": None} if tells else real

    def _first_stranger(self, told: list[str]) -> str:
        """Read from behind, where the trusted ones wrote: before the first stranger anybody may have made it up."""
        hops = [hop.strip() for hop in ",".join(told).split(",") if hop.strip()]
        for hop in reversed(hops[-_MOST_HOPS:]):
            if not place_of(hop):
                return ""
            if not self._is_proxy(hop):
                return hop
        return ""
