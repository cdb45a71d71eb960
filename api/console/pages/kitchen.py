"""The canteen on the kitchen's tablet: who was checked, which dish has its sample, what may go, what came from whom.

What is done many times a day is one tap or one line here; the rest leads to its form. Each is an ask like any other.
"""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.calendar import Calendar
from alerts.canteen import Meal, Morning, Sample, Supplier
from alerts.cold_record import Fridge
from alerts.facts import COLD_RECORD
from alerts.workflow import Workflow
from api.asks import ask_at, ask_of, every_workflow
from api.auth import Permission
from api.console.forms import choice_word, read
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.roster import called
from devices.errors import NotAllowed, Refused, StoreUnavailable
from ledger.food_samples import said

_AT = "/console/kitchen"
_MENU, _KEEP, _DESTROY = "canteen/menus", "canteen/meals/{case}/samples", "canteen/meals/{case}/destroy"
_CHECK, _ABSENT = "canteen/morning-checks", "canteen/morning-checks/absent"
_DELIVER = "canteen/suppliers/{case}/deliveries"
_TAKEN = {"keep": _KEEP, "destroy": _DESTROY, "check": _CHECK, "absent": _ABSENT}
_USUAL = {"unit": "kg", "kept": "ambient", "look": "good", "result": "accepted"}
"""Of a delivery: what its form begins with."""
_UNSEEN = ("by", "role", "proof", "origin", "second", "only_check", "done_at", "until", "seen")
_KEPT = ("case", "dish", "grams", "place", "fridge")
"""What stands in the fields again when a sample was refused."""
_MOST_DELIVERED, _AHEAD_MEALS = 6, 8


class _Dish(msgspec.Struct, frozen=True):
    """A dish of a meal: its sample in words, "" where there is none."""

    name: str
    sample: str
    state: str


class _MealCard(msgspec.Struct, frozen=True):
    """A meal, ready to draw. ``to_go``: how many samples may be thrown away."""

    case: str
    title: str
    facts: str
    dishes: list[_Dish]
    missing: list[str]
    is_late: bool
    to_go: int
    form: str


class _Line(msgspec.Struct, frozen=True):
    """Anything with a name, what is said of it, and where it is gone on with."""

    name: str
    text: str
    state: str = ""
    form: str = ""
    id: str = ""


def _kind(address: str) -> type[Workflow[Any]]:
    """The workflow of that ask; whoever takes it away takes its part of the page with it."""
    ask = ask_at(address)
    if ask is None:
        raise HTTPException(404)
    return next(each for each in every_workflow().values() if ask in each.asks)


def _form(address: str, **filled: str) -> str:
    """Where that ask has its form."""
    ask = ask_at(address)
    return f"/console/workflows/{_kind(address).name}?{urlencode({'ask': _tag(ask), **filled})}" if ask else ""


def _tag(ask: type[Ask]) -> str:
    return str(ask.__struct_config__.tag)


def _cases(asked: Asked, address: str) -> list[Any]:
    return list(asked.gateway.workflows.cases(_kind(address).name))


def _show(asked: Asked, sent: Given | None = None, refused: str = "") -> Mapping[str, Any]:
    now = asked.gateway.site.now()
    today = Calendar(zone=asked.gateway.site.time_zone()).day(now)
    fridges = _fridges(asked)
    meals = [case for case in _cases(asked, _KEEP) if isinstance(case, Meal)]
    meals.sort(key=lambda meal: (meal.served_at, meal.id))
    now_on = [_meal(asked, meal, now) for meal in meals if meal.day >= today]
    older = [_meal(asked, meal, now) for meal in meals if meal.day < today]
    return {
        "morning": _morning(asked, today.isoformat()),
        "meals": now_on[:_AHEAD_MEALS],
        "older": [card for card in older if card.to_go or card.missing],
        "kept": sum(not card.to_go and not card.missing for card in older),
        "fridges": fridges,
        "keeps": [(line.id, line.name) for line in fridges if line.form == "samples"],
        "suppliers": [_supplier(asked, case) for case in _cases(asked, _DELIVER) if isinstance(case, Supplier)],
        "delivered": _delivered(asked),
        "menu": _form(_MENU),
        "deliver": _form(_DELIVER, **_USUAL),
        "token": token_hex(8),
        "at": _AT,
        "may_do": asked.person.role in (ask_at(_KEEP) or Ask).ROLES,
        "refused": refused,
        "sent": dict.fromkeys(_KEPT, "") | {name: values[0] for name, values in (sent or {}).items()},
        "done": asked.query.get("done", ""),
    }


def _morning(asked: Asked, today: str) -> dict[str, Any] | None:
    """Who is still to be looked at, and who does not work."""
    day = next((case for case in _cases(asked, _CHECK) if isinstance(case, Morning) and case.id == today), None)
    if day is None:
        return None
    people, show = called(asked.gateway), asked.say.words.show
    names = {person: show(people.get(person, person)) for person in (*day.wanted, *day.unfit)}
    return {
        "due": asked.clock(day.due_at)[:5],
        "is_late": day.is_missing,
        "left": [_Line(names[each], "", form=_form(_CHECK, person=each), id=each) for each in day.unchecked],
        "unfit": [names[each] for each in day.unfit],
        "passed": sum(each.is_fit for each in day.checked),
    }


def _meal(asked: Asked, meal: Meal, now: int) -> _MealCard:
    samples = {each.dish: each for each in meal.samples}
    name = choice_word("meal", meal.meal, _kind(_KEEP).name, asked.say)
    return _MealCard(
        case=meal.id,
        title=f"{name} · {meal.day.isoformat()}",
        facts=asked.say.any(
            "kitchen_page.served", at=asked.clock(meal.served_at)[:5], due=asked.clock(meal.due_at)[:5]
        ),
        dishes=[_dish(asked, dish, samples.get(dish)) for dish in meal.dishes],
        missing=list(meal.without_sample),
        is_late=meal.is_missing or (bool(meal.without_sample) and now >= meal.due_at),
        to_go=sum(each.may_go for each in meal.samples),
        form=f"/console/workflows/{_kind(_KEEP).name}?{urlencode({'case': meal.id})}",
    )


def _dish(asked: Asked, name: str, sample: Sample | None) -> _Dish:
    if sample is None:
        return _Dish(name, "", "missing")
    state = "gone" if sample.destroyed_at is not None else sample.proof.verdict if sample.proof else "stands"
    return _Dish(name, asked.say.said(said(sample)), state)


def _fridges(asked: Asked) -> list[_Line]:
    """Each with what its record says of the last day; ``form``: what it is used for."""
    flow = next((kind() for kind in every_workflow().values() if COLD_RECORD in kind.provides), None)
    found, now = [], asked.gateway.site.now()
    for case in asked.gateway.workflows.cases(flow.name) if flow is not None else []:
        if isinstance(case, Fridge) and flow is not None:
            record = flow.shows(case, now)["record"]
            name = asked.gateway.devices.device_name(case.id, asked.say.language)
            is_in = bool(case.stretches) and case.stretches[-1].is_within
            state = "broken" if not is_in else str(record.key).rpartition(".")[2]
            found.append(_Line(name, asked.say.said(record), state, form=case.use, id=case.id))
    return found


def _supplier(asked: Asked, case: Supplier) -> _Line:
    key = f"kitchen_page.licence_{case.told or 'counts'}"
    text = asked.say.any(key, until=case.until.isoformat())
    return _Line(case.name, text, case.told, form=_form(_DELIVER, case=case.id, **_USUAL), id=case.id)


def _delivered(asked: Asked) -> list[_Line]:
    """The newest deliveries, of all suppliers."""
    every = [
        (each, case.name) for case in _cases(asked, _DELIVER) if isinstance(case, Supplier) for each in case.delivered
    ]
    every.sort(key=lambda one: one[0].at, reverse=True)
    return [
        _Line(each.product, f"{each.amount} · {name} · {asked.moment(each.at)}", "refused" if each.is_refused else "")
        for each, name in every[:_MOST_DELIVERED]
    ]


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """One tap, or one line: an ask of those that this page has."""
    word = given.get("do", [""])[0]
    ask = ask_at(_TAKEN[word]) if word in _TAKEN else None
    if ask is None:
        raise HTTPException(404)
    sent = {name: values for name, values in given.items() if name != "do"}
    plain, faults = read(ask, sent, asked.gateway.site.time_zone(), without=set(_UNSEEN))
    if faults:
        name, fault = next(iter(faults.items()))
        return Again(_show(asked, given, f"{name}: {asked.say.said(fault)}"))
    try:
        await asked.gateway.workflows.ask(ask_of(ask, plain, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show(asked, given, asked.say.said(error)))
    return GoTo(f"{_AT}?done={word}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="kitchen_page.title",
        template="kitchen.html",
        place=("plan", 45),
        under="/console/plan",
        show=_show,
        take=_take,
    ),
)
