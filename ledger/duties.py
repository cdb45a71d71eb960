"""The obligations that a plan brings: ``presets/<plan>.duties.toml``, each a table as a site file writes a rule."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.obligation import Obligation


@cache
def duties_of(plan: str) -> tuple[Obligation, ...]:
    """All of that plan, in the order of their clauses."""
    text = files("ledger").joinpath(f"presets/{plan}.duties.toml").read_text(encoding="utf-8")
    kind: Any = kinds()["obligation"]
    return tuple(msgspec.convert(table, kind) for table in msgspec.toml.decode(text)["rules"])
