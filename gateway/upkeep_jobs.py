"""What is done every few seconds while the gateway runs, each by its name; gateway/upkeep.py does it."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.agreements_count import AgreementsCount
from gateway.attachment_upkeep import AttachmentUpkeep
from gateway.erasure import RetentionOfValues
from gateway.foundation import Foundation
from gateway.leavers import Leavers
from gateway.own_devices import ACCOUNTS, CALENDAR, CHANNELS, HISTORY, NEXT_YEAR, READINGS, RECORDS
from gateway.self_monitoring import SelfMonitoring
from gateway.site.calendar import calendar_of, year_wanting
from gateway.site.model import Site
from gateway.stores.documents import CASES, Documents
from gateway.stores.runs import Runs
from gateway.stores.scrub import wipe
from gateway.stores.series_opening import put_aside_before, upkeep_of
from gateway.stores.series_sqlite import SeriesSqlite
from gateway.upkeep import Job, hourly, retention, told_when_changed
from gateway.workflow_parts import rules_of, workflows_of

_DAY = 86_400 * SECOND


def jobs(
    foundation: Foundation,
    folder: Path,
    monitoring: SelfMonitoring,
    states: Mapping[str, str],
    *,
    forecast: Job,
    obligations: Job,
    kpi: Job,
    channels: Callable[[], Text | None],
) -> dict[str, Job]:
    """``states`` of the parts, as the supervisor keeps them; ``forecast`` looks at the devices.

    ``channels``: which of them can tell nobody, and why.
    """
    stores, fault = foundation.stores, monitoring.part_is
    records = stores.records
    values = RetentionOfValues(records, stores.books, stores.runs, foundation.inbox.put)
    attachments = AttachmentUpkeep(stores.attachments, records, stores.opened.evidence)
    agreements = AgreementsCount(records, foundation.site.time_zone, foundation.inbox.put)
    leavers = Leavers(stores.users, records, calendar_of(foundation.site), foundation.clock.now)
    series, keep = stores.series, foundation.site.storage.keep_readings_days * _DAY
    site, is_used = foundation.site, partial(holidays_are_counted, foundation.site, records.documents)
    year_wanted, next_wanted = (
        year_wanting(site, foundation.clock.now, rules_of(site, {}), is_used, is_ahead=ahead) for ahead in (False, True)
    )

    def say_next(wanted: Text | None) -> None:
        monitoring.say(f"part:{NEXT_YEAR}", fault=wanted is not None)

    return {
        "records": told_when_changed(stores.opened.evidence.look, partial(fault, RECORDS)),
        "accounts": stores.opened.accounts.keep,
        "leavers": told_when_changed(leavers.look, partial(fault, ACCOUNTS)),
        "readings": upkeep_of(series, folder) if isinstance(series, SeriesSqlite) else series.upkeep,
        "damage": told_when_changed(partial(put_aside_before, folder), partial(fault, READINGS)),
        "runs": partial(_note_run, stores.runs, states),
        "retention": hourly(foundation.clock, retention(stores.runs, series, keep)),
        "values": hourly(foundation.clock, values.look),
        "attachments": hourly(foundation.clock, attachments.look),
        "agreements": agreements.look,
        "signatures": stores.signatures.look,
        "wipe": lambda _now: wipe(records.database, records.documents, stores.opened.evidence),
        "survey": forecast,
        "obligations": obligations,
        "kpi": kpi,
        "history": told_when_changed(monitoring.history, partial(fault, HISTORY)),
        "channels": told_when_changed(channels, partial(fault, CHANNELS)),
        "calendar": told_when_changed(year_wanted, partial(fault, CALENDAR)),
        "next_year": told_when_changed(next_wanted, say_next),
    }


def _note_run(runs: Runs, states: Mapping[str, str], now: Instant) -> None:
    if states.get("pipeline") == "up":
        runs.note(now)


def holidays_are_counted(site: Site, documents: Documents) -> bool:
    """Whether a workflow to which a holiday makes a difference is set up by the site file, or was used ever."""
    names = [flow.name for flow in workflows_of(site) if flow.counts_holidays]
    return any(name in site.workflows or documents.has_any(f"{CASES}{name}") for name in names)
