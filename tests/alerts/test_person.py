"""Certificates count from the day they were issued to the last before they are over, reviewed late, or withdrawn."""

from datetime import date

import pytest

from alerts.person import Certificate, Person

_ISSUED, _LAST = date(2026, 2, 1), date(2028, 2, 29)


@pytest.mark.parametrize(
    ("certificate", "day", "counts"),
    [
        (Certificate(kind="k", issued=_ISSUED), date(2026, 1, 31), False),
        (Certificate(kind="k", issued=_ISSUED), _ISSUED, True),
        (Certificate(kind="k", issued=_ISSUED), date(2126, 1, 1), True),
        (Certificate(kind="k", issued=_ISSUED, expires=_LAST), _LAST, True),
        (Certificate(kind="k", issued=_ISSUED, expires=_LAST), date(2028, 3, 1), False),
        (Certificate(kind="k", issued=_ISSUED, expires=date(2032, 2, 1), review=_LAST), _LAST, True),
        (Certificate(kind="k", issued=_ISSUED, expires=date(2032, 2, 1), review=_LAST), date(2028, 3, 1), False),
        (Certificate(kind="k", issued=_ISSUED, withdrawn=date(2026, 5, 1)), date(2026, 4, 30), True),
        (Certificate(kind="k", issued=_ISSUED, withdrawn=date(2026, 5, 1)), date(2026, 5, 1), False),
    ],
)
def test_days_on_which_a_certificate_counts(certificate: Certificate, day: date, counts: bool) -> None:
    assert certificate.counts_on(day) is counts
    assert Person(id="li", name="Li", certificates=(certificate,)).is_certified("k", day) is counts
    assert not Person(id="li", name="Li", certificates=(certificate,)).is_certified("another", day)
    assert not Person(id="li", name="Li", certificates=(certificate,), left=day).is_certified("k", day)


def test_who_leaves_is_here_until_the_day_before() -> None:
    person = Person(id="li", name="Li", left=date(2026, 3, 1))
    assert person.is_here(date(2026, 2, 28))
    assert not person.is_here(date(2026, 3, 1))
