"""What the ledger says of bypasses and walk tests: who took what out of service and why, and what a test has shown."""

from collections.abc import Iterable

from alerts.effects import BypassChanged, Effects, WalkTestChanged
from alerts.facts import FieldValue
from devices.reading import SECOND
from devices.walk_test import Answer, WalkTest
from ledger.entry import Draft
from ledger.texts import Render, written
from ledger.timestamp import text_of

BYPASSES, WALK_TESTS = "bypasses", "walk_tests"


def drafts_of(effects: Effects, render: Render) -> list[Draft]:
    """One for each beginning and each end. A reminder is told by its alert, an answer by the report of its test."""
    return [
        *(_of_bypass(change, render) for change in effects.bypasses if change.action != "reminded"),
        *(
            _of_test(change, effects.tests[change.test], render)
            for change in effects.walk_tests
            if change.action in ("started", "ended")
        ),
    ]


def _of_bypass(change: BypassChanged, render: Render) -> Draft:
    bypass = change.bypass
    fields: dict[str, FieldValue] = {
        "bypass": bypass.id,
        "action": change.action,
        "devices": ", ".join(change.devices),
        "count": len(change.devices),
        **written("reason", bypass.reason, render),
        "asked": text_of(bypass.asked) if bypass.asked is not None else "",
        "begun": text_of(bypass.since) if not bypass.is_wish else "",
        "until": text_of(bypass.until),
        "bypassed_by": bypass.by,
        "consented_by": bypass.consented_by,
    }
    if change.action == "ended":
        fields["lasted_s"] = (change.at - bypass.since) // SECOND
    if change.action != "asked":
        fields |= written("note", bypass.note if change.action == "begun" else change.note, render)
    return Draft(BYPASSES, change.at, _said(fields), by=change.by, area=bypass.area)


def _of_test(change: WalkTestChanged, test: WalkTest, render: Render) -> Draft:
    fields: dict[str, FieldValue] = {
        "test": test.id,
        "action": change.action,
        "walked_by": test.by,
        "started": text_of(test.started),
        "until": text_of(test.until),
        "count": len(test.devices),
        **written("note", change.note, render),
    }
    if change.action == "started":
        fields["devices"] = ", ".join(test.devices)
    else:
        fields |= {
            "outcome": test.outcome,
            "lasted_s": (change.at - test.started) // SECOND,
            "answered_count": len(test.answers),
            "answered": _answers(test.answers),
            "missing_count": len(test.missing),
            "missing": ", ".join(test.missing),
        }
    return Draft(WALK_TESTS, change.at, _said(fields), by=change.by, area=test.area)


def _answers(answers: Iterable[Answer]) -> str:
    """``s1 smoke 2026-11-24T08:30:15.000000000Z (0.4 s)``: device, signal, when, how long the word was on its way."""
    return "; ".join(f"{a.device} {a.signal} {text_of(a.at)} ({a.delay / SECOND:.1f} s)" for a in answers)


def _said(fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
    return {name: value for name, value in fields.items() if value != ""}
