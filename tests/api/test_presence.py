"""Who may still look at an open page: one question for all of them, and a store that is away shuts nobody out."""

import asyncio
from collections.abc import Collection

import pytest

from api.auth import Person
from api.presence import Presence
from devices.errors import StoreUnavailable

pytestmark = pytest.mark.anyio
LI, WANG = Person("li", "operator"), Person("wang", "admin")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Book:
    """Who stands behind which token, and every question that was asked."""

    def __init__(self) -> None:
        self.people = {"l": LI, "w": WANG}
        self.asked: list[set[str]] = []
        self.is_away = False

    def find(self, tokens: Collection[str]) -> dict[str, Person]:
        self.asked.append(set(tokens))
        if self.is_away:
            raise StoreUnavailable("away")
        return {token: self.people[token] for token in tokens if token in self.people}


async def seen_anew(book: Book, presence: Presence) -> None:
    """Returns when everybody who looks has been asked about once more."""
    before = len(book.asked)
    while len(book.asked) == before or (presence._asking is not None and not presence._asking.done()):
        presence.person("l")
        await asyncio.sleep(0)


async def test_whoever_was_shut_out_is_gone_at_the_next_look_and_nobody_else() -> None:
    book = Book()
    presence = Presence(book.find)
    presence.enter("l", LI)
    presence.enter("w", WANG)
    del book.people["l"]
    await seen_anew(book, presence)
    assert (None, WANG) == (presence.person("l"), presence.person("w"))
    assert book.asked[-1] == {"l", "w"}


async def test_a_session_that_ran_out_is_known_as_that() -> None:
    book = Book()
    presence = Presence(book.find)
    presence.enter("l", LI)
    book.people["l"] = Person("li", "operator", expired=1, watches_until=2)
    await seen_anew(book, presence)
    assert presence.person("l") == book.people["l"]


async def test_a_store_that_is_away_shuts_nobody_out() -> None:
    """Whether the session still counts cannot be asked: alarms go on."""
    book = Book()
    book.is_away = True
    presence = Presence(book.find)
    presence.enter("l", LI)
    await seen_anew(book, presence)
    assert presence.person("l") == LI


async def test_nobody_is_asked_about_who_has_left() -> None:
    book = Book()
    presence = Presence(book.find)
    presence.enter("l", LI)
    with presence.being("l", LI), presence.being("w", WANG):
        await seen_anew(book, presence)
    assert presence.person("w") is None
    await seen_anew(book, presence)
    assert book.asked[-1] == {"l"}
