"""Which rules are at work: the last version of each that the records hold, beside what the site file says now.

The kernel keeps a RuleInForce for each rule of the site, so a start goes on with what was approved. A rule of the file
that is as it was when it was decided about last changes nothing. One that is not is looked at anew: in classes other
than fire, gas and hold-up, or where it can only add or hasten alarms, it runs; otherwise it waits for approval, and
both run until then, under one alert: whichever alarms first counts. A change of words alone does not run twice.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.rule_comparison import Difference, difference, is_guarded
from devices.reading import Instant

RULES = "rules"
"""The kernel's service that keeps them; the id of a case is the name of its rule."""
_OTHER = "@file"


class RuleInForce(Case, frozen=True, kw_only=True):
    """One rule as it is at work since ``since``: version ``number``; ``change``: the case that it was decided in.

    ``rule``: its parameters as a site file writes them, None if it was removed. ``in_file``: what the site file said
    when it was decided about last. ``candidate``: of the file, runs as well until somebody decides.
    """

    rule: dict[str, Any] | None
    number: int
    since: Instant
    change: str = ""
    in_file: dict[str, Any] | None = None
    candidate: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        for table in (self.rule, self.in_file, self.candidate):
            made(table)


class Decided(msgspec.Struct, frozen=True):
    """What becomes of one rule at a start. ``before``: as it is kept; ``file``: as the site file has it now."""

    name: str
    before: RuleInForce | None
    file: Rule[Any] | None
    what: Literal["same", "runs", "waits"]
    difference: Difference

    @property
    def running(self) -> Rule[Any] | None:
        """The version that counts."""
        return self.file if self.what == "runs" or self.before is None else made(self.before.rule)

    @property
    def candidate(self) -> Rule[Any] | None:
        """The version that runs beside it."""
        if self.what == "same":
            return made(self.before.candidate) if self.before is not None else None
        return self.file if self.what == "waits" and self.difference is Difference.WAITS else None


def made(table: Mapping[str, Any] | None) -> Rule[Any] | None:
    """The rule that these parameters describe. Raises ValueError for a kind that there is not, or what it refuses."""
    if table is None:
        return None
    kind = kinds().get(str(table.get("kind")))
    if kind is None:
        raise ValueError(f"there is no rule kind like {str(table.get('kind'))[:60]!r}")
    found: Rule[Any] = msgspec.convert(table, kind)
    return found


def table_of(rule: Rule[Any] | None) -> dict[str, Any] | None:
    """Its parameters as plain values: what is stored."""
    return None if rule is None else msgspec.json.decode(msgspec.json.encode(rule))


def other_name(name: str) -> str:
    """The name under which the other version of a rule runs."""
    return name.removesuffix(_OTHER) if name.endswith(_OTHER) else f"{name}{_OTHER}"


def own_name(name: str) -> str:
    """The name of the rule, whichever of its versions this is: that of its alert."""
    return name.removesuffix(_OTHER)


def is_reserved(name: str) -> bool:
    """Whether no rule may be called so."""
    return name.endswith(_OTHER) or name.startswith(("gateway-", "workflow:"))


def decide(file: Sequence[Rule[Any]], kept: Mapping[str, RuleInForce]) -> list[Decided]:
    """What becomes of every rule, those of the file first, in its order."""
    of_file = {rule.name: rule for rule in file}
    return [_decided(name, of_file.get(name), kept.get(name)) for name in dict.fromkeys((*of_file, *kept))]


def _decided(name: str, file: Rule[Any] | None, before: RuleInForce | None) -> Decided:
    if before is None:
        return Decided(name, None, file, "runs", Difference.ADDS)
    running = made(before.rule)
    found = difference(running, file)
    if found is not Difference.NONE and file == made(before.in_file):
        return Decided(name, before, file, "same", found)
    if found is Difference.NONE:
        is_known = table_of(file) == before.in_file and before.candidate is None
        return Decided(name, before, file, "same" if is_known else "runs", found)
    waits = is_guarded(running, file) and found is not Difference.ADDS
    return Decided(name, before, file, "waits" if waits else "runs", found)


def at_work(file: Sequence[Rule[Any]], kept: Mapping[str, RuleInForce]) -> list[Rule[Any]]:
    """Every rule that runs, each other version under its own name."""
    found: list[Rule[Any]] = []
    for each in decide(file, kept):
        running, candidate = each.running, each.candidate
        found += [running] if running is not None else []
        found += [replace(candidate, name=other_name(candidate.name))] if candidate is not None else []
    return found


def next_version(
    before: RuleInForce | None, rule: Rule[Any] | None, name: str, now: Instant, **fields: Any
) -> RuleInForce:
    """The next version of a rule; what the file said stays, unless ``in_file`` is among the fields."""
    number = before.number + 1 if before is not None else 1
    fields = {"in_file": before.in_file if before is not None else None, **fields}
    return RuleInForce(id=name, rule=table_of(rule), number=number, since=now, **fields)


def kept_in(cases: Mapping[tuple[str, str], bytes]) -> dict[str, RuleInForce]:
    """The versions at work among stored cases, by the name of the rule.

    What cannot be read is left out, so the site file's rule runs; the kernel makes a fault of it.
    """
    found: dict[str, RuleInForce] = {}
    for (workflow, name), content in cases.items():
        if workflow == RULES:
            with suppress(ValueError, msgspec.DecodeError):
                found[name] = msgspec.json.decode(content, type=RuleInForce)
    return found
