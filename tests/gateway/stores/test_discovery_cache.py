"""What installed devices announced comes back at the next start, byte for byte."""

from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.documents import Documents


def test_what_is_kept_is_found_by_the_next_start_and_what_is_forgotten_is_not(open_database):
    kept = StoredDiscoveryCache(Documents(open_database()))
    assert [] == kept.all()
    kept.keep({"b/config": b"{}", "a/\u706b/config": bytes(range(256)), "c": b""})
    kept.keep({"b/config": b'{"x": 1}', "c": None, "never": None})
    again = StoredDiscoveryCache(Documents(open_database()))
    assert [("a/\u706b/config", bytes(range(256))), ("b/config", b'{"x": 1}')] == again.all()


def test_many_are_forgotten_at_once(open_database):
    kept = StoredDiscoveryCache(Documents(open_database()))
    kept.keep({str(n): b"x" for n in range(2_000)})
    kept.keep({str(n): None for n in range(1_999)})
    assert [("1999", b"x")] == kept.all()
