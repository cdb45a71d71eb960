"""What the ledger says of the facts that workflows state: one entry each, in the workflow's book."""

from math import isfinite

from alerts.effects import Effects
from alerts.facts import Fact
from ledger.entry import LEAST_FRACTION, MOST_EXACT, Draft, FieldValue
from ledger.texts import Render, written
from ledger.timestamp import text_of


def drafts_of(effects: Effects, render: Render) -> list[Draft]:
    """One for each fact that has a book, in their order."""
    return [_of_fact(fact, render) for fact in effects.facts if fact.book]


def _of_fact(fact: Fact, render: Render) -> Draft:
    fields: dict[str, FieldValue] = {
        "workflow": fact.workflow,
        "case": fact.case,
        "step": fact.step,
        **written("text", fact.text, render),
        "second": fact.second,
        "devices": ", ".join(fact.devices),
        "recorded": text_of(fact.recorded) if fact.recorded is not None else "",
        "origin": fact.origin if fact.origin != "real" else "",
        "seal": fact.seal,
    }
    kept = {name: value for name, value in fields.items() if value != ""}
    kept |= {name: _writable(value) for name, value in fact.fields.items()}
    return Draft(fact.book or "", fact.at, kept, by=fact.by, area=fact.area)


def _writable(value: FieldValue) -> FieldValue:
    """A number that has no canonical spelling becomes text: a workflow's slip must not keep a turn from commit."""
    if isinstance(value, float):
        is_exact = isfinite(value) and abs(value) <= MOST_EXACT and (not value or abs(value) >= LEAST_FRACTION)
        return value if is_exact else repr(value)
    if isinstance(value, int) and abs(value) > MOST_EXACT:
        return str(value)
    return value
