"""The systems of a plan: what each consists of, as one file each says it (``presets/<plan>.<id>.system.toml``).

A system names what is there already (books, workflows, duties by their clause, kinds of devices) and what whoever
inspects it asks for first. Another county's system is another file; a site without a plan has none.
"""

from functools import cache
from importlib.resources import files

import msgspec

from ledger.fields import Table

_ENDING = ".system.toml"
OF_ITSELF = ("fault", "tamper", "supervisory")


class Wanted(Table, frozen=True, kw_only=True):
    """What is asked for first. Exactly one of ``book``, ``duty`` and ``workflow`` shows it.

    ``book``: its newest entry whose fields say what ``where`` says, ``within_days`` old at most (0: however old).
    ``duty``: how that one stands. ``workflow``: a case of it is open, as a register has.
    """

    title: str
    zh: str
    book: str = ""
    where: dict[str, str] = {}
    within_days: float = 0
    duty: str = ""
    workflow: str = ""


class System(Table, frozen=True, kw_only=True):
    """One system, or a further part of the plan (``is_system`` false), which has no written rule of its own.

    ``clause``: the plan's; its duties are those whose clause is that, of a part with one letter those that begin so.
    ``rule``: the case of its written rule.
    ``posts``: what the site's posts are for (their ``role``), ``bodies``: kinds of bodies in the book of organisations,
    ``answers``: workflows each of whose cases names who is responsible.
    ``device_kinds``, ``device_tags``: a device belongs to it by either. ``alert_classes``: of any device,
    ``device_alerts``: of its own alone; the rules of its duties and workflows belong to it by themselves.
    ``hazards``: the categories that it answers for.
    """

    plan: str
    id: str
    clause: str
    title: str
    zh: str
    about: str
    about_zh: str
    is_system: bool = True
    rule: str = ""
    books: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    device_kinds: tuple[str, ...] = ()
    device_tags: tuple[str, ...] = ()
    alert_classes: tuple[str, ...] = ()
    device_alerts: tuple[str, ...] = OF_ITSELF
    hazards: tuple[str, ...] = ()
    first: tuple[Wanted, ...] = ()

    def has_clause(self, clause: str) -> bool:
        """Whether a duty of that clause is one of its own."""
        return clause == self.clause or (len(self.clause) == 1 and clause.startswith(self.clause))

    def has_device(self, kind: str, tags: tuple[str, ...]) -> bool:
        """Whether such a device belongs to it."""
        return kind in self.device_kinds or not set(tags).isdisjoint(self.device_tags)


@cache
def systems_of(plan: str) -> tuple[System, ...]:
    """All of that plan, the systems first, each in the order of its clause."""
    found = (
        msgspec.toml.decode(file.read_text(encoding="utf-8"), type=System)
        for file in files("ledger").joinpath("presets").iterdir()
        if file.name.endswith(_ENDING)
    )
    mine = (system for system in found if system.plan == plan)
    return tuple(sorted(mine, key=lambda system: (not system.is_system, system.clause or "~", system.id)))
