"""What a birth told of one address: names, aliases and folders, by which data are understood until the next."""

import msgspec

from devices.codecs.sparkplug.meaning import Sense, is_measured, senses, unit_of
from devices.codecs.sparkplug.wire import Metric
from devices.payloads.not_understood import note_of
from devices.payloads.signal_aliases import normal


class Scope(msgspec.Struct):
    """What a birth told of one address. An alias of a metric that is no signal of ours stands there as None.

    ``was_there``: it lived when its node told everything anew. ``whole``: what the birth told is remembered, and not
    only the ``names`` of an earlier session, which mean the same until the next birth. ``spelled`` are they without
    punctuation and capitals. ``folders`` are the names of instances of templates, ``unread`` those of metrics that
    speak of a danger and are no signal, by alias. ``shared`` are aliases that several metrics have: they tell nothing.
    """

    born: bool = False
    was_there: bool = False
    whole: bool = False
    names: dict[str, Sense] = {}
    spelled: dict[str, Sense] = {}
    aliases: dict[int, Sense | None] = {}
    folders: dict[int, str] = {}
    unread: dict[int, str] = {}
    shared: frozenset[int] = frozenset()
    shape: tuple[tuple[str, int | None, int, str, bool], ...] = ()
    """What of the birth all this follows from: name, alias, datatype, unit, whether it is a template."""

    def without_aliases(self, *, was_there: bool = False) -> "Scope":
        return Scope(was_there=was_there, names=self.names, spelled=self.spelled)

    @property
    def size(self) -> int:
        return max(len(self.names), len(self.aliases))


def told_by(metrics: list[Metric], before: Scope | None = None) -> Scope:
    """What a birth tells. An alias that several metrics have (a library that writes 0 where there is none) is none.

    Mostly it is what the birth ``before`` told.
    """
    shape = tuple([(m.name, m.alias, datatype_of(m), unit_of(m.properties), bool(m.template)) for m in metrics])
    if before is not None and before.whole and before.shape == shape:
        return before
    names = senses((name, datatype, unit) for name, _, datatype, unit, _ in shape)
    spelled: dict[str, Sense] = {}
    twice: set[str] = set()
    for name, sense in names.items():
        if spelled.setdefault(normal(name), sense) is not sense:
            twice.add(normal(name))
    for name in twice:
        del spelled[name]
    of_alias: dict[int, str] = {}
    shared: set[int] = set()
    for metric in metrics:
        if metric.alias is not None and of_alias.setdefault(metric.alias, metric.name) != metric.name:
            shared.add(metric.alias)
    aliases = {alias: names.get(name) for alias, name in of_alias.items() if alias not in shared}
    folders = {m.alias: m.name for m in metrics if m.template and m.alias is not None and m.alias not in shared}
    unread = {
        alias: of_alias[alias]
        for alias, sense in aliases.items()
        if sense is None and is_measured(of_alias[alias]) and note_of(of_alias[alias], True) is not None
    }
    return Scope(True, False, True, names, spelled, aliases, folders, unread, frozenset(shared), shape)


def datatype_of(metric: Metric) -> int:
    """As told, or as the field that holds the value suggests: Boolean, Double, String, UInt64."""
    for kind, datatype in ((bool, 11), (float, 10), (str, 12)):
        if not metric.datatype and isinstance(metric.value, kind):
            return datatype
    return metric.datatype or 8
