"""A certificate of the site's own: a client that trusts the authority trusts it, for its hosts and no others."""

import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.errors import Refused
from gateway import certificates

NOW = datetime.now(UTC)


def met(server_folder: Path, authority: Path, host: str) -> str:
    """What a client that trusts that authority says of the server; "" if it trusts it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(server_folder / certificates.WEB, server_folder / certificates.WEB_KEY)
    client = ssl.create_default_context(cafile=str(authority))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=host)
    other = server.wrap_bio(to_server, to_client, server_side=True)
    try:
        for _ in range(4):
            for end in (one, other):
                with contextlib.suppress(ssl.SSLWantReadError):
                    end.do_handshake()
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message)
    return "" if one.version() else "no handshake"


def test_a_client_that_trusts_the_authority_trusts_its_hosts_only(tmp_path: Path) -> None:
    written = certificates.make(tmp_path, ["keyarea.example", "127.0.0.1"], NOW)
    authority = tmp_path / certificates.AUTHORITY
    assert {"authority.crt", "authority.key", "web.crt", "web.key"} == {file.name for file in written}
    assert "" == met(tmp_path, authority, "keyarea.example") == met(tmp_path, authority, "127.0.0.1")
    assert met(tmp_path, authority, "bank.example")
    assert {0o600} == {(tmp_path / name).stat().st_mode & 0o777 for name in ("authority.key", "web.key")}


def test_the_same_authority_signs_again_and_only_for_its_hosts(tmp_path: Path) -> None:
    certificates.make(tmp_path, ["keyarea.example"], NOW - timedelta(days=800))
    trusted = (tmp_path / certificates.AUTHORITY).read_bytes()
    before = (tmp_path / certificates.WEB).read_bytes()
    certificates.make(tmp_path, ["keyarea.example"], NOW)
    assert trusted == (tmp_path / certificates.AUTHORITY).read_bytes()
    assert before != (tmp_path / certificates.WEB).read_bytes()
    assert "" == met(tmp_path, tmp_path / certificates.AUTHORITY, "keyarea.example")
    with pytest.raises(Refused, match="other_hosts"):
        certificates.make(tmp_path, ["bank.example"], NOW)


@pytest.mark.parametrize("host", ["", "a b", "https://x", "größe.example", "x" * 254])
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(Refused, match="no_host"):
        certificates.make(tmp_path, [host], NOW)
    assert not list(tmp_path.iterdir())
