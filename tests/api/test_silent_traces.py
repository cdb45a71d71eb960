"""What gives a silent alarm away is hidden with it: its entries, its escalation, the messages about it."""

import msgspec
import pytest

from alerts.case import Case
from alerts.kernel.services import Unanswered
from alerts.moves import Notification
from api.silent_traces import is_about, is_case_of, speaks_of
from devices.message import Text

MESSAGE = Notification("a1.1.1.sms.li", ("li",), Text.of("plain.words", words="x"), case="a1")
OTHER = Notification("b1.1.1.sms.li", ("li",), Text.of("plain.words", words="x"), case="b1")


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case(id="a1"), True),
        (Case(id="b1"), False),
        (Unanswered(id=MESSAGE.id, notification=MESSAGE), True),
        (Unanswered(id=OTHER.id, notification=OTHER), False),
    ],
)
def test_a_case_about_it_is_hidden(case: Case, *, expected: bool) -> None:
    assert expected == is_case_of(case, {"a1"})
    assert expected == is_about(case.id, msgspec.to_builtins(case), {"a1"})


def test_an_entry_about_it_is_hidden() -> None:
    entries = ({"alert": "a1"}, {"case": "a1"}, {"alert": "b1"})
    assert [True, True, False] == [speaks_of(each, {"a1"}) for each in entries]
