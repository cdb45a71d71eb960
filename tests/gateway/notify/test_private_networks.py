"""Where a webhook may lead to."""

import pytest

from gateway.notify.private_networks import may_be_called


@pytest.mark.parametrize(
    ("address", "allowed", "expected"),
    [
        ("93.184.216.34", (), True),
        ("2606:2800:220:1:248:1893:25c8:1946", (), True),
        ("127.0.0.1", (), False),
        ("127.8.8.8", (), False),
        ("::1", (), False),
        ("10.1.2.3", (), False),
        ("172.16.0.1", (), False),
        ("192.168.1.1", (), False),
        ("100.64.0.1", (), False),
        ("169.254.169.254", (), False),
        ("fe80::1%eth0", (), False),
        ("fd00::1", (), False),
        ("0.0.0.0", (), False),
        ("::", (), False),
        ("224.0.0.1", (), False),
        ("ff02::1", (), False),
        ("255.255.255.255", (), False),
        ("::ffff:127.0.0.1", (), False),
        ("::ffff:93.184.216.34", (), True),
        ("64:ff9b::7f00:1", (), False),
        ("64:ff9b::c0a8:101", (), False),
        ("64:ff9b::5db8:d822", (), True),
        ("2002:7f00:1::", (), False),
        ("not an address", ("0.0.0.0/0",), False),
        ("192.168.10.7", ("192.168.10.0/24",), True),
        ("192.168.11.7", ("192.168.10.0/24",), False),
        ("::ffff:192.168.10.7", ("192.168.10.0/24",), True),
        ("127.0.0.1", ("192.168.10.0/24", "127.0.0.1/32"), True),
    ],
)
def test_a_webhook_leads_into_no_network_of_ones_own(address: str, allowed: tuple[str, ...], expected: bool) -> None:
    assert expected == may_be_called(address, allowed)
