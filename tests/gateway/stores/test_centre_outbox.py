"""What a centre has not confirmed comes back at the next start; of what it has, the newest stay."""

import pytest

from alerts.forwarding.numbering import Numbers
from devices.centre import CentreEvent
from gateway.stores import centre_outbox
from gateway.stores.centre_outbox import CentreOutbox, Kept, Progress
from gateway.stores.documents import Documents


def kept(name, at=0, **how):
    event = CentreEvent(
        id=name, condition="smoke", at=at, alert="1", standing=("smoke",), text="\u5316\u5b66\u54c1\u5e93"
    )
    return Kept(event, **how)


def test_what_waits_and_what_is_not_told_yet_is_found_by_the_next_start(open_database):
    outbox = CentreOutbox(Documents(open_database()))
    assert ([], Progress()) == (outbox.open("arc"), outbox.progress("arc"))
    every = [
        kept("a", 2),
        kept("b", 1, stands="failed"),
        kept("c", 3, stands="confirmed"),
        kept("d", stands="confirmed", is_told=True),
        kept("e", stands="superseded", is_told=True),
    ]
    progress = Progress(7, Numbers({"store": 1}, {"s": 17}), 5)
    outbox.keep("arc", {each.event.id: each for each in every}, progress)
    again = CentreOutbox(Documents(open_database()))
    assert ([every[1], every[0], every[2]], progress) == (again.open("arc"), again.progress("arc"))
    assert [] == again.open("city")
    again.keep("arc", {"a": kept("a", 2, stands="confirmed", is_told=True)}, progress)
    assert ["b", "c"] == [each.event.id for each in again.open("arc")]


def test_the_newest_are_kept_and_none_that_waits_is_forgotten(open_database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(centre_outbox, "KEPT", 10)
    monkeypatch.setattr(centre_outbox, "_SLACK", 5)
    outbox = CentreOutbox(Documents(open_database()))
    waits = kept("waits", 0)
    outbox.keep("arc", {"waits": waits}, Progress(1))
    for at in range(1, 41):
        outbox.keep("arc", {str(at): kept(str(at), at, stands="confirmed", is_told=True)}, Progress(at))
    assert [waits] == outbox.open("arc")
    assert 11 <= outbox.count("arc") <= 16


def test_ten_thousand_at_least_are_kept():
    """GB 25506-2010."""
    assert centre_outbox.KEPT >= 10_000


def test_what_a_centre_was_told_of_some_alerts_can_be_left_out(open_database):
    """Of a silent alarm: neither how many are kept nor when the centre took something last tells of it."""
    outbox, done = CentreOutbox(Documents(open_database())), {"stands": "confirmed", "is_told": True}
    hidden = Kept(CentreEvent(id="a_1|desk|9", condition="silent_hold_up", at=9, alert="a_1"), **done)
    every = [kept("1|smoke|5", 5, **done), kept("ab1|x|7", 7, stands="refused", is_told=True), hidden]
    outbox.keep("arc", {each.event.id: each for each in every}, Progress(1))
    assert (3, 9) == (outbox.count("arc"), outbox.newest_confirmed("arc", frozenset()))
    assert (2, 5) == (outbox.count("arc", {"a_1"}), outbox.newest_confirmed("arc", {"a_1"}))
    assert outbox.newest_confirmed("city", {"a_1"}) is None
