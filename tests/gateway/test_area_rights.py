"""An account that is limited to areas acts there alone, whatever the order is about and whoever hands it in."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.command import Acknowledge
from alerts.output_event import SilenceOutputs
from devices.errors import NotAllowed, Refused
from gateway.area_rights import AreaRights
from gateway.inbox import Inbox
from gateway.stores.account_areas import AccountAreas
from gateway.stores.database import Database
from gateway.stores.documents import Documents
from gateway.stores.users import Users
from gateway.views.commands import CommandsView
from workflows.output_order import SwitchOn

DEVICES = {"smoke-1": "store", "door-1": "hall"}
RIGHTS = AreaRights(
    lambda account: ("store", "yard") if account == "li" else (),
    lambda device: DEVICES.get(device, ""),
    lambda alert: {"a1": "store", "a2": "hall"}.get(alert, ""),
    lambda case: {"c1": "store", "c2": "hall"}.get(case, ""),
    lambda incident: {"c3": ("store", "yard"), "c4": ("store", "hall")}.get(incident, ()),
)


@pytest.mark.parametrize(
    ("order", "may"),
    [
        ({}, True),
        ({"area": "store"}, True),
        ({"area": "hall"}, False),
        ({"areas": ("store", "yard")}, True),
        ({"areas": ("store", "hall")}, False),
        ({"device": "smoke-1"}, True),
        ({"devices": ("smoke-1", "door-1")}, False),
        ({"devices": (SimpleNamespace(area="hall"),)}, False),
        ({"device": "unknown"}, True),
        ({"case": "c1"}, True),
        ({"case": "c2"}, False),
        ({"case": "c3"}, True),
        ({"case": "c4"}, False),
        ({"case": "c1", "other": "c3"}, True),
        ({"case": "c1", "other": "c4"}, False),
        ({"alert": "a1"}, True),
        ({"alert": "a2"}, False),
    ],
)
@pytest.mark.parametrize("by", ["li", "li (os:root)"])
def test_an_order_is_about_the_areas_of_all_that_it_names(order: dict[str, Any], may: bool, by: str) -> None:
    if may:
        RIGHTS.check(by, SimpleNamespace(**order))
    else:
        with pytest.raises(NotAllowed, match="area_rights"):
            RIGHTS.check(by, SimpleNamespace(**order))
    RIGHTS.check("olga", SimpleNamespace(**order))


def test_it_holds_for_what_people_decide_about_alerts() -> None:
    RIGHTS.check("li", Acknowledge("a1", "li"))
    RIGHTS.check("li", SwitchOn(device="smoke-1", reason="out"))
    with pytest.raises(NotAllowed):
        RIGHTS.check("li", SwitchOn(device="door-1", reason="out"))
    with pytest.raises(NotAllowed):
        RIGHTS.check("li", Acknowledge("a2", "li"))


def test_silence_everywhere_is_silence_where_the_account_may_act() -> None:
    async def handed_in(command: SilenceOutputs) -> object:
        inbox, nothing = Inbox(), SimpleNamespace(attachments=None, users=None, books={}, records=None)
        view = CommandsView(SimpleNamespace(), inbox, SimpleNamespace(), nothing, RIGHTS)  # type: ignore[arg-type]
        submitted, came = asyncio.ensure_future(view.submit(command)), asyncio.Event()
        asyncio.get_running_loop().add_reader(inbox.fileno(), came.set)
        await came.wait()
        asyncio.get_running_loop().remove_reader(inbox.fileno())
        (taken,) = inbox.take(1)
        assert taken.done is not None
        taken.done()
        await submitted
        inbox.close()
        return taken.item

    assert SilenceOutputs("li", areas=("store", "yard")) == asyncio.run(handed_in(SilenceOutputs("li")))
    assert SilenceOutputs("li", "yard", areas=("store", "yard")) == asyncio.run(handed_in(SilenceOutputs("li", "yard")))
    assert SilenceOutputs("olga") == asyncio.run(handed_in(SilenceOutputs("olga", areas=())))
    with pytest.raises(NotAllowed):
        RIGHTS.check("li", SilenceOutputs("li", "hall"))


def test_limits_are_kept_with_the_account_and_go_with_an_empty_list(tmp_path: Path) -> None:
    with Database.in_folder(tmp_path) as database:
        users = Users(database)
        areas = AccountAreas(Documents(database), users)
        users.add("li", "a long pass phrase", "guard", 1)
        assert () == areas.of("li")
        areas.limit("li", ("store", "yard", "store"), 2, by="os:root")
        assert ("store", "yard") == AccountAreas(Documents(database), users).of("li")
        with pytest.raises(Refused):
            areas.limit("wu", ("store",), 3)
        areas.limit("li", (), 4)
        assert () == areas.of("li")
