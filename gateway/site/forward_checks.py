"""What the receiving centres of a site file must hold: where they are, what can be said to them, and soon enough."""

from collections.abc import Iterator, Mapping

from alerts.forwarding.conditions import conditions_of
from devices.families import centre_families
from gateway.site.centre_address import address_of
from gateway.site.fault import Fault, Path, found, one_of
from gateway.site.line_checks import unknown, word
from gateway.site.model import Site
from gateway.site.outside import Forwarding
from gateway.site.shape import table_faults

LONGEST_ANSWER_S = 8
"""So that a fire is at the centre within 10 s with one resend included (GB 26875.1-2011, 4.1.1)."""
_MOST_PARTITION, _MOST_ZONE = 99, 999
"""What Contact ID has room for; the other protocols have more."""


def forward_faults(site: Site) -> Iterator[Fault]:
    """Everything that is wrong with the centres of a site of the right shape."""
    areas = {area.id for area in site.areas}
    names: set[str] = set()
    for index, centre in enumerate(site.forwarding):
        path: Path = ("forwarding", index)
        yield from word(centre.name, (*path, "name"))
        if centre.name in names:
            yield Fault((*path, "name"), f"{centre.name!r} is used twice: an earlier centre has that name already")
        names.add(centre.name)
        yield from _family(centre, path)
        yield from _addresses(centre, path)
        yield from _times(centre, path)
        yield from _numbers(centre.areas, _MOST_PARTITION, (*path, "areas"))
        yield from _numbers(centre.zones, _MOST_ZONE, (*path, "zones"))
        yield from _numbers(centre.users, _MOST_ZONE, (*path, "users"))
        speaks = centre_families().get(centre.family)
        if centre.openings and speaks is not None and "opening" not in speaks.conditions:
            yield Fault((*path, "openings"), f"{centre.family} has no words for openings and closings")
        for area in centre.areas:
            if area not in areas:
                yield unknown("area", area, areas, (*path, "areas", area), "areas", area)


def _family(centre: Forwarding, path: Path) -> Iterator[Fault]:
    known = centre_families()
    if centre.family not in known:
        said = f"{centre.family[:60]!r} is not spoken to a receiving centre; those that are: {one_of(sorted(known))}"
        yield Fault((*path, "family"), said)
        return
    speaks = known[centre.family]
    yield from table_faults(centre.options, speaks.options, (*path, "options"))
    for place, alert_class in enumerate(centre.classes):
        if not conditions_of(alert_class) & set(speaks.conditions):
            yield Fault((*path, "classes", place), f"{centre.family} has no words for {alert_class}")


def _addresses(centre: Forwarding, path: Path) -> Iterator[Fault]:
    for key in ("primary", "secondary"):
        text = getattr(centre, key)
        if (text or key == "primary") and address_of(text) is None:
            yield Fault((*path, key), f"must be an address like 'tcp://arc.example:9009'; found {found(text)}")
    if centre.secondary and centre.secondary == centre.primary:
        yield Fault((*path, "secondary"), "the same way twice is one way: what cuts one off cuts off the other")


def _times(centre: Forwarding, path: Path) -> Iterator[Fault]:
    for key, least, most in (
        ("answer_within_s", 0.2, LONGEST_ANSWER_S),
        ("supervision_s", 1, 7_200),
        ("test_every_h", 0, 24 * 31),
    ):
        value = getattr(centre, key)
        if not least <= value <= most:
            yield Fault((*path, key), f"must be {least:g} to {most:g}; found {value:g}")
    if not 1 <= centre.resends <= 10:
        yield Fault((*path, "resends"), f"must be 1 to 10; found {centre.resends}")


def _numbers(numbers: Mapping[str, int], most: int, path: Path) -> Iterator[Fault]:
    seen: dict[int, str] = {}
    for name, number in numbers.items():
        if not 1 <= number <= most:
            yield Fault((*path, name), f"must be 1 to {most}; found {number}")
        elif seen.setdefault(number, name) != name:
            yield Fault((*path, name), f"{number} is {seen[number]!r} already: the centre could not tell the two apart")
