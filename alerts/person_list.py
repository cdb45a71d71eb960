"""A list of people as CSV, in and out: every fault by line and field, and the rows in which nothing is wrong.

Cells, encodings and what a spreadsheet would run as a formula are as in a list of devices (devices/device_list.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, get_args

import msgspec

from alerts.person import Certificate, Level, Person
from alerts.personnel import ID, SECRET, certificate_faults, faults_of, trimmed
from devices.device_list import harmless, quoted, rows_of
from devices.errors import Fault
from devices.message import Text
from devices.orders import RowFault

COLUMNS = (
    *("person", "name", "name_zh", "account", "department", "level", "posts", "cards", "language"),
    *(*SECRET, "certificates"),
)
MOST_ROWS = 2_000
_MOST_TOLD, _MOST_CELL = 50, 2_000
_PARTS = ("kind", "number", "issuer", "issued", "review", "expires")
_DATES = ("issued", "review", "expires")
_CHOICES: dict[str, tuple[str, ...]] = {"level": get_args(Level), "language": ("en", "zh")}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a list; ``fields`` without those whose cell is empty; ``number``: of the line it begins on."""

    number: int
    person: str
    fields: dict[str, Any]
    certificates: tuple[Certificate, ...] = ()


def write(people: Iterable[Person]) -> str:
    """The list of these people, without what stands in the ledger alone."""
    columns = [name for name in COLUMNS if name not in SECRET]
    rows = [columns, *([harmless(_cell(person, name)) for name in columns] for person in people)]
    return "".join(",".join(map(quoted, row)) + "\r\n" for row in rows)


def read(lines: Sequence[str]) -> tuple[list[Row], list[Fault]]:
    """Its rows, and what cannot be read."""
    unread: list[RowFault] = []
    rows: list[Row] = []
    faults: list[Fault] = []
    titles: list[str] = []
    content = "\n".join(line.rstrip("\r\n") for line in lines).encode("utf-8", "replace")
    for number, cells in rows_of(content, unread):
        if not titles:
            titles = [cell.strip().lower().lstrip("\ufeff") for cell in cells]
            faults += [(1, title[:40], Text.of("person_list.no_column", known=COLUMNS)) for title in _strange(titles)]
            faults += [(1, title, Text.of("person_list.twice")) for title in COLUMNS if titles.count(title) > 1]
            faults += [(1, "person", Text.of("person_list.needed"))] if "person" not in titles else []
            if faults:
                break
        elif any(cell.strip() for cell in cells):
            if len(rows) >= MOST_ROWS:
                faults.append((number, "", Text.of("person_list.too_many", most=MOST_ROWS)))
                break
            row, wrong = _row(number, dict(zip(titles, cells, strict=False)))
            if len(cells) > len(titles):
                wrong.append((number, "", Text.of("person_list.cells", cells=len(cells), titles=len(titles))))
            rows.append(row)
            faults += wrong
    faults += [(fault.line, fault.column, fault.problem) for fault in unread]
    if not rows and not faults:
        faults.append((0, "", Text.of("person_list.nobody")))
    return rows, faults


def checked(
    found: tuple[list[Row], list[Fault]], known: Mapping[str, Person], ids: Sequence[Sequence[str]], today: date
) -> tuple[list[Row], tuple[Fault, ...]]:
    """The rows in which nothing is wrong, and every fault. ``ids``: departments, posts, kinds of certificates.

    Certificates that a person has already are left out of their row.
    """
    rows, faults = found[0], list(found[1])
    listed: dict[str, Row] = {}
    holders = _holders(rows, known)
    for row in rows:
        own = known.get(row.person)
        if row.person in listed:
            faults.append((row.number, "person", Text.of("person_list.twice")))
        if not ID.fullmatch(row.person):
            faults.append((row.number, "person", Text.of("people.bad_id")))
        elif own is not None and own.left is not None:
            faults.append((row.number, "person", Text.of("people.has_left", person=row.person)))
        fields = row.fields if own is not None else {"name": "", **row.fields}
        keys = [(key, holders.get(key, row.person)) for key in _keys(fields)]
        holding = [_holder(key, one) for key, one in keys if one != row.person]
        faults += [(row.number, name, text) for name, text in faults_of(fields, holding, ids[0], ids[1])]
        new = tuple(each for each in row.certificates if own is None or each not in own.certificates)
        for each in new:
            faults += [(row.number, name, why) for name, why in certificate_faults(each, own, ids[2], today)]
        listed.setdefault(row.person, msgspec.structs.replace(row, certificates=new))
        for key in _keys(row.fields):
            holders.setdefault(key, row.person)
    bad = {row for row, _, _ in faults}
    good = [row for row in listed.values() if row.number not in bad] if not bad & {0, 1} else []
    return good, tuple(sorted(faults, key=lambda fault: fault[0]))


def _keys(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What nobody else may have."""
    accounts = [("account", fields["account"])] if fields.get("account") else []
    return accounts + [("card", card) for card in fields.get("cards", ())]


def _holders(rows: Sequence[Row], known: Mapping[str, Person]) -> dict[tuple[str, str], str]:
    """Who has which account and card and keeps it: nobody to whom the list gives others instead."""
    given = {row.person: row.fields for row in rows}
    found: dict[tuple[str, str], str] = {}
    for name, person in known.items():
        if person.left is None:
            fields = {"account": person.account, "cards": person.cards}
            kept = {key: value for key, value in fields.items() if key not in given.get(name, {})}
            found |= dict.fromkeys(_keys(kept), name)
    return found


def _holder(key: tuple[str, str], one: str) -> Person:
    """That person, as far as it matters who has it."""
    account, cards = (key[1], ()) if key[0] == "account" else ("", (key[1],))
    return Person(id=one, name="", account=account, cards=cards)


def said_of(faults: Sequence[Fault]) -> Text:
    """All of them in one sentence each; of very many the first."""
    told = tuple(_said(fault) for fault in faults[:_MOST_TOLD])
    if len(faults) > _MOST_TOLD:
        return Text.of("person_list.faults_and_more", faults=told, more=len(faults) - _MOST_TOLD)
    return Text.of("person_list.faults", faults=told)


def _said(fault: Fault) -> Text:
    row, column, why = fault
    field = Text.of(f"people.field_{column}") if column in (*COLUMNS, *_PARTS) else column
    if not row:
        return Text.of("people.fault", field=field, why=why) if column else why
    return Text.of("person_list.fault", row=row, field=field, why=why)


def _strange(titles: Sequence[str]) -> Iterator[str]:
    return (title for title in dict.fromkeys(titles) if title not in COLUMNS)


def _row(number: int, cells: Mapping[str, str]) -> tuple[Row, list[Fault]]:
    fields: dict[str, Any] = {}
    faults: list[Fault] = []
    certificates: list[Certificate] = []
    for name, cell in cells.items():
        text = cell.strip()
        if len(text) > _MOST_CELL:
            faults.append((number, name, Text.of("personnel.too_long", most=_MOST_CELL)))
        elif name == "certificates" and text:
            for part in filter(None, map(str.strip, text.split(";"))):
                certificate, wrong = _certificate(part)
                certificates += [certificate] if certificate is not None else []
                faults += [(number, column, why) for column, why in wrong]
        elif name in _CHOICES and text and text not in _CHOICES[name]:
            faults.append((number, name, Text.of("person_list.one_of", known=_CHOICES[name])))
        elif text and name != "person":
            is_list = name in ("posts", "cards")
            fields[name] = trimmed(tuple(text.split(";"))) if is_list else trimmed(text)
    person = cells.get("person", "").strip()
    return Row(number=number, person=person, fields=fields, certificates=tuple(certificates)), faults


def _certificate(text: str) -> tuple[Certificate | None, list[tuple[str, Text]]]:
    """``kind|number|issuer|issued|review|expires``, the end of which may be left out."""
    parts = dict(zip(_PARTS, map(str.strip, text.split("|")), strict=False))
    if not parts.get("kind") or not parts.get("issued") or text.count("|") >= len(_PARTS):
        return None, [("certificates", Text.of("person_list.certificate"))]
    values: dict[str, Any] = {name: part for name, part in parts.items() if part}
    for name in _DATES:
        if name in values:
            try:
                values[name] = date(*map(int, values[name].replace("/", "-").split("-")))
            except (ValueError, TypeError, OverflowError):
                return None, [(name, Text.of("person_list.a_day"))]
    return Certificate(**values), []


def _cell(person: Person, name: str) -> str:
    value = getattr(person, "id" if name == "person" else name)
    if name == "certificates":
        held = [each for each in value if each.withdrawn is None]
        return ";".join(_shown(each) for each in held)
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _shown(certificate: Certificate) -> str:
    return "|".join(str(getattr(certificate, part) or "") for part in _PARTS).rstrip("|")
