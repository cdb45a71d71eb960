"""The duties that a plan brings: ``presets/<plan>.duties.toml``.

Those that are counted are tables as a site file writes a rule, of ``kind`` obligation unless they say limit; those that
stand (ledger/standing_duty.py) name the rules that watch them.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.obligation import Obligation
from ledger.standing_duty import StandingDuty


@cache
def _tables(plan: str) -> dict[str, Any]:
    text = files("ledger").joinpath(f"presets/{plan}.duties.toml").read_text(encoding="utf-8")
    tables: dict[str, Any] = msgspec.toml.decode(text)
    return tables


@cache
def duties_of(plan: str) -> tuple[Obligation, ...]:
    """All of that plan that are counted, in the order of their clauses; those whose kind is gone are left out."""
    made = kinds()
    tables = ({"kind": "obligation", **table} for table in _tables(plan)["rules"])
    return tuple(msgspec.convert(table, made[table["kind"]]) for table in tables if table["kind"] in made)


@cache
def standing_of(plan: str) -> tuple[StandingDuty, ...]:
    """All of that plan that stand, in the order of their clauses."""
    return tuple(msgspec.convert(table, StandingDuty) for table in _tables(plan)["standing"])
