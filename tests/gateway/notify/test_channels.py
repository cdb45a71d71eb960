"""Channels against real peers: a web server that answers, fails and hangs, and an SMTP server."""

import hmac
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from devices.message import Text
from devices.reading import SECOND
from gateway.notify.apprise_channel import AppriseChannel
from gateway.notify.lookup_guard import only_to
from gateway.notify.message import Outcome, Outgoing
from gateway.notify.webhook import Webhook
from gateway.site.channel import Channel
from tests.gateway.notify.peers import WebServer, mail_server
from tests.rim.processes import free_port

MESSAGE = Outgoing(id="a1.1.1.hook.", title="Works: alarm", body="Fire: 烟雾", fields={"alert": "a1", "priority": 1})
SECRET = b"a secret of the site"


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.close()


def hook(url: str, secret: bytes | None = SECRET, **more: object) -> Webhook:
    channel = Channel(id="hook", kind="webhook", url=url, timeout_s=2, allow=("127.0.0.1/32",))
    return Webhook(channel, lambda: secret, lambda: 1_800_000_000 * SECOND)


def key(outcome: Outcome) -> str:
    return outcome.why.key if isinstance(outcome.why, Text) else outcome.why


def test_a_webhook_is_signed_over_its_time_and_its_body(web: WebServer) -> None:
    assert hook(web.url).send(MESSAGE).is_sent
    post = web.next()
    assert ("/alarms?site=works", "Fire: 烟雾", 1) == (post.path, post.said["text"], post.said["priority"])
    stamp = post.headers["X-Keyarea-Timestamp"]
    assert "1800000000" == stamp
    expected = hmac.new(SECRET, stamp.encode() + b"." + post.body, "sha256").hexdigest()
    assert f"sha256={expected}" == post.headers["X-Keyarea-Signature"]
    assert SECRET not in post.body


@pytest.mark.parametrize(
    ("status", "may_retry"), [(500, True), (503, True), (429, True), (408, True), (404, False), (302, False)]
)
def test_what_is_not_taken_is_tried_again_where_that_may_help(web: WebServer, status: int, may_retry: bool) -> None:
    web.answers = [status]
    outcome = hook(web.url).send(MESSAGE)
    assert (False, may_retry, "notify.status") == (outcome.is_sent, outcome.may_retry, key(outcome))
    web.next()
    assert web.posts.empty(), "no redirect is followed"


def test_a_peer_that_hangs_is_cut_off(web: WebServer) -> None:
    web.hang()
    outcome = hook(web.url).send(MESSAGE)
    assert (False, True, "notify.too_slow") == (outcome.is_sent, outcome.may_retry, key(outcome))


def test_a_peer_that_is_not_there_is_said_to_be(web: WebServer) -> None:
    outcome = hook(f"http://127.0.0.1:{free_port()}/").send(MESSAGE)
    assert ("notify.unreachable", True) == (key(outcome), outcome.may_retry)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_name_that_leads_into_a_private_network_is_not_called(web: WebServer, host: str) -> None:
    """Looked at after it was resolved."""
    channel = Channel(id="hook", kind="webhook", url=f"http://{host}:{web.port}/", timeout_s=2)
    outcome = Webhook(channel, lambda: SECRET, lambda: 0).send(MESSAGE)
    assert ("notify.private_address", False) == (key(outcome), outcome.may_retry)
    assert web.posts.empty()


def test_without_its_key_nothing_is_sent(web: WebServer) -> None:
    unsigned = hook(web.url, None)
    assert "notify.no_key" == key(unsigned.send(MESSAGE))
    assert unsigned.prepare() is not None
    assert web.posts.empty()


def mail(port: int, more: str = "") -> AppriseChannel:
    written = f"mailto://localhost:{port}?from=gateway@works.example&to={{to}}{more}".encode()
    allow = ("127.0.0.0/8", "::1/128")
    return AppriseChannel(Channel(id="mail", is_personal=True, timeout_s=4, allow=allow), lambda: written)


def test_a_mail_reaches_the_address_of_its_reader_with_its_link() -> None:
    port = free_port()
    with mail_server(port) as mailbox:
        channel = mail(port)
        assert channel.prepare() is None
        sent = Outgoing(
            id="1", title="Works: alarm", body="Fire: 烟雾", address="li@works.example", link="http://x/answer/t"
        )
        assert channel.send(sent).is_sent
        got = mailbox.next()
        assert ("li@works.example", "Works: alarm") == (got["X-To"], got["Subject"])
        body = got.get_body(("plain", "html"))
        assert body is not None
        assert "Fire: 烟雾" in body.get_content()
        assert "http://x/answer/t" in body.get_content()


@pytest.mark.parametrize(
    ("service", "host"),
    [
        ("json://localhost:{web}/x", "localhost"),
        ("xml://127.0.0.1:{web}", "127.0.0.1"),
        ("gotify://localhost:{web}/token", "localhost"),
        ("ntfy://localhost:{web}/alarms", "localhost"),
        ("mailto://localhost:{web}?from=gateway@works.example&to=li@works.example", "localhost"),
        ("mailto://user:pw@works.example:{web}?smtp=127.0.0.1&to=li@works.example", "127.0.0.1"),
    ],
)
def test_no_service_is_reached_in_a_private_network_unless_it_is_allowed(
    web: WebServer, service: str, host: str
) -> None:
    """And the channel says so before anybody is to be told; who is allowed to, reaches it."""
    written = service.format(web=web.port).encode()
    barred = AppriseChannel(Channel(id="x", timeout_s=2), lambda: written)
    why = barred.prepare()
    assert why is not None
    assert ("notify.private_service", host, "x") == (why.key, why.params["host"], why.params["channel"])
    outcome = barred.send(MESSAGE)
    assert ("notify.private_service", False) == (key(outcome), outcome.may_retry)
    assert web.posts.empty()
    if not service.startswith("mailto"):
        allowed = AppriseChannel(Channel(id="x", timeout_s=2, allow=("127.0.0.1/32",)), lambda: written)
        assert allowed.prepare() is None
        allowed.send(MESSAGE)
        assert web.next()


def test_a_redirect_leads_into_no_private_network_either(web: WebServer) -> None:
    web.answers, web.leads_to = [302], f"http://127.0.0.2:{web.port}/inner"
    written = f"json://127.0.0.1:{web.port}/outer".encode()
    outcome = AppriseChannel(Channel(id="x", timeout_s=2, allow=("127.0.0.1/32",)), lambda: written).send(MESSAGE)
    assert isinstance(outcome.why, Text)
    assert ("notify.private_service", "127.0.0.2") == (outcome.why.key, outcome.why.params["host"])
    assert "/outer" == web.next().path
    assert web.posts.empty()


def test_what_else_the_process_looks_up_is_left_alone() -> None:
    with only_to(()) as refused:
        with pytest.raises(socket.gaierror):
            socket.getaddrinfo("localhost", 80)
        with ThreadPoolExecutor(1) as others:
            assert others.submit(socket.getaddrinfo, "localhost", 80).result()
    assert ["localhost"] == refused
    assert socket.getaddrinfo("localhost", 80)


def test_an_address_is_nothing_but_an_address() -> None:
    """What somebody wrote into the register changes nothing else about the service."""
    port = free_port()
    with mail_server(port) as mailbox:
        evil = "li@works.example&from=evil@x.example&smtp=evil.example"
        mail(port).send(Outgoing(id="1", title="t", body="b", address=evil))
        got = mailbox.next()
        assert "evil" not in str(got["From"])
        assert "gateway@works.example" in str(got["From"])


def test_a_service_that_is_not_there_or_not_understood_is_said_to_be(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    message = Outgoing(id="1", title="t", body="b", address="li@works.example")
    assert "notify.not_taken" == key(mail(free_port()).send(message))
    nonsense = AppriseChannel(Channel(id="x"), lambda: b"nonsense://user:geheim@x")
    assert "notify.no_service" == key(nonsense.send(message))
    assert nonsense.prepare() is not None
    assert "geheim" not in caplog.text
