"""The duty roster as a file for people's own calendars; it is changed by the workflow that keeps it."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.roster import called, planned, posts
from ledger.icalendar import calendar_file

router = routes("duty", "/api/duty")


@router.get("/calendar", summary="Who is on duty, a week back and 60 days ahead, as an iCalendar file")
async def calendar(
    request: Request,
    _person: Annotated[Person, Depends(may(Permission.LOOK))],
    language: CallersLanguage,
    post: Annotated[str, Query(max_length=100, description="only there")] = "",
    person: Annotated[str, Query(max_length=100, description="only that person, by the id of the register")] = "",
) -> Response:
    gateway: Gateway = request.state.gateway
    known, people = posts(gateway), called(gateway)

    def file() -> str:
        now = gateway.site.now()
        titles = {name: language.show(each.called) for name, each in known.items()}
        names = {name: language.show(each) for name, each in people.items()}
        stints = planned(gateway, now, post, person)
        return calendar_file(stints, lambda one: titles.get(one, one), now, lambda one: names.get(one, one))

    return Response(
        await run_in_threadpool(file),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="roster.ics"'},
    )
