"""Behind a proxy: the real address or none."""

import pytest
from starlette.types import Message, Scope

from api.proxies import RealAddress

pytestmark = pytest.mark.anyio
PROXY, STRANGER, OWNER = "10.0.0.5", "203.0.113.9", "198.51.100.7"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def seen(peer: str | None, *headers: tuple[str, str]) -> Scope:
    """What the app behind it gets."""
    got: list[Scope] = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        got.append(scope)

    async def nothing() -> Message:
        raise AssertionError

    async def nowhere(message: Message) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 1) if peer else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await RealAddress(app, is_proxy=lambda address: address == PROXY)(scope, nothing, nowhere)
    return got[0]


CASES: dict[str, tuple[str | None, list[tuple[str, str]], str | None]] = {
    "no proxy": (OWNER, [], OWNER),
    "no proxy, but a header of its own making": (STRANGER, [("x-forwarded-for", OWNER)], None),
    "a proxy that nobody trusts": ("127.0.0.1", [("x-forwarded-for", OWNER)], None),
    "a proxy that nobody trusts, by another sign": ("127.0.0.1", [("x-real-ip", OWNER)], None),
    "a trusted proxy": (PROXY, [("x-forwarded-for", OWNER)], OWNER),
    "a trusted proxy that does not tell": (PROXY, [], None),
    "what the stranger wrote stands in front": (PROXY, [("x-forwarded-for", f"{OWNER}, {STRANGER}")], STRANGER),
    "in two headers": (PROXY, [("x-forwarded-for", OWNER), ("x-forwarded-for", STRANGER)], STRANGER),
    "two proxies": (PROXY, [("x-forwarded-for", f"{OWNER}, {PROXY}")], OWNER),
    "nonsense": (PROXY, [("x-forwarded-for", "<script>")], None),
    "nonsense at the end": (PROXY, [("x-forwarded-for", f"{OWNER}, unknown")], None),
    "nothing but proxies": (PROXY, [("x-forwarded-for", PROXY)], None),
    "IPv6": (PROXY, [("x-forwarded-for", "2001:db8::1")], "2001:db8::1"),
    "nobody knows the peer": (None, [("x-forwarded-for", OWNER)], None),
}


@pytest.mark.parametrize("case", CASES)
async def test_the_address_is_the_real_one_or_none(case: str) -> None:
    peer, headers, real = CASES[case]
    found = (await seen(peer, *headers))["client"]
    assert (found[0] if found else None) == real


async def test_only_a_trusted_proxy_says_that_it_was_encrypted() -> None:
    told = ("x-forwarded-proto", "https")
    assert (await seen(PROXY, told))["scheme"] == "https"
    assert (await seen(STRANGER, told))["scheme"] == "http"


async def test_nothing_behind_reads_what_was_said_of_others() -> None:
    for peer in (PROXY, STRANGER):
        scope = await seen(peer, ("x-forwarded-prefix", "//evil.example"), ("x-forwarded-for", OWNER), ("accept", "*"))
        assert scope["headers"] == [(b"accept", b"*")]
