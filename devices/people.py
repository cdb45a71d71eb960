"""Who may be behind a signature: an account, a user of the machine, or both."""

import re

_MACHINES_USER = re.compile(r"(?:(?P<account>.*) \(os:(?P<by>.+)\)|os:(?P<alone>.+))\Z", re.DOTALL)


def people(by: str) -> frozenset[str]:
    """Who may be behind ``tom``, ``os:root`` or ``tom (os:root)``: the account, the machine's user."""
    found = _MACHINES_USER.match(by)
    names = [name for name in found.groups() if name] if found is not None else [by]
    return frozenset(name.casefold() for name in names)


def is_of_machine(by: str) -> bool:
    """Whether a user of the machine stands in the signature; no account has such a name."""
    return _MACHINES_USER.match(by) is not None
