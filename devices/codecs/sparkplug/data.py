"""What the metrics of a message say, by what a birth told of them, or as far as they speak for themselves."""

import msgspec

from devices.codec import Report
from devices.codecs.sparkplug.meaning import Sense, apart, fault_of, is_doubtful, is_measured, senses, unit_of, value_of
from devices.codecs.sparkplug.scope import Scope, datatype_of
from devices.codecs.sparkplug.wire import Metric, Payload
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.not_understood import Note, note_of
from devices.payloads.signal_aliases import normal
from devices.payloads.source_time import instant_of
from devices.reading import Instant, Value
from devices.signals import SIGNALS, base_name

Found = list[tuple[Instant | None, str, Value]]


def data(
    where: str, scope: Scope, payload: Payload, problems: list[Reason], notes: list[Note]
) -> tuple[list[Report], bool]:
    """What changed, and whether an alias was strange. Without a birth the message's own names must do."""
    if not scope.whole and not scope.names:
        told = ((m.name, datatype_of(m), unit_of(m.properties)) for m in payload.metrics if m.name)
        scope = Scope(born=scope.born, names=senses(told))
    for metric in payload.metrics:
        if metric.within is not None and metric.within in scope.folders:
            metric.name = f"{scope.folders[metric.within]}/{metric.name}"
        elif metric.within is not None and metric.alias is None:
            metric.alias, metric.name = metric.within, ""  # a member of who knows what
    values, past, is_strange = values_of(scope, payload, problems, notes)
    return [*in_time(where, past, snapshot=True), *in_time(where, values, snapshot=False)], is_strange


def values_of(scope: Scope, payload: Payload, problems: list[Reason], notes: list[Note]) -> tuple[Found, Found, bool]:
    """What the metrics say now, what they said in the past, and whether one has an alias that no birth told."""
    live: Found = []
    past: Found = []
    is_strange = False
    for metric in payload.metrics:
        if not metric.name and metric.alias in scope.shared:
            problems.append(Text.of("sparkplug.shared_alias", alias=metric.alias or 0))
            continue
        if not metric.name and metric.alias not in scope.aliases:
            is_strange = is_strange or (metric.alias is not None and (scope.whole or not scope.born))
            problems.append(Text.of("sparkplug.no_birth", alias=metric.alias or 0))
            continue
        sense = _sense(scope, metric)
        if metric.is_null or metric.value is None:
            continue
        if sense is None:
            name = metric.name or scope.unread.get(metric.alias or 0, "")
            note = note_of(name, metric.value) if name and is_measured(name) else None
            notes += [note] if note is not None else []
            continue
        if fault_of(sense):
            continue
        if not scope.whole and not sense.unit and SIGNALS[base_name(sense.signal)].python_type is float:
            problems.append(Text.of("sparkplug.waits", name=repr(metric.name[:60])))
            continue
        try:
            value = value_of(sense, metric.value)
        except MalformedMessage as error:
            problems.append(error.text)
            continue
        at = time_of(metric.timestamp or payload.timestamp, problems)
        if is_doubtful(metric.properties) and value is not True:
            notes.append(
                Note(
                    Text.of("sparkplug.bad_quality", signal=sense.signal),
                    is_calm=not SIGNALS[base_name(sense.signal)].alarm,
                )
            )
            continue
        if not metric.is_historical:
            live.append((at, sense.signal, value))
        elif at is not None:
            past.append((at, sense.signal, value))
    return live, past, is_strange


def _sense(scope: Scope, metric: Metric) -> Sense | None:
    """What the metric is: by the birth's name, else by its alias, else by a name that differs in punctuation alone.

    Libraries send data with the name, the alias or both, and not all send the name as the birth had it. One that the
    birth did not tell speaks for itself.
    """
    known = scope.aliases.get(metric.alias) if metric.alias is not None else None
    sense = (scope.names.get(metric.name) if metric.name else None) or known
    if sense is None and metric.name:
        sense = scope.spelled.get(normal(metric.name))
    if sense is None and metric.name:
        sense = senses([(metric.name, datatype_of(metric), unit_of(metric.properties))]).get(metric.name)
        taken = {known.signal for known in scope.names.values()}
        alike = {base_name(signal) for signal in taken}
        sense = apart(metric.name, sense, taken) if sense is not None and base_name(sense.signal) in alike else sense
    if sense is not None and metric.datatype not in (0, sense.datatype):
        return msgspec.structs.replace(sense, datatype=metric.datatype)
    return sense


def in_time(where: str, found: Found, *, snapshot: bool) -> list[Report]:
    """A report for each instant, in the order in which they were sent."""
    instants: dict[Instant | None, list[tuple[str, Value]]] = {}
    for at, signal, value in found:
        instants.setdefault(at, []).append((signal, value))
    return [Report(where, tuple(values), at, snapshot) for at, values in instants.items()]


def time_of(milliseconds: int | None, problems: list[Reason]) -> Instant | None:
    try:
        return instant_of(milliseconds) if milliseconds else None
    except MalformedMessage as error:
        problems.append(error.text)
        return None
