"""The key areas, each with its worst state and its armed mode; its floor plan; the question before a mode is set."""

from collections.abc import Mapping
from typing import Any

from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alerts.area_mode import is_armed
from api.auth import Permission
from api.console.area_plan import plan_of
from api.console.area_view import AT, SET_MODE, tiles
from api.console.asking import give, may_ask
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.ports import AreaView
from api.roster import keeper
from devices.errors import Refused
from devices.message import Text


def _show(asked: Asked) -> Mapping[str, Any]:
    arming = keeper(SET_MODE) if may_ask(asked, SET_MODE) else ""
    return {
        "tiles": tiles(asked),
        "arming": f"/console/workflows/{arming}" if arming else "",
        "arming_title": asked.say.said(Text.of(f"{arming}.title")) if arming else "",
    }


def _show_plan(asked: Asked) -> Mapping[str, Any]:
    area = next((view for view in asked.gateway.areas.areas() if view.id == asked.wanted["area"]), None)
    if area is None or not area.has_plan:
        raise HTTPException(404)
    return {
        "name": asked.gateway.areas.area_name(area.id, asked.say.language),
        "plan": plan_of(asked, area, asked.board.rows()),
        "back": AT,
    }


def _wanted(asked: Asked) -> tuple[AreaView, str]:
    """The area, and the mode that the address names. Raises HTTPException 403, 404."""
    if not may_ask(asked, SET_MODE):
        raise HTTPException(403)
    area = next((view for view in asked.gateway.areas.areas() if view.id == asked.wanted["area"]), None)
    mode = asked.query.get("mode", "")
    if area is None or mode not in area.modes:
        raise HTTPException(404)
    return area, mode


def _ask(asked: Asked, refused: str = "", verbs: list[tuple[str, str]] | None = None) -> Mapping[str, Any]:
    """A touch beside the button that was meant must not disarm a store."""
    say, (area, mode) = asked.say, _wanted(asked)
    switch = say("review.switch", mode=say("mode." + mode))
    return {
        "heading": f"{asked.gateway.areas.area_name(area.id, say.language)}: {switch}",
        "text": say("review.switch_means", now=say("mode." + area.mode)),
        "verbs": [("set", switch)] if verbs is None else verbs,
        "refused": refused,
        "back": AT,
    }


async def _set(asked: Asked, given: Given) -> GoTo | Again:
    area, mode = await run_in_threadpool(_wanted, asked)
    is_forced = given.get("do") == ["force"]
    try:
        await give(asked, SET_MODE, area=area.id, mode=mode, force=is_forced)
    except Refused as why:
        say, said = asked.say, asked.say.said(why)
        # What the store or the role refuses is none the better for being forced.
        if is_forced or not is_armed(mode) or why.__cause__ is not None:
            return Again(await run_in_threadpool(_ask, asked, said))
        said, anyway = f"{say('review.not_ready')}{say.colon}{said}", [("force", say("review.all_the_same"))]
        return Again(await run_in_threadpool(_ask, asked, said, anyway))
    return GoTo(AT)


PAGES = (
    Page(
        path=AT,
        permission=Permission.WATCH,
        title="console.areas",
        template="areas.html",
        place=("main", 20),
        modules=("fresh.js",),
        show=_show,
    ),
    Page(
        path=f"{AT}/{{area}}/plan",
        permission=Permission.LOOK,
        title="console.areas",
        template="area_plan.html",
        under=AT,
        modules=("fresh.js",),
        show=_show_plan,
    ),
    Page(
        path=f"{AT}/{{area}}/mode",
        permission=Permission.LOOK,
        title="console.areas",
        template="area_mode.html",
        under=AT,
        show=_ask,
        take=_set,
    ),
)
