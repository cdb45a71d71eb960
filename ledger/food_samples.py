"""What is said and written of a meal and its samples."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from alerts.ask import Ask
from alerts.canteen import Meal, Sample
from alerts.cold_record import MINUTE, read_in
from alerts.facts import Fact, FieldValue
from devices.message import At, Text
from devices.reading import Instant
from ledger.timestamp import text_of

NOTHING: Mapping[str, Any] = MappingProxyType({})


def fields_of(sample: Sample) -> dict[str, Any]:
    """What stands of it in the book."""
    proof = sample.proof
    fields: dict[str, Any] = {
        "number": sample.number,
        "dish": sample.dish,
        "grams": sample.grams,
        "condition": sample.condition,
        "fridge": sample.legs[-1].fridge,
        "place": sample.legs[-1].place,
        "kept_at": text_of(sample.kept_at),
        "kept_until": text_of(sample.kept_until),
        "kept_by": sample.by,
        "destroyed_at": text_of(sample.destroyed_at) if sample.destroyed_at is not None else "",
        "destroyed_by": sample.destroyed_by,
    }
    if proof is not None:
        fields |= {"verdict": proof.verdict, "low": proof.low, "high": proof.high}
        fields |= {"unseen_min": proof.unseen // MINUTE} if proof.unseen else {}
        fields |= {"beyond": proof.beyond, "since": text_of(proof.since)} if proof.beyond is not None else {}
    return fields


def named(sample: Sample) -> dict[str, Any]:
    """By which people know it."""
    return {"dish": sample.dish, "number": sample.number}


def said(sample: Sample) -> Text:
    """How a sample stands, in one line."""
    if sample.proof is None:
        return Text.of("canteen_meal.stands", **named(sample), grams=sample.grams, until=At(sample.kept_until))
    key = "canteen_meal.gone" if sample.destroyed_at is not None else f"canteen_meal.{sample.proof.verdict}"
    return Text.of(key, **named(sample), **read_in(sample.proof))


def fact(
    meal: Meal, step: str, now: Instant, ask: Ask | None = None, fields: Mapping[str, Any] = NOTHING, **params: Any
) -> Fact:
    """What happened to it; ``params`` of what is said, beside meal, day and dishes."""
    written: dict[str, FieldValue | Text] = {"day": meal.day.isoformat(), "meal": meal.meal}
    written |= {name: value for name, value in fields.items() if value not in ("", None, ())}
    written |= {"note": ask.note.strip()} if ask is not None and ask.note.strip() else {}
    if dishes := written.get("dishes"):
        written["dishes"] = ", ".join(map(str, dishes)) if isinstance(dishes, tuple) else dishes
    return Fact(
        workflow="canteen_meal",
        case=meal.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=meal.area,
        text=Text.of(
            f"canteen_meal.{step}",
            meal=Text.of(f"canteen_meal_meal.{meal.meal}"),
            day=meal.day.isoformat(),
            **{"dishes": meal.dishes, **params},
        ),
        fields=written,
    )
