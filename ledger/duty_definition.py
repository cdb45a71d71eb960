"""What a duty of the plan means, in words made of its own data: what counts, how often, and when it is told.

Made and not written, so that a rule that the site file changes says what it is now.
"""

from collections.abc import Iterable, Mapping

from alerts.obligation import Obligation
from devices.message import Name, Text
from ledger.books import Book
from ledger.fields import Field
from ledger.standing_duty import StandingDuty


def definition(rule: Obligation, books: Mapping[str, Book]) -> tuple[Text, ...]:
    """A sentence each."""
    every = Text.of(f"duty_period.{rule.every}")
    said = [Text.of("duty_definition.counts", what=tuple(_evidence(rule, books)))]
    if rule.signed_by:
        said.append(Text.of("duty_definition.signed", signer=_signer(rule, books)))
    key = "most" if rule.IS_LIMIT else "least"
    said.append(Text.of(f"duty_definition.{key}", times=rule.times, every=every))
    if rule.at_most_one_a:
        said.append(Text.of("duty_definition.one_a", part=Text.of(f"duty_period.{rule.at_most_one_a}")))
    if rule.only:
        said.append(Text.of(f"duty_definition.{rule.only}"))
    if rule.warn_h and not rule.IS_LIMIT:
        said.append(Text.of("duty_definition.told", hours=rule.warn_h))
    if rule.tolerance_h and not rule.IS_LIMIT:
        said.append(Text.of("duty_definition.late", hours=rule.tolerance_h))
    return tuple(said)


def definition_of(duty: StandingDuty, titles: Mapping[str, Name], agreed: float) -> tuple[Text, ...]:
    """A sentence each. ``titles`` of rules by name; ``agreed``: the least share of coverage, 0 to 1."""
    said = []
    if duty.rules:
        said.append(Text.of("duty_definition.broken_while", rules=_named(duty.rules, titles)))
    if duty.near:
        said.append(Text.of("duty_definition.near_while", rules=_named(duty.near, titles)))
    if duty.coverage:
        aspect = Text.of(f"coverage.{duty.coverage}")
        said.append(Text.of("duty_definition.covered", aspect=aspect, percent=round(agreed * 100)))
    return tuple(said)


def _signer(rule: Obligation, books: Mapping[str, Book]) -> Name:
    its = (signer for name in rule.books if (book := books.get(name)) is not None for signer in book.signers)
    return next((Name(one.title, one.zh) for one in its if one.name == rule.signed_by), Name(rule.signed_by))


def _named(rules: Iterable[str], titles: Mapping[str, Name]) -> tuple[Name, ...]:
    return tuple(titles.get(rule, Name(rule)) for rule in rules)


def _evidence(rule: Obligation, books: Mapping[str, Book]) -> Iterable[Text]:
    """What counts, each with the values that it must have."""
    for topic in rule.topics:
        workflow, _, step = topic.partition(".")
        book = _of_workflow(workflow, step, books)
        if book is None:
            yield _with(Text.of("duty_definition.topic", topic=topic), rule, None)
            continue
        name = _value(book, "step", step)
        yield _with(Text.of("duty_definition.step", book=Name(book.title, book.zh), step=name), rule, book)
    for each in rule.books:
        book = books.get(each)
        name = Name(book.title, book.zh) if book is not None else Name(each)
        yield _with(Text.of("duty_definition.entry", book=name), rule, book)


def _of_workflow(workflow: str, step: str, books: Mapping[str, Book]) -> Book | None:
    """The book that it writes: called after it, and with that step among its choices."""
    its = (book for name, book in books.items() if name.startswith(workflow.rstrip("s")))
    return next((book for book in its if (field := _field(book, "step")) and step in field.choices), None)


def _with(what: Text, rule: Obligation, book: Book | None) -> Text:
    for name, value in rule.where.items():
        field = _field(book, name)
        title = Name(field.title, field.zh) if field is not None else Name(name)
        what = Text.of("duty_definition.with", what=what, field=title, value=_value(book, name, value))
    return what


def _field(book: Book | None, name: str) -> Field | None:
    return next((field for field in book.fields if field.name == name), None) if book is not None else None


def _value(book: Book | None, name: str, value: str) -> Name:
    field = _field(book, name)
    zh = field.choices.get(value, "") if field is not None else ""
    return Name(value.replace("_", " "), zh)
