"""Asks of workflows through the whole pipeline: answered after the commit, refused by a key, restored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.effects import Answered
from alerts.kernel.consent import Give
from devices.message import Text
from gateway.inbox import Delivery
from tests.alerts.kernel.toy import Close, Toy
from tests.gateway.house import House, smoke


class Asking(House):
    """With the toy workflow."""

    workflows = (Toy(),)

    def __init__(self, folder: Path) -> None:
        self.given: list[Answered] = []
        self.refused: list[str | Text] = []
        super().__init__(folder)
        self.pipeline.turn()

    def hand_in(self, ask: Any) -> None:
        self.inbox.put(
            Delivery(ask, lambda: self.answers.append("done"), self.refused.append, answered=self.given.append)
        )
        self.pipeline.turn()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Asking]:
    built = Asking(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


ASK = Close(id="a", by="li", role="technician", devices=("s1",))


def test_an_ask_is_answered_when_it_is_stored(house: Asking) -> None:
    house.hand_in(ASK)
    (answer,) = house.given
    assert ("toy", True, ["done"]) == (answer.workflow, answer.waits, house.answers)
    assert ("consent", answer.case) in house.records.restore().engine.cases


def test_a_refusal_is_a_key_and_nothing_is_stored(house: Asking) -> None:
    house.hand_in(Close(id="b", by="li", role="technician", devices=("zz",)))
    (why,) = house.refused
    assert isinstance(why, Text)
    assert "toy.unknown" == why.key
    assert {} == house.records.restore().engine.cases


def test_what_two_people_hold_back_is_held_back_after_a_restart_too(house: Asking) -> None:
    house.hand_in(ASK)
    house.build()
    house.hand_in(Give(case=house.given[0].case, by="zhao", role="operator"))
    house.build()
    house.pipeline.turn()
    house.arrive(smoke(1))
    (alert,) = [alert for alert in house.records.open_alerts() if alert.rule == "smoke"]
    assert alert.suppression is not None
    assert ("case", "toy") == (alert.suppression.reason, alert.suppression.workflow)
    assert {"fact", "case"} <= {event.kind for event in house.records.feed_after(0)}
