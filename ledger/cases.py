"""What the ledger says of the facts that workflows state: one entry each, in the workflow's book."""

from collections.abc import Mapping

import msgspec

from alerts.attachment import holds_id
from alerts.effects import Effects
from alerts.facts import Fact, FieldValue
from devices.errors import Refused
from devices.message import Text
from ledger.canonical import exact
from ledger.entry import Draft
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
        "devices": ", ".join(fact.devices),
        "recorded": text_of(fact.recorded) if fact.recorded is not None else "",
        "origin": fact.origin if fact.origin != "real" else "",
        "seal": fact.seal,
    }
    kept = {name: value for name, value in fields.items() if value != ""}
    for name, value in fact.fields.items():
        kept |= written(name, value, render) if isinstance(value, Text) else {name: _writable(value)}
    return Draft(
        fact.book or "", fact.at, kept, by=fact.by, area=fact.area, second=fact.second, apart=_apart(fact, kept)
    )


def _apart(fact: Fact, fields: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """Attachments, what is personal, and a sentence that tells it: no slip writes them in clear."""
    files = tuple(name for name, value in fields.items() if holds_id(value))
    if not fact.personal:
        return files
    values = {fact.fields.get(name) for name in fact.personal if isinstance(fact.fields.get(name), str)}
    tells = any(isinstance(told, str) and told in values for told in fact.text.params.values())
    sentence = [name for name in ("text", "text_params") if tells and name in fields]
    return (*dict.fromkeys((*fact.personal, *files, *sentence)),)


def _writable(value: FieldValue) -> FieldValue:
    """What has no canonical spelling becomes text: a workflow's slip must not keep a turn from commit."""
    try:
        return exact("value", value)
    except Refused:
        return msgspec.json.encode(value).decode() if isinstance(value, tuple) else str(value)
