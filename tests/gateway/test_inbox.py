"""The door in: bounded, in order, and whoever waits on its descriptor is woken."""

import select
import threading

from devices.errors import StoreUnavailable
from devices.reading import Reading
from gateway.inbox import Delivery, Inbox
from tests.words import refused


def delivery(number: int) -> Delivery:
    return Delivery(Reading("d", "fault", True, number, number))


def is_awake(inbox: Inbox) -> bool:
    return bool(select.select([inbox.fileno()], [], [], 0)[0])


def test_what_is_put_wakes_and_comes_out_in_order() -> None:
    inbox = Inbox()
    assert not is_awake(inbox)
    given = [delivery(number) for number in range(5)]
    for one in given:
        inbox.put(one)
    assert is_awake(inbox)
    assert given[:3] == inbox.take(3)
    assert is_awake(inbox), "two are left"
    assert given[3:] == inbox.take(3)
    assert not is_awake(inbox)
    assert inbox.take(3) == []
    inbox.close()


def test_it_is_bounded_and_says_so() -> None:
    """More than it holds is refused, not kept; and many wake-ups do not block the one who puts."""
    inbox = Inbox()
    held = 0
    with refused("try again", StoreUnavailable):
        while True:
            inbox.put(delivery(held))
            held += 1
    assert held == 20_000
    taken = 0
    while burst := inbox.take(1000):
        taken += len(burst)
    assert taken == held
    inbox.close()


def test_no_delivery_of_many_threads_is_slept_over() -> None:
    """One that sleeps on the descriptor alone gets everything."""
    inbox = Inbox()
    threads = [
        threading.Thread(target=lambda base=base: [inbox.put(delivery(base + n)) for n in range(500)])
        for base in range(0, 2000, 500)
    ]
    for thread in threads:
        thread.start()
    taken: list[Delivery] = []
    while len(taken) < 2000:
        assert select.select([inbox.fileno()], [], [], 20)[0], f"asleep with {len(taken)} taken"
        taken += inbox.take(64)
    for thread in threads:
        thread.join()
    by_thread = [[d.item.time for d in taken if d.item.time // 500 == n] for n in range(4)]  # type: ignore[union-attr]
    assert all(times == sorted(times) for times in by_thread)
    inbox.close()


def test_a_wake_up_after_the_end_is_harmless() -> None:
    inbox = Inbox()
    inbox.close()
    inbox.put(delivery(1))
