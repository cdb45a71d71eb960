"""Registers that cannot be read though their unit lives: told after three times, once, until all can be read again."""

from gateway.site.modbus_maps import load_maps
from gateway.transports.modbus_polls import Poll, Polls


def two_polls() -> tuple[Polls, Poll, Poll]:
    """A unit with inputs and outputs, which are asked for apart."""
    polls = Polls(load_maps()[0], 1.0, 0.1)
    polls.serve([(9, "waveshare-io8")])
    first = polls.next()
    assert first is not None
    polls.answered(first, 0.0)
    second = polls.next()
    assert second is not None
    assert first is not second
    return polls, first, second


def test_a_refusal_is_told_the_third_time_and_once() -> None:
    polls, inputs, outputs = two_polls()
    told = []
    for now in range(5):
        polls.answered(inputs, now)
        polls.refused(outputs, now)
        told.append((polls.is_unread_now(outputs), polls.is_unread_now(inputs)))
    assert [(False, False), (False, False), (True, False), (False, False), (False, False)] == told
    polls.answered(inputs, 6.0)
    assert not polls.is_read_again(inputs)
    polls.answered(outputs, 6.0)
    assert polls.is_read_again(outputs)
    assert not polls.is_read_again(outputs)


def test_what_came_to_nothing_while_a_unit_was_away_says_nothing_of_its_registers() -> None:
    polls, inputs, outputs = two_polls()
    for now in range(8):
        polls.unanswered(outputs, now)
        assert not polls.is_unread_now(outputs)
    polls.answered(inputs, 9.0)
    for expected in (False, False, True):
        polls.refused(outputs, 10.0)
        assert expected == polls.is_unread_now(outputs)


def test_silence_of_all_its_registers_is_a_loss_and_no_fault_of_them() -> None:
    polls, inputs, outputs = two_polls()
    lost = [polls.unanswered(poll, 1.0) for poll in (outputs, inputs, outputs, inputs, outputs, inputs)]
    assert [False, False, True, False, False, False] == lost
    assert not any(polls.is_unread_now(poll) for poll in (inputs, outputs))
