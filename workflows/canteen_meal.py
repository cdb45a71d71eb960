"""Meals of a canteen and their samples 食品留样: of each dish of each meal 125 g, kept for 48 h at 0 to 8 °C.

The menu says which dishes there are, so that a missing sample can be counted: half an hour after the meal was served a
fact names what is missing. A sample is proved by the record of the fridge it stands in (workflows/canteen_fridge.py):
when its 48 h are over it is proved, broken with when and how far, or not observed; nothing that was not measured is
made up. It is thrown away after its time and not before.

Standard: food safety practice rules for catering of 2018 (餐饮服务食品安全操作规范): at least 125 g, for 48 h, chilled,
with a record of dish, grams, time and by whom. When a sample is late is ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.canteen import KEPT_FOR, LEAST_G, Dining, Leg, Meal, Sample
from alerts.canteen_asks import OFFICERS, Destroy, Keep, Menu, Move
from alerts.cold_record import HOUR, MINUTE, Proof, joined, read_in
from alerts.facts import COLD_RECORD, FORBIDDEN_FOOD, SAMPLE_FRIDGES, Fact
from alerts.kinds import kinds
from alerts.personnel import trimmed
from alerts.rule import Rule
from alerts.schedule import minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError, Refused
from devices.message import At, Text
from devices.reading import Instant
from ledger.food_samples import fact, fields_of, named, said
from ledger.forbidden_foods import Forbidden

_USUAL: dict[Dining, str] = {"breakfast": "07:00", "lunch": "11:30", "dinner": "17:30", "night": "22:30"}
_MOST_DISHES, _MOST_LEGS, _LONGEST, _MOST_G = 60, 20, 100, 10_000.0
_AHEAD_DAYS, _BACK = 31, 6 * HOUR
_WAITS: Instant = 24 * HOUR
_LETTER = {"breakfast": "B", "lunch": "L", "dinner": "D", "night": "N"}


class MealConfig(Config, frozen=True, kw_only=True):
    """When meals are served, and how much is kept of them.

    ``served``: by meal (``breakfast``, ``lunch``, ``dinner``, ``night``), local time as 11:30
    ``least_g``: of each sample, in grams; at least 125
    ``sample_within_min``: so long after a meal is served a sample of each dish must be kept
    """

    served: dict[str, str] = {}
    least_g: float = LEAST_G
    sample_within_min: float = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name, text in self.served.items():
            if name not in _USUAL or _minute(text) is None:
                yield ConfigFault(("served", name), Text.of("canteen_meal.wrong_served", meals=tuple(_USUAL)))
        if not LEAST_G <= self.least_g <= _MOST_G:
            yield ConfigFault(("least_g",), Text.of("canteen_meal.wrong_least_g"))
        if not 0 <= self.sample_within_min <= 240:
            yield ConfigFault(("sample_within_min",), Text.of("canteen_meal.wrong_within"))

    def minute(self, meal: Dining) -> int:
        return minutes(self.served.get(meal, _USUAL[meal]))


class CanteenMeal(Workflow[Meal]):
    """One meal of one day is one case, until its last sample was thrown away."""

    name, book, case = "canteen_meal", "food_samples", Meal
    asks = (Menu, Keep, Move, Destroy)
    config_type = MealConfig
    by_area = True
    page = "/console/kitchen"

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Meal], world: World, now: Instant) -> None:
        if isinstance(ask, Menu):
            self._check_menu(ask, cases.get(self._id(ask, world, now)), world, now)
            return
        meal = cases.get(ask.case)
        if meal is None:
            raise Refused(Text.of("canteen_meal.no_meal"))
        if isinstance(ask, Keep):
            self._check_sample(ask, meal, world, now)
            return
        samples = _meant(ask, meal)
        if isinstance(ask, Move):
            _fridge(ask, world)
            if len(ask.place) > _LONGEST or any(len(each.legs) >= _MOST_LEGS for each in samples):
                _refuse("place", Text.of("canteen_meal.too_often", most=_MOST_LEGS, longest=_LONGEST))
        elif early := [each for each in samples if now < each.kept_until]:
            first = min(early, key=lambda each: each.kept_until)
            _refuse("dish", Text.of("canteen_meal.too_early", dish=first.dish, until=At(first.kept_until)))

    def _check_menu(self, ask: Menu, meal: Meal | None, world: World, now: Instant) -> None:
        if ask.area not in world.site.areas:
            _refuse("area", Text.of("canteen_meal.no_area", known=tuple(world.site.areas)))
        today = world.site.calendar.day(now)
        if not today - timedelta(days=1) <= (ask.day or today) <= today + timedelta(days=_AHEAD_DAYS):
            _refuse("day", Text.of("canteen_meal.wrong_day", days=_AHEAD_DAYS))
        if ask.served and _minute(ask.served) is None:
            _refuse("served", Text.of("canteen_meal.no_time"))
        dishes = trimmed(ask.dishes)
        if len(dishes) > _MOST_DISHES or any(len(dish) > _LONGEST for dish in dishes) or (not dishes and meal is None):
            _refuse("dishes", Text.of("canteen_meal.wrong_dishes", most=_MOST_DISHES, longest=_LONGEST))
        kept = {each.dish for each in meal.samples} if meal is not None else set()
        if kept - set(dishes):
            _refuse("dishes", Text.of("canteen_meal.has_sample", dishes=tuple(sorted(kept - set(dishes)))))
        if meal is not None and set(meal.dishes) - set(dishes) and not ask.note.strip():
            _refuse("note", Text.of("canteen_meal.say_why"))
        _check_foods(ask, dishes, world)

    def _check_sample(self, ask: Keep, meal: Meal, world: World, now: Instant) -> None:
        dish = ask.dish.strip()
        if dish not in meal.dishes:
            _refuse("dish", Text.of("canteen_meal.no_dish", dishes=meal.dishes))
        if any(each.dish == dish for each in meal.samples):
            _refuse("dish", Text.of("canteen_meal.is_kept", dish=dish))
        if not self.config.least_g <= ask.grams <= _MOST_G:
            _refuse("grams", Text.of("canteen_meal.too_little", least=self.config.least_g))
        if any(len(text) > _LONGEST for text in (ask.place, ask.condition)):
            _refuse("place", Text.of("canteen_meal.too_long", most=_LONGEST))
        if ask.done_at is not None and not now - _BACK <= ask.done_at <= now:
            _refuse("done_at", Text.of("canteen_meal.wrong_time"))
        _fridge(ask, world)

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Meal], world: World, now: Instant) -> Moves:
        match event:
            case Menu():
                return self._planned(event, cases, world, now)
            case Keep():
                return self._kept(event, cases[event.case], world, now)
            case Move():
                meal, meant = cases[event.case], _meant(event, cases[event.case])
                leg = Leg(_fridge(event, world), now, event.place.strip())
                meal = replace(meal, samples=_with(meal, meant, lambda one: replace(one, legs=(*one.legs, leg))))
                fields = {"fridge": leg.fridge, "place": leg.place, "dishes": tuple(each.dish for each in meant)}
                return _settled(meal, now, fact(meal, "moved", now, event, fields, **_of(fields, "dishes", "fridge")))
            case Destroy():
                return _destroyed(event, cases[event.case], now)
        return Moves()

    def turn(self, due: Sequence[Meal], world: World, now: Instant) -> Moves:
        return Moves.joined(_turned(meal, world, now) for meal in due)

    def waits_for(self, case: Meal, account: str, role: str) -> bool:
        return role in Keep.ROLES and (bool(case.without_sample) or any(each.may_go for each in case.samples))

    def shows(self, case: Meal, now: Instant) -> dict[str, Any]:
        """Each sample in one line."""
        return {"samples": tuple(said(sample) for sample in case.samples), "dishes": case.without_sample}

    def _id(self, ask: Menu, world: World, now: Instant) -> str:
        return f"{(ask.day or world.site.calendar.day(now)).isoformat()}-{ask.meal}-{ask.area}"

    def _planned(self, ask: Menu, cases: Mapping[str, Meal], world: World, now: Instant) -> Moves:
        name, dishes, asked = self._id(ask, world, now), trimmed(ask.dishes), _minute(ask.served)
        before, day = cases.get(name), ask.day or world.site.calendar.day(now)
        if before is not None and not dishes:
            over = replace(before, dishes=(), is_open=False, wake_at=None)
            return Moves(cases=(over,), facts=(fact(before, "cancelled", now, ask),))
        if before is not None and asked is None:
            served = before.served_at
        else:
            served = world.site.calendar.at(day, self.config.minute(ask.meal) if asked is None else asked)
        due = served + int(self.config.sample_within_min * MINUTE)
        own = {"dishes": dishes, "served_at": served, "due_at": due, "ends_at": due + _WAITS}
        meal = before or Meal(id=name, area=ask.area, by=ask.by, day=day, meal=ask.meal, **own)
        meal = replace(meal, **own)
        fields = {"dishes": dishes, "reason": ask.reason.strip()}
        return _settled(meal, now, fact(meal, "planned" if before is None else "changed", now, ask, fields))

    def _kept(self, ask: Keep, meal: Meal, world: World, now: Instant) -> Moves:
        at = ask.done_at if ask.done_at is not None else now
        sample = Sample(
            number=f"{meal.day:%Y%m%d}-{_LETTER[meal.meal]}{len(meal.samples) + 1:02d}",
            dish=ask.dish.strip(),
            grams=ask.grams,
            kept_at=at,
            kept_until=at + KEPT_FOR,
            by=ask.by,
            legs=(Leg(_fridge(ask, world), at, ask.place.strip()),),
            condition=ask.condition.strip(),
        )
        meal = replace(meal, samples=(*meal.samples, sample))
        told = fact(meal, "kept", now, ask, fields_of(sample), **named(sample), grams=sample.grams)
        return _settled(meal, now, told)


def _destroyed(ask: Destroy, meal: Meal, now: Instant) -> Moves:
    gone = _meant(ask, meal)
    samples = _with(meal, gone, lambda one: replace(one, destroyed_at=now, destroyed_by=ask.by))
    meal = replace(meal, samples=samples)
    numbers = {each.number for each in gone}
    told = (
        fact(meal, "destroyed", now, ask, fields_of(each), **named(each)) for each in samples if each.number in numbers
    )
    return _settled(meal, now, *told)


def _turned(meal: Meal, world: World, now: Instant) -> Moves:
    """Samples whose 48 h are over are judged."""
    judged = {
        each.number: replace(each, proof=_proof(each, world))
        for each in meal.samples
        if each.proof is None and each.kept_until <= now
    }
    meal = replace(meal, samples=tuple(judged.get(each.number, each) for each in meal.samples))
    told = (
        fact(meal, one.proof.verdict, now, None, fields_of(one), **named(one), **read_in(one.proof))
        for one in judged.values()
        if one.proof is not None
    )
    return _settled(meal, now, *told)


def _settled(meal: Meal, now: Instant, *told: Fact) -> Moves:
    """The meal as it goes on from now, after what was told of it; what is missing is told, too."""
    facts, missing = list(told), meal.without_sample
    if missing and now >= meal.due_at and not meal.is_missing:
        meal = replace(meal, is_missing=True)
        facts.append(fact(meal, "missing", now, None, {"dishes": missing}, dishes=missing, count=len(missing)))
    elif meal.is_missing and not missing:
        meal = replace(meal, is_missing=False)
        facts.append(fact(meal, "complete", now))
    is_left = any(each.destroyed_at is None for each in meal.samples)
    if not is_left and (now >= meal.ends_at if missing else bool(meal.samples)):
        meal = replace(meal, is_open=False, wake_at=None)
        return Moves(cases=(meal,), facts=(*facts, fact(meal, "closed", now)))
    times = [each.kept_until for each in meal.samples if each.proof is None]
    times += [meal.ends_at if meal.is_missing else meal.due_at] if missing else []
    wake_at = min((each for each in times if each > now), default=None)
    return Moves(cases=(replace(meal, wake_at=wake_at),), facts=tuple(facts))


def _minute(text: str) -> int | None:
    try:
        return minutes(text.strip())
    except ConfigError:
        return None


def _refuse(field: str, text: Text) -> None:
    raise Refused(text, ((0, field, text),))


def _check_foods(ask: Menu, dishes: Sequence[str], world: World) -> None:
    """Raises Refused for a dish that must not be, or that nobody has given a reason for who may."""
    for dish in dishes:
        found: Sequence[Forbidden] = next(iter(world.ask_of(FORBIDDEN_FOOD, text=dish)), ())
        for food in found:
            if food.how == "refused":
                _refuse("dishes", Text.of("canteen_meal.forbidden", dish=dish, food=food.called, law=food.law))
            if not ask.reason.strip() or ask.role not in OFFICERS:
                _refuse("reason", Text.of("canteen_meal.needs_reason", dish=dish, food=food.called, law=food.law))


def _fridge(ask: Keep | Move, world: World) -> str:
    """The device of the fridge that is meant. Raises Refused."""
    known: tuple[str, ...] = next(iter(world.ask_of(SAMPLE_FRIDGES)), ())
    if not known:
        _refuse("fridge", Text.of("canteen_meal.no_fridge"))
    if ask.fridge in known or (not ask.fridge and len(known) == 1):
        return ask.fridge or known[0]
    raise Refused(Text.of("canteen_meal.which_fridge", known=known), ((0, "fridge", Text.of("form.wanting")),))


def _meant(ask: Move | Destroy, meal: Meal) -> tuple[Sample, ...]:
    """The samples that are there and meant: of that dish, or all; to be thrown away those whose time is over.

    Raises Refused where there is none.
    """
    there = [each for each in meal.samples if each.destroyed_at is None]
    dish = ask.dish.strip()
    if isinstance(ask, Destroy) and not dish:
        there = [each for each in there if each.may_go] or there
    found = tuple(each for each in there if dish in ("", each.dish))
    if not found:
        _refuse("dish", Text.of("canteen_meal.no_sample", dishes=tuple(each.dish for each in there)))
    return found


def _with(meal: Meal, meant: Sequence[Sample], changed: Any) -> tuple[Sample, ...]:
    return tuple(changed(each) if each in meant else each for each in meal.samples)


def _of(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names}


def _proof(sample: Sample, world: World) -> Proof:
    """Of each fridge for as long as it stood there; of one that nobody answers for, not observed."""
    legs = [leg for leg in sample.legs if leg.since < sample.kept_until]
    ends, parts = (*(leg.since for leg in legs[1:]), sample.kept_until), []
    for leg, until in zip(legs, ends, strict=True):
        found = world.ask_of(COLD_RECORD, device=leg.fridge, since=leg.since, until=until)
        parts += [found[0] if found else Proof("not_observed", unseen=until - leg.since)]
    return joined(parts)


_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "food-sample-missing",
            "title": "Dish without a sample",
            "title_zh": "菜品未留样",
            "priority": 3,
            "begins": ["canteen_meal.missing"],
            "ends": ["canteen_meal.complete", "canteen_meal.cancelled", "canteen_meal.closed"],
            "procedure": "1. Is any of it left? Keep 125 g now.\n2. If not, the food safety officer writes down why.",
            "procedure_zh": "1. 如有剩余，立即留样 125 克。\n2. 如无，由食品安全管理员登记原因。",
        },
        {
            "name": "food-sample-not-cold",
            "title": "Food sample not shown to have been cold",
            "title_zh": "留样冷藏温度未得到证明",
            "priority": 3,
            "begins": ["canteen_meal.broken", "canteen_meal.not_observed"],
            "ends": ["canteen_meal.closed"],
            "procedure": "1. Look at the curve of the fridge.\n2. Enter what was wrong; throw the sample away.",
            "procedure_zh": "1. 查看冰箱温度曲线。\n2. 登记原因与处理情况，销毁留样。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = CanteenMeal
