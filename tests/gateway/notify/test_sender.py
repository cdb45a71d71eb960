"""The sender: each message once, again until it is through, and nobody forgotten over a kill."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.moves import Notification, Receipt
from api.catalogue import language
from devices.errors import StoreUnavailable
from devices.message import Name, Text
from devices.reading import SECOND, Instant
from gateway.notify.message import SENT, Outcome, Outgoing
from gateway.notify.sender import Addressed, NotificationSender
from gateway.notify.writing import Letters
from gateway.site.channel import Channel
from gateway.stores.database import Database
from gateway.stores.deliveries import Deliveries
from gateway.stores.documents import Documents
from tests.gateway.stores.conftest import FILE_NAME, up_to_date
from tests.rim.processes import PATIENCE_S

START: Instant = 1_800_000_000 * SECOND
NO = Outcome(is_sent=False, why=Text.of("notify.too_slow"))
NEVER = Outcome(is_sent=False, why=Text.of("notify.status", status=404), may_retry=False)
MAIL = Channel(id="mail", is_personal=True, most=2, per_min=1, timeout_s=2)
GROUP = Channel(id="group", most=2, per_min=1, timeout_s=2)


class Service:
    """Takes what it is given; ``says``: what comes of the attempts to come."""

    def __init__(self) -> None:
        self.given: list[Outgoing] = []
        self.says: list[Outcome] = []
        self.hangs: threading.Event | None = None

        self.wants: Text | None = None

    def prepare(self) -> Text | None:
        return self.wants

    def send(self, message: Outgoing) -> Outcome:
        self.given.append(message)
        if self.hangs is not None:
            self.hangs.wait(PATIENCE_S)
        said = self.says.pop(0) if self.says else SENT
        if said.why == "raise":
            raise ZeroDivisionError("what is secret")
        return said


class Fragile(Deliveries):
    """The store, which may have gone."""

    is_gone = False

    def keep(self, *given: Any, **more: Any) -> None:
        if self.is_gone:
            raise StoreUnavailable(Text.of("stores.overloaded"))
        super().keep(*given, **more)


class Room:
    """A sender whose clock is a number; ``restart`` is a kill at whatever it was doing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at = folder, 0.0
        self.service = Service()
        self.receipts: list[Receipt] = []
        self._open: list[Database] = []
        self.restart()

    def restart(self, after_s: float = 0) -> None:
        self.at += after_s
        database = Database.in_folder(self.folder)
        self._open.append(database)
        self.store = Fragile(Documents(database))
        tokens = iter(f"token{number}" for number in range(1_000))
        letters = Letters(
            Name("Works", "工厂"), "https://works.example/", lambda code: language(code or "en"), lambda: next(tokens)
        )
        channels = {channel.id: (channel, self.service) for channel in (MAIL, GROUP)}
        self.sender = NotificationSender(
            channels, self.store, letters, self.receipts.append, clock=self, chance=lambda: 0.5
        )

    def now(self) -> Instant:
        return START + int(self.at * SECOND)

    def monotonic(self) -> float:
        return self.at

    def jump(self) -> Instant:
        return 0

    def take(self, *notifications: Notification, address: str = "li@x") -> None:
        self.sender.take(Addressed(each, address if each.to else "") for each in notifications)

    def turn(self, at: float | None = None) -> list[str]:
        """What was sent, by the first line of each message; every attempt has ended."""
        self.at = self.at if at is None else at
        before = len(self.service.given)
        self.sender.turn()
        while self.sender._attempts and self.service.hangs is None:
            with self.sender._changed:
                assert self.sender._changed.wait_for(lambda: self.sender._done, PATIENCE_S)
            self.sender.turn()
        return [message.body for message in self.service.given[before:]]

    def said(self) -> list[tuple[str, str]]:
        """Receipts since it was asked last."""
        found, self.receipts[:] = [(each.notification, each.state) for each in self.receipts], []
        return found

    def close(self) -> None:
        for database in self._open:
            database.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / FILE_NAME).write_bytes(up_to_date())
    (folder / FILE_NAME).chmod(0o600)
    made = Room(folder)
    yield made
    made.close()


def note(id_: str, **more: Any) -> Notification:
    own = {"to": ("li",), "text": Text.of("plain.words", words=id_), "channel": "mail", "case": "a1"}
    return Notification(id=id_, **(own | more))


FIRE = note("fire", is_urgent=True)


def test_a_message_is_sent_once_and_answered_for(room: Room) -> None:
    room.take(note("one"), note("two", to=(), channel="group"))
    assert ["one", "two"] == sorted(room.turn())
    assert [("one", "sent"), ("two", "sent")] == sorted(room.said())
    room.take(note("one"))
    assert [] == room.turn(), "asked for twice it is one"
    assert [("one", "sent")] == room.said(), "and is answered for again"
    room.restart(10)
    room.take(note("one"))
    assert ([], [("one", "sent")]) == (room.turn(), room.said()), "also after a restart"


def test_what_fails_is_tried_again_with_growing_pauses_until_it_is_through(room: Room) -> None:
    room.service.says = [NO, NO, NO]
    room.take(note("one"))
    assert ["one"] == room.turn()
    assert [("one", "retrying")] == room.said()
    assert [[], ["one"], [], ["one"], [], ["one"]] == [room.turn(at) for at in (1.9, 2, 5.9, 6, 13.9, 14)]
    assert [("one", "sent")] == room.said(), "said once that it is tried, and once that it is through"


def test_a_pause_goes_on_over_a_restart(room: Room) -> None:
    room.service.says = [NO, NO]
    room.take(note("one"))
    room.turn()
    room.turn(2)
    room.restart(1)
    room.take(note("one"))
    assert ([], ["one"]) == (room.turn(5.9), room.turn(6))


def test_what_cannot_be_is_not_tried_again_and_what_is_old_is_given_up(room: Room) -> None:
    room.service.says = [NEVER, *[NO] * 100]
    room.take(note("never"))
    room.turn()
    assert [("never", "failed")] == room.said()
    room.take(note("old"))
    for at in range(0, 3_000, 100):
        room.turn(at)
    assert [("old", "retrying"), ("old", "failed")] == room.said()


@pytest.mark.parametrize(("more", "address"), [({"channel": "gone"}, "x"), ({}, "")])
def test_a_message_that_leads_nowhere_has_failed(room: Room, more: dict[str, Any], address: str) -> None:
    room.take(note("one", **more), address=address)
    assert ([], [("one", "failed")]) == (room.turn(), room.said())


def killed_while_sending(room: Room, notification: Notification) -> None:
    room.service.hangs = threading.Event()
    room.take(notification)
    room.turn(0)
    room.service.hangs, hanging = None, room.service.hangs
    room.restart(5)
    hanging.set()
    room.take(notification)


def test_a_fire_caught_by_a_kill_is_sent_again_at_once_and_says_so(room: Room) -> None:
    killed_while_sending(room, FIRE)
    (body,) = room.turn()
    assert (True, "fire") == ("AGAIN" in body, body.split("\n")[-1])
    assert room.service.given[-1].is_again


def test_anything_else_caught_by_a_kill_waits_a_minute(room: Room) -> None:
    killed_while_sending(room, note("one"))
    assert [] == room.turn(59.9)
    (body,) = room.turn(60)
    assert "AGAIN" in body


def test_a_flood_is_joined_and_what_is_urgent_is_not_held_back(room: Room) -> None:
    flood = [note(f"n{number}") for number in range(7)]
    room.take(*flood)
    assert ["n0", "n1"] == sorted(room.turn())
    room.take(*(replace(FIRE, id=f"fire{number}") for number in range(5)))
    assert ["fire"] * 5 == room.turn(1), "each by itself"
    assert [] == room.turn(59)
    (joined,) = room.turn(61.5)
    assert [f"n{number}" for number in range(2, 7)] == joined.split("\n")
    assert "5 messages" in room.service.given[-1].title
    assert {f"n{number}" for number in range(7)} == {id_ for id_, state in room.said() if id_[0] == "n"}


def test_the_limit_is_of_each_target(room: Room) -> None:
    room.take(*(note(f"n{number}", to=(f"p{number}",)) for number in range(3)))
    room.take(*(note(f"g{number}", to=(), channel="group") for number in range(2)))
    assert 5 == len(room.turn() + room.turn())


def test_a_service_that_hangs_holds_back_no_other_and_is_given_up(room: Room) -> None:
    room.service.hangs = hanging = threading.Event()
    room.take(note("one"))
    room.turn(0)
    room.service.hangs = hanging_still = threading.Event()
    room.turn(7.5)
    assert [("one", "retrying")] == room.said()
    assert 1 == len(room.service.given)
    hanging_still.set()
    hanging.set()
    room.service.hangs = None
    room.turn(8)
    assert ("one", "sent") in room.said(), "it got through after all"


def test_a_channel_with_a_bug_is_one_failed_attempt(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.service.says = [replace(NO, why="raise")]
    room.take(note("one"))
    room.turn()
    assert [("one", "retrying")] == room.said()
    assert "secret" not in caplog.text
    assert ["one"] == room.turn(2)


def test_a_fire_goes_out_though_nothing_can_be_stored(room: Room) -> None:
    room.turn()
    room.store.is_gone = True
    room.take(note("one"), FIRE)
    assert ["fire"] == room.turn()
    room.store.is_gone = False
    assert ["one"] == room.turn(1)
    room.restart(1)
    room.take(note("one"), FIRE)
    assert [] == room.turn(), "what was not stored then is stored since"


def test_each_message_has_a_link_of_its_own_of_which_only_a_digest_is_kept(room: Room) -> None:
    room.service.says = [NO]
    room.take(note("one", answers=True, language="zh"))
    room.turn()
    room.turn(2)
    first, second = (message.link for message in room.service.given)
    assert ("https://works.example/answer/token0", "https://works.example/answer/token1") == (first, second)
    link = room.store.link("token1")
    assert link is not None
    assert ("one", "a1", "li", "zh") == (link.notification, link.case, link.person, link.language)
    assert room.store.link("token2") is None
    stored = b"".join(file.read_bytes() for file in room.folder.iterdir() if file.is_file())
    assert b"token1" not in stored
    assert "工厂" in room.service.given[0].title


def test_receipts_wait_for_a_pipeline_that_is_behind(room: Room) -> None:
    whole: Callable[[Receipt], None] = room.sender._hand_in

    def full(_receipt: Receipt) -> None:
        raise StoreUnavailable(Text.of("stores.overloaded"))

    room.sender._hand_in = full
    room.take(note("one"))
    room.turn()
    room.sender._hand_in = whole
    room.turn()
    assert [("one", "sent")] == room.said()


def test_what_is_old_is_forgotten(room: Room) -> None:
    room.take(note("one", answers=True))
    room.turn()
    room.restart(8 * 86_400)
    room.turn()
    assert {} == room.store.known()
    assert room.store.link("token0") is None


def test_a_channel_that_can_tell_nobody_is_said_until_it_can(room: Room) -> None:
    assert None is room.sender.unable()
    room.service.wants = Text.of("notify.no_key", name="notify/mail")
    said = room.sender.unable()
    assert said is not None
    assert "by the channel mail: notify/mail is not in the key file" in language("en").render(said)
    assert "渠道 group" in language("zh").render(said)
    room.service.wants = None
    assert None is room.sender.unable()
