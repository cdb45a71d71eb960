"""One walk test: a big list to walk along, with a tick and a sound for each detector that answers; then its report."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console.asking import give, may_ask
from api.console.walk_view import area_of, newest_of, report_of, rows_of
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.held_devices import running_tests, test_of
from devices.errors import Refused
from devices.walk_test import WalkTest

_AT, _END = "/console/walk-tests", "walk-tests/{case}/end"
_OF_ONE = f"{_AT}/{{test_id}}"


def _found(asked: Asked) -> WalkTest:
    """One that runs is known without the store. Raises HTTPException 404."""
    wanted = asked.wanted["test_id"]
    found = next((test for test in running_tests(asked.gateway) if test.id == wanted), None)
    found = found if found is not None else test_of(asked.gateway, wanted)
    if found is None:
        raise HTTPException(404)
    return found


def _path(test: str) -> str:
    return f"{_AT}/{quote(test, safe='')}"


def _show(asked: Asked) -> Mapping[str, Any]:
    test = _found(asked)
    is_running = test.outcome == "running"
    return {
        "list": _AT,
        "area": area_of(asked, test),
        "test": test,
        "started": asked.clock(test.started),
        "newest": newest_of(asked, test),
        "detectors": rows_of(asked, test, asked.gateway.devices.devices()) if is_running else [],
        "report": None if is_running else report_of(asked, test),
        "end": f"{_path(test.id)}/end" if is_running and may_ask(asked, _END) else "",
    }


def _ask_end(asked: Asked, note: str = "", refused: str = "") -> Mapping[str, Any]:
    test = _found(asked)
    if not may_ask(asked, _END):
        raise HTTPException(403)
    missing = len(test.missing)
    return {
        "back": _path(test.id),
        "area": area_of(asked, test),
        "text": asked.say("walk.end_missing", count=missing) if missing else asked.say("walk.end_all"),
        "sent": note,
        "refused": refused,
    }


async def _end(asked: Asked, given: Given) -> GoTo | Again:
    test, note = asked.wanted["test_id"], given.get("note", [""])[0].strip()
    try:
        await give(asked, _END, case=test, note=note)
    except Refused as why:
        return Again(await run_in_threadpool(_ask_end, asked, note, asked.say.said(why)))
    return GoTo(_path(test))


PAGES = (
    Page(
        path=_OF_ONE,
        permission=Permission.LOOK,
        title="console.walk_tests",
        template="walk_test.html",
        under="/console/devices",
        modules=("fresh.js", "answered.js", "print.js"),
        show=_show,
    ),
    Page(
        path=f"{_OF_ONE}/end",
        permission=Permission.LOOK,
        title="console.walk_tests",
        template="walk_end.html",
        under="/console/devices",
        show=_ask_end,
        take=_end,
    ),
)
