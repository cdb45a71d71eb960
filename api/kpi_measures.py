"""The figures of alarm management as rows: what is measured, its value, its target; for page, API and file."""

import csv
import io
from collections.abc import Callable, Iterator

import msgspec

from alerts.kpi import figures as targets
from alerts.kpi.figures import Figures, Response, Verdict
from alerts.kpi.report import Report
from alerts.kpi.worst import cures
from api.ports import Gateway
from devices.device_list import harmless
from devices.language import Language
from devices.message import Text


class Measure(msgspec.Struct, frozen=True):
    """``name`` is a key of the table ``kpi``; ``unit`` is "%" of a share. ``target``: the most that it should be.

    ``before``: of the span before, None where nothing is known of it.
    """

    name: str
    value: float
    unit: str
    target: float
    verdict: Verdict
    before: float | None


_OF: tuple[tuple[str, str, float, Callable[[Figures], tuple[float, Verdict]]], ...] = (
    ("rate", "", targets.RATE_TARGET, lambda each: (each.rate, each.rate_verdict)),
    ("peak", "", targets.PEAK_MOST, lambda each: (each.peak_each, each.peak_verdict)),
    ("flood", "%", 100 * targets.FLOOD_TARGET, lambda each: (100 * each.flood, each.flood_verdict)),
    ("stale", "", targets.STALE_TARGET, lambda each: (each.stale, each.stale_verdict)),
    ("chattering", "", 0, lambda each: (each.chattering, each.chattering_verdict)),
    ("top", "%", 100 * targets.TOP_TARGET, lambda each: (100 * each.top, each.top_verdict)),
)


def measures(report: Report) -> list[Measure]:
    """In the order in which they are shown."""
    found = []
    for name, unit, target, read in _OF:
        value, verdict = read(report.figures)
        before = read(report.before) if report.before is not None else None
        found.append(Measure(name, value, unit, target, verdict, before[0] if before and before[1] != "few" else None))
    return found


def title_of(rule: str, gateway: Gateway, code: str) -> str:
    """What the rule is called."""
    return gateway.rules.rule_words(rule, code)[0] or rule


def name_of(key: str, gateway: Gateway, code: str) -> str:
    """What the device or area is called."""
    named = gateway.devices.device_name(key, code)
    return named if named != key else gateway.areas.area_name(key, code)


def file_of(report: Report, gateway: Gateway, language: Language) -> str:
    """All of it as CSV (RFC 4180), one row a figure; a spreadsheet takes none of them for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    say = language.render
    writer.writerow(
        [say(Text.of(f"kpi.column_{name}")) for name in ("part", "what", "value", "unit", "target", "verdict")]
    )
    for row in _rows(report, gateway, language):
        writer.writerow([_cell(each) for each in row])
    return out.getvalue()


def _rows(report: Report, gateway: Gateway, language: Language) -> Iterator[list[str | int | float]]:
    def say(key: str) -> str:
        return language.render(Text.of(f"kpi.{key}"))

    found, code = report.figures, language.code
    yield [say("figures"), say("raised"), found.raised, "", "", ""]
    yield [say("figures"), say("operators"), round(found.scope.operators, 2), "", "", ""]
    for one in measures(report):
        yield [say("figures"), say(one.name), round(one.value, 3), one.unit, one.target, say(one.verdict)]
    for priority in found.priorities:
        target, words = round(100 * priority.target), say(f"rank_{priority.rank}")
        yield [say("priorities"), words, round(100 * priority.share, 1), "%", target, say(priority.verdict)]
        share, verdict = round(100 * priority.configured_share, 1), say(priority.configured_verdict)
        yield [say("configured"), words, share, "%", target, verdict]
    for part, responses in (("answered", found.answered), ("on_scene", found.on_scene)):
        for response in responses:
            yield from _response(say(part), response, say, language)
    for part, shares in (("false_rules", found.false_rules), ("false_keys", found.false_keys)):
        name = title_of if part == "false_rules" else name_of
        for each in shares:
            yield [
                say(part),
                name(each.of, gateway, code),
                round(100 * each.share, 1),
                "%",
                "",
                f"{each.not_real}/{each.judged}",
            ]
    for worst in found.worst:
        what = f"{title_of(worst.rule, gateway, code)} · {name_of(worst.key, gateway, code)}"
        cure = " ".join(language.render(each) for each in cures(worst.actor))
        yield [say("worst"), what, worst.actor.raised, "", "", cure]


def _response(
    part: str, response: Response, say: Callable[[str], str], language: Language
) -> Iterator[list[str | int | float]]:
    of = language.render(Text.of(f"alert_heading.{response.of}")) if response.of else say("all")
    yield [part, f"{of} · {say('count')}", response.count, "", "", say(response.verdict)]
    yield [part, f"{of} · {say('median')}", round(response.median, 1), "s", "", ""]
    yield [part, f"{of} · {say('p95')}", round(response.p95, 1), "s", "", ""]
    for each in response.within:
        target = round(100 * each.target, 1) if each.target is not None else ""
        yield [part, f"{of} · ≤ {each.seconds} s", round(100 * each.share, 1), "%", target, ""]


def _cell(value: str | float) -> str | float:
    return harmless(value) if isinstance(value, str) else value
