"""What is kept of announcements: those of installed devices, in bounds, each change once."""

from gateway import discovery_cache
from gateway.discovery_cache import DiscoveryCache
from tests.words import words


def known(*addresses: str) -> DiscoveryCache:
    return DiscoveryCache(lambda family, address: family == "f" and address in addresses)


def test_only_a_change_is_stored() -> None:
    book = known("hall")
    assert "" == book.stands("f", "t", ["hall"], b"1")
    assert {"t": b"1"} == book.unsaved
    book.unsaved.clear()
    book.stands("f", "t", ["hall"], b"1")
    book.stands("f", "x", ["stranger"], b"1")
    book.stands("f", "y", [], b"")
    assert {} == book.unsaved
    book.stands("f", "t", ["hall"], b"2")
    assert {"t": b"2"} == book.unsaved
    book.stands("f", "t", [], b"")
    assert {"t": None} == book.unsaved


def test_what_another_device_announces_in_its_place_is_no_longer_its_own() -> None:
    book = known("hall")
    book.stands("f", "t", ["hall"], b"1")
    book.stands("f", "t", ["liar"], b"2")
    assert {"t": None} == book.unsaved


def test_strangers_push_out_strangers_and_no_installed_device(monkeypatch) -> None:
    monkeypatch.setattr(discovery_cache, "MOST", 10)
    monkeypatch.setattr(discovery_cache, "MOST_BYTES", 1_000)
    installed = {"hall"}
    book = DiscoveryCache(lambda _family, address: address in installed)
    assert "" == book.stands("f", "hall", ["hall"], b"1")
    for n in range(50):
        assert "" == book.stands("f", f"t{n}", [f"d{n}"], b"x" * 90)
    installed |= {"d1", "d39", "d40", "d49"}
    assert [] == book.settle()
    assert ["hall", "t40", "t49"] == list(book.unsaved)


def test_what_there_is_no_room_for_is_told(monkeypatch) -> None:
    monkeypatch.setattr(discovery_cache, "MOST", 2)
    book = known("a", "b", "c")
    told = [book.stands("f", topic, [topic], b"1") for topic in ("a", "b", "c")]
    assert ["", ""] == told[:2]
    assert "not known after a restart" in words(told[2])
    assert {"a": b"1", "b": b"1", "c": None} == book.unsaved
    book.stands("f", "a", [], b"")
    assert "" == book.stands("f", "c", ["c"], b"1")
