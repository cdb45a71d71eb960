"""A register of people that answers as that of a site does, with whom a test names."""

from collections.abc import Mapping
from typing import Any

from alerts.case import Case
from alerts.facts import CERTIFIED, PEOPLE_IN, PERSON_OF
from alerts.person import Person
from alerts.workflow import Workflow


class Register(Workflow[Case]):
    """Nobody asks it for anything but who is who."""

    name, book, case = "register", "", Case

    def __init__(self, *people: Person) -> None:
        super().__init__()
        known = {person.id: person for person in people}

        def person_of(about: Mapping[str, Any], *_rest: Any) -> Person | None:
            wanted = next(iter(about.values()))
            return next((one for one in people if wanted in (one.id, one.account, *one.cards)), None)

        self.provides = {
            PERSON_OF: person_of,
            PEOPLE_IN: lambda about, *_rest: tuple(one for one in people if _is_in(one, about)),
            CERTIFIED: lambda about, *_rest: known[about["person"]].is_certified(about["kind"], about["on"]),
        }


def _is_in(one: Person, about: Mapping[str, Any]) -> bool:
    return about.get("post") in (None, *one.posts) and about.get("department") in (None, one.department)
