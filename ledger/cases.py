"""What the ledger says of the facts that workflows state: one entry each, in the workflow's book."""

from alerts.effects import Effects
from alerts.facts import Fact
from ledger.entry import Draft, FieldValue
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
    return Draft(fact.book or "", fact.at, kept | fact.fields, by=fact.by, area=fact.area)
