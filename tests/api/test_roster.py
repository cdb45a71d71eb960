"""People on the roster are told by their names, whatever the register's ids are."""

from types import SimpleNamespace
from typing import cast

from api.ports import Gateway
from api.roster import called
from devices.message import Name
from workflows.people import Registered

CASES = {"people": [Registered(id="c7", name="Liang Bin", name_zh="梁斌"), Registered(id="c8", name="Wu")]}


def test_who_may_see_the_register_sees_names() -> None:
    port = SimpleNamespace(workflows=SimpleNamespace(cases=lambda flow: CASES.get(flow, [])))
    assert called(cast(Gateway, port)) == {"c7": Name("Liang Bin", "梁斌"), "c8": Name("Wu", "")}
