"""Rules tried on what a site has stored, by several processes that share its areas."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec

from alerts.rule import Rule
from alerts.trial.recording import Moment, Recording, Setting, interleaved
from alerts.trial.replay import Replay, Story, replayed
from alerts.trial.report import Report
from alerts.trial.shards import joined, rules_in, shards
from alerts.trial.trial import report_of
from devices.device_directory import DeviceDirectory
from devices.errors import KeyareaError, StoreUnavailable
from devices.families import families_of_panels
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.site.calendar import schedules_of
from gateway.site.device_checks import check_of
from gateway.site.model import Site
from gateway.site.workflow_tables import site_facts
from gateway.stores.installation import Installation
from gateway.stores.recorded_events import RecordedEvents, recorded_events
from gateway.stores.records_read import RecordsReader
from gateway.stores.series_opening import FILE_NAME
from gateway.stores.series_reader import SeriesReader

WARM_UP: Instant = 3600 * SECOND
"""So long before the span a trial begins, so that windows are full and devices have been heard."""
_SAMPLE = 40_000
"""Readings on which the speed of each kind is measured."""
Rules = Sequence[Rule[Any]]
OnProgress = Callable[[float], None]
"""Told how much of the trial is done, 0 to 1."""


class Job(msgspec.Struct, frozen=True):
    """What one process tries: every set of rules on the devices of one part of the site."""

    file: Path
    sets: tuple[tuple[Rule[Any], ...], ...]
    setting: Setting
    moments: tuple[Moment, ...]
    since: Instant
    until: Instant

    def stories(self, progress: Callable[[Instant], None]) -> list[Story]:
        """Raises StoreUnavailable."""
        reader = SeriesReader(self.file)
        with contextlib.closing(reader):
            devices = {device.id for device in self.setting.devices}
            pieces = reader.readings(devices, self.since - WARM_UP, self.until)
            told = interleaved(pieces, self.moments)
            span, begin = (self.since, self.until), self.since - WARM_UP
            return replayed(self.sets, self.setting, told, span, begin, progress)


class Trial(msgspec.Struct, frozen=True):
    """What came of it; ``kept_since``: modes, facts and records of before are kept no longer, None where all are."""

    report: Report
    jobs: tuple[Job, ...]
    kept_since: Instant | None = None


def setting_of(site: Site, records: RecordsReader, events: RecordedEvents) -> Setting:
    """Where the rules of that site work: its areas, and the devices that are installed today."""
    installed, _ = Installation(records.documents).installed(site.devices).checked(check_of(site))
    devices = installed.devices()
    return Setting(
        devices,
        {area.id: events.modes.get(area.id, area.mode) for area in site.areas},
        schedules_of(site),
        {area.id: area.modes for area in site.areas},
        DeviceDirectory(devices, 0).behind_panels(families_of_panels()),
        site_facts(site),
    )


def try_rules(
    running: Rules,
    site: Site,
    folder: Path,
    records: RecordsReader,
    span: tuple[Instant, Instant],
    processes: int = 2,
    on_progress: OnProgress = lambda _done: None,
) -> Trial:
    """The rules of ``site`` beside those that are ``running``, over what was stored in that ``span`` of time.

    Raises StoreUnavailable where there is nothing to read.
    """
    since, until = span
    modes = {area.id: area.mode for area in site.areas}
    events = recorded_events(records, modes, since - WARM_UP, until)
    whole, file = setting_of(site, records, events), folder / FILE_NAME
    tried = site.rules
    sets = [tried] if _by_name(running) == _by_name(tried) else [running, tried]
    reader = SeriesReader(file)
    with contextlib.closing(reader):
        weights = reader.counts()
    parts = shards([*running, *tried], whole, weights, processes)
    jobs = [
        Job(
            file,
            tuple(tuple(rules_in(rules, part, is_first=not place, whole=whole)) for rules in sets),
            part,
            events.moments,
            *span,
        )
        for place, part in enumerate(parts)
    ]
    told = _all(jobs, since - WARM_UP, on_progress)
    joint = [joined([stories[place] for stories in told]) for place in range(len(sets))]
    findings = tuple(finding for finding in events.findings if finding.since >= since)
    report = report_of(joint, tried, Recording(whole, (), since, until, findings))
    return Trial(report, tuple(jobs), events.kept_since)


def _by_name(rules: Rules) -> dict[str, Rule[Any]]:
    return {rule.name: rule for rule in rules}


def speeds(job: Job, rules: Rules, monotonic: Callable[[], float]) -> Iterator[tuple[str, float]]:
    """Readings a second of each kind of rule alone, on the first readings of the job, and "" for all of them."""
    reader, sample = SeriesReader(job.file), []
    with contextlib.closing(reader):
        for piece in reader.readings({device.id for device in job.setting.devices}, job.since, job.until):
            sample += piece
            if len(sample) >= _SAMPLE:
                break
    kinds = sorted({str(type(rule).__struct_config__.tag) for rule in rules})
    for kind in (*kinds, ""):
        its = [rule for rule in rules if kind in ("", str(type(rule).__struct_config__.tag))]
        replay = Replay(its, job.setting, job.since)
        begun = monotonic()
        replay.hear(sample)
        yield kind, len(sample) / max(monotonic() - begun, 1e-9)


def _all(jobs: Sequence[Job], begun: Instant, on_progress: OnProgress) -> list[list[Story]]:
    """The first by this process, which has all in memory that a new one must load; each other by one of its own."""
    context = get_context("spawn")
    workers: list[BaseProcess] = []
    pipes: list[Connection] = []
    try:
        for job in jobs[1:]:
            ours, theirs = context.Pipe(duplex=False)
            worker: BaseProcess = context.Process(target=_work, args=(theirs, job), daemon=True)
            worker.start()
            theirs.close()
            pipes.append(ours)
            workers.append(worker)
        others = _Others(pipes, begun)
        span = max(jobs[0].until - begun, 1)

        def told(at: Instant) -> None:
            others.hear(timeout=0)
            on_progress(sum(each - begun for each in (at, *others.done.values())) / span / len(jobs))

        own = jobs[0].stories(told)
        while others.waited_for:
            others.hear(timeout=None)
            told(jobs[0].until)
        return [own, *(others.found[pipe] for pipe in pipes)]
    finally:
        for started in workers:
            started.terminate()
            started.join()


class _Others:
    """What the processes beside this one have said: how far each is, and what came of it."""

    def __init__(self, pipes: Sequence[Connection], begun: Instant) -> None:
        self.waited_for = list(pipes)
        self.done: dict[Connection, Instant] = dict.fromkeys(pipes, begun)
        self.found: dict[Connection, list[Story]] = {}

    def hear(self, timeout: float | None) -> None:
        """All that they have said by now; at least one word where there is no ``timeout``. Raises what one died of."""
        while self.waited_for and (spoken := wait(self.waited_for, timeout)):
            timeout = 0
            for pipe in spoken:
                assert isinstance(pipe, Connection)
                try:
                    told = pipe.recv()
                except EOFError:
                    raise StoreUnavailable(Text.of("rule_trial.died")) from None
                if isinstance(told, KeyareaError):
                    raise told
                if isinstance(told, list):
                    self.found[pipe] = told
                    self.waited_for.remove(pipe)
                else:
                    self.done[pipe] = told


def _work(pipe: Connection, job: Job) -> None:
    """The body of a process. What it says: how far it is, then the stories, or why there are none."""
    try:
        pipe.send(job.stories(pipe.send))
    except KeyareaError as error:
        pipe.send(error)
