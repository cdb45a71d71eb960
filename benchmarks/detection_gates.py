"""What must hold of the default ``fusion`` on the recordings that travel here: lines that hold or do not."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

_COOKING = "modelled/cooking"
_ALL_FOUND = ("burner", "furniture", "cable room")
_LEAST_GAIN_S = {"home": 3.0, "furniture": 0.0, "cable room": 0.0}


class Gate(msgspec.Struct, frozen=True):
    what: str
    found: str
    holds: bool


def gates(figures: Mapping[str, Any]) -> Iterator[Gate]:
    """Those that the figures of the scored part say something about."""
    rows = {(row["stratum"], row["rules"]): row for row in figures["strata"]}
    for stratum in _ALL_FOUND:
        if row := rows.get((stratum, "fusion")):
            yield _at_least(f"{stratum}: every fire found by every device", row["found"], row["devices"])
    if home := rows.get(("home", "fusion")):
        yield _at_least("homes: no fewer than the pair", home["found"], rows["home", "pair"]["found"])
    for row in figures["fusion_before_pair"]:
        if (least := _LEAST_GAIN_S.get(row["stratum"])) is not None:
            yield _at_least(f"{row['stratum']}: median gain over the pair, s", row["median_gain_s"], least)
    for row in figures["real_alarms"]:
        if (row["technology"], row["rules"]) == ("photoelectric", "fusion"):
            yield _at_least("photoelectric alarms beaten, %", round(100 * row["beaten"] / row["alarms"], 1), 85)
            yield _at_least("photoelectric alarms beaten, median s", row["median_gain_s"] or 0, 15)
    if office := rows.get(("office", "fusion")):
        yield _at_most("office: false alerts", office["false"], 0)
    nuisances = [row for (name, rules), row in rows.items() if rules == "fusion" and name.startswith("modelled/")]
    if nuisances:
        others = sum(row["false_episodes"] for row in nuisances if row["stratum"] != _COOKING)
        yield _at_most("modelled nuisances with a false alert, of 180", others, 5)
        pair, own = (rows[_COOKING, rules]["false"] for rules in ("pair", "fusion"))
        yield _at_most("modelled cookings: false alerts, a tenth of the pair's", own, pair / 10)


def _at_least(what: str, found: float, least: float) -> Gate:
    return Gate(what, f"{found:g} (at least {least:g})", found >= least)


def _at_most(what: str, found: float, most: float) -> Gate:
    return Gate(what, f"{found:g} (at most {most:g})", found <= most)
