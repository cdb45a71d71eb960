"""How guessing is slowed down, and whom that must never keep out."""

import asyncio
import threading

import pytest

from api.sign_in_throttle import Hashing, SignInThrottle, TooManyTries, Try, place_of
from devices.reading import SECOND


def wait_s(doorman: SignInThrottle, attempt: Try, now: int) -> int:
    """What a try at that time must wait; 0: it was counted."""
    try:
        doorman.knock(attempt, now)
    except TooManyTries as refusal:
        return refusal.wait_s
    return 0


def guess(doorman: SignInThrottle, attempt: Try, times: int, now: int) -> int:
    """How many of so many tries in a row are looked at."""
    return sum(wait_s(doorman, attempt, now) == 0 for _ in range(times))


def test_guessing_gets_slower_and_a_right_password_forgives() -> None:
    """Five tries are free; then each wrong one doubles the wait up to five minutes."""
    doorman, attempt, now, waits = SignInThrottle(), Try("li", "10.0.0.7"), SECOND, []
    assert guess(doorman, attempt, 10, now) == 5
    for _ in range(12):
        waits.append(wait_s(doorman, attempt, now))
        now += waits[-1] * SECOND
        assert wait_s(doorman, attempt, now) == 0
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 300
    assert wait_s(doorman, attempt, now) > 0
    doorman.was_right(attempt)
    assert wait_s(doorman, attempt, now) == 0


def test_tries_are_counted_before_they_are_looked_at() -> None:
    """Three hundred at once, none of them answered yet: five get through."""
    assert guess(SignInThrottle(), Try("li", "10.0.0.7"), 300, SECOND) == 5


def test_many_names_from_one_address_are_slowed_down_too() -> None:
    doorman = SignInThrottle()
    assert sum(wait_s(doorman, Try(f"user-{n}", "10.0.0.7"), SECOND) == 0 for n in range(300)) == 20


def test_a_stranger_locks_no_owner_out() -> None:
    """Not from elsewhere, nor in a known browser at the stranger's own address."""
    doorman, now = SignInThrottle(), SECOND
    for second in range(1000):
        guess(doorman, Try("li", "10.0.0.7"), 3, now + second * SECOND)
        guess(doorman, Try(f"user-{second}", "10.0.0.7"), 1, now + second * SECOND)
    now += 1000 * SECOND
    assert wait_s(doorman, Try("li", "10.0.0.7"), now) > 0
    assert wait_s(doorman, Try("li", "10.0.0.8"), now) == 0
    assert wait_s(doorman, Try("li", "10.0.0.7", browser="b"), now) == 0


def test_a_known_browser_is_no_way_to_guess_without_end() -> None:
    assert guess(SignInThrottle(), Try("li", "10.0.0.7", browser="b"), 300, SECOND) == 5


def test_whoever_comes_through_a_mute_proxy_waits_ten_seconds_at_most() -> None:
    doorman, now = SignInThrottle(), SECOND
    for _ in range(500):
        now += SECOND
        wait_s(doorman, Try("li", ""), now)
    assert wait_s(doorman, Try("li", ""), now) <= 10
    assert wait_s(doorman, Try("wang", ""), now) == 0


def test_an_account_of_ones_own_does_not_wash_an_address_clean() -> None:
    doorman = SignInThrottle()
    for number in range(25):
        wait_s(doorman, Try(f"user-{number}", "10.0.0.7"), SECOND)
    doorman.was_right(Try("mallory", "10.0.0.7"))
    assert wait_s(doorman, Try("li", "10.0.0.7"), SECOND) == 0  # one for the right one
    assert wait_s(doorman, Try("wang", "10.0.0.7"), SECOND) > 0


def test_only_the_first_refusal_of_a_pause_is_news() -> None:
    doorman, attempt, news = SignInThrottle(), Try("li", "10.0.0.7"), []
    for _ in range(8):
        try:
            doorman.knock(attempt, SECOND)
        except TooManyTries as refusal:
            news.append(refusal.is_new)
    assert news == [True, False, False]
    assert wait_s(doorman, attempt, 10 * SECOND) == 0
    with pytest.raises(TooManyTries) as later:
        doorman.knock(attempt, 10 * SECOND)
    assert not later.value.is_new
    assert guess(doorman, attempt, 5, 10_000 * SECOND) == 5
    with pytest.raises(TooManyTries) as next_day:
        doorman.knock(attempt, 10_000 * SECOND)
    assert next_day.value.is_new


def test_a_crowd_of_names_does_not_fill_memory() -> None:
    doorman = SignInThrottle()
    for number in range(25_000):
        attempt = Try(f"user {number}", f"10.0.{number // 250}.{number % 250}")
        wait_s(doorman, attempt, number)
        doorman.was_right(attempt)
    assert len(doorman._tries) <= 10_002
    assert len(doorman._welcome) <= 10_000


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("nonsense", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_place_is_what_one_customer_has(address: str | None, place: str) -> None:
    assert place_of(address) == place


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_one_password_is_looked_at_at_a_time_and_few_wait() -> None:
    """Of three hundred strangers at once most are refused, whoever is known here still gets in, none side by side."""
    hashing, gate, inside, most = Hashing(), threading.Event(), 0, 0
    lock = threading.Lock()

    def look() -> str:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        gate.wait(60)
        with lock:
            inside -= 1
        return "seen"

    strangers = [asyncio.ensure_future(hashing.run(look, is_known=False)) for _ in range(300)]
    await asyncio.sleep(0)
    known = [asyncio.ensure_future(hashing.run(look, is_known=True)) for _ in range(3)]
    gate.set()
    answers = await asyncio.gather(*strangers, *known, return_exceptions=True)
    assert answers[-3:] == ["seen"] * 3
    assert sum(answer == "seen" for answer in answers[:300]) == 8
    assert all(answer == "seen" or isinstance(answer, TooManyTries) for answer in answers)
    assert most == 1
