"""``keyarea ledger``: verify, export and show the patrol ledger. The gateway may go on running meanwhile."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn

from api import client
from devices.errors import ChainBroken, KeyareaError
from gateway import clock
from gateway.cli_client import client_of
from gateway.settings import DATA_HELP, Settings
from gateway.stores.books import read_books
from gateway.stores.database import Database
from gateway.stores.documents import Documents
from gateway.stores.folder import FolderLock
from gateway.stores.ledger_export import Values, lines_of
from gateway.stores.records_read import RecordsReader, sites_of
from gateway.stores.scrub import wipe
from gateway.stores.witness import FILE_NAME as WITNESS
from gateway.stores.witness import Witness, sites_in
from gateway.terminal import in_words, spoken, told
from ledger.books import Book
from ledger.chain import Head, verify
from ledger.entry import Entry
from ledger.export import ends_at, read_entries, read_header
from ledger.in_words import entry_in_words, signers, title_of
from ledger.masking import masked
from ledger.timestamp import text_of
from ledger.values_beside import Report, ValuesBeside

HELP = "option_words.ledger"
EPILOG = "option_words.ledger_epilog"

_LONG = 20_000
"""From this many entries on a progress bar is shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|export|show|erase|disclose|resume|wipe")
    checking = verbs.add_parser("verify", help=told("option_words.ledger_verify"))
    source = checking.add_mutually_exclusive_group()
    _add_data(source)
    source.add_argument("--export", type=Path, metavar="FILE", help=told("option_words.ledger_exported"))
    checking.add_argument("--expect", type=_head, metavar="N:HASH", help=told("option_words.ledger_expect"))
    exporting = verbs.add_parser("export", help=told("option_words.ledger_export"))
    exporting.add_argument("file", type=Path, metavar="FILE", help=told("option_words.ledger_file"))
    exporting.add_argument("--without-personal", action="store_true", help=told("option_words.ledger_without_personal"))
    exporting.add_argument("--words", type=Path, metavar="FILE", help=told("option_words.ledger_words"))
    _add_data(exporting)
    resuming = verbs.add_parser("resume", help=told("option_words.ledger_resume"))
    _add_data(resuming)
    erasing = verbs.add_parser("erase", help=told("option_words.ledger_erase"))
    erasing.add_argument("values", nargs="+", type=_value, metavar="N:FIELD", help=told("option_words.ledger_values"))
    erasing.add_argument("--reason", required=True, help=told("option_words.ledger_reason"))
    erasing.add_argument("--by", required=True, metavar="NAME", help=told("option_words.ledger_by"))
    erasing.add_argument(
        "--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("option_words.data_here")
    )
    disclosing = verbs.add_parser("disclose", help=told("option_words.ledger_disclose"))
    disclosing.add_argument(
        "values", nargs="+", type=_value, metavar="N:FIELD", help=told("option_words.ledger_values")
    )
    disclosing.add_argument("--reason", required=True, help=told("option_words.ledger_reason"))
    disclosing.add_argument("--by", required=True, metavar="NAME", help=told("option_words.ledger_reader"))
    disclosing.add_argument(
        "--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("option_words.data_here")
    )
    wiping = verbs.add_parser("wipe", help=told("option_words.ledger_wipe"))
    _add_data(wiping)
    showing = verbs.add_parser("show", help=told("option_words.ledger_show"))
    showing.add_argument("--book", help=told("option_words.ledger_book"))
    showing.add_argument("--last", type=int, default=20, metavar="N", help=told("option_words.ledger_last"))
    showing.add_argument("--json", action="store_true", help=told("option_words.ledger_json"))
    _add_data(showing)


def _add_data(parser: "argparse._ActionsContainer") -> None:
    parser.add_argument("--data", type=Path, metavar="FOLDER", help=told(DATA_HELP))


def _head(text: str) -> Head:
    sequence, _, digest = text.partition(":")
    if not sequence.isdigit() or len(digest) != 64:
        raise argparse.ArgumentTypeError("expected N:HASH as `keyarea ledger verify` prints them after 'head'")
    return Head(int(sequence), digest.lower())


def _value(text: str) -> tuple[int, str]:
    number, _, field = text.partition(":")
    if not number.isdigit() or not field:
        raise argparse.ArgumentTypeError("expected N:FIELD, for instance 4:document")
    return int(number), field


def run(args: argparse.Namespace) -> int:
    try:
        match args.verb:
            case "verify":
                return _verify_export(args.export, args.expect) if args.export else _verify_data(args.data, args.expect)
            case "resume":
                return _resume(args.data)
            case "erase":
                return _erase(args)
            case "disclose":
                return _disclose(args)
            case "wipe":
                return _wipe(args.data)
            case "export":
                return _export(args.data, args.file, args.words, "without_personal" if args.without_personal else "all")
            case _:
                return _show(args.data, args.book, args.last, args.json)
    except (KeyareaError, OSError) as error:
        print(f"keyarea ledger: {in_words(error)}", file=sys.stderr)
        return 2


def _opened(folder: Path | None) -> Database:
    """The records to look at, which must be there: a look never makes an empty ledger."""
    address = Settings.from_environment().database_url.reveal()
    return (
        Database(address, upgrade=False) if address and folder is None else Database.to_look_at(folder or Path("data"))
    )


def _verify_data(folder: Path | None, expected: Head | None) -> int:
    code = 0
    witness = _witness(folder)
    noted = {site: Witness(witness, site).known() for site in sites_in(witness)}  # before the entries: they go on
    with _opened(folder) as database:
        sites = sorted({*sites_of(database), *noted})
        for site in sites:
            records = RecordsReader(database, site)
            heads = [head for head in (expected, noted.get(site)) if head is not None]
            code |= _report(site, records.ledger_entries(), records.ledger_head().sequence, heads, is_whole=True)
    if not sites:
        print("BROKEN there is no ledger: nothing was ever recorded here, or all of it is gone")
        return 1
    return code


def _witness(folder: Path | None) -> Path:
    named = Settings.from_environment().witness
    return Path(named) if named else (folder or Path("data")) / WITNESS


def _resume(folder: Path | None) -> int:
    """A restored backup is shorter than the ledger was; from here on it counts."""
    path = _witness(folder)
    FolderLock(folder or Path("data"), "series.lock").release()  # raises where a gateway runs
    for site in sites_in(path):
        known = Witness(path, site).known()
        with _opened(folder) as database:
            head = RecordsReader(database, site).ledger_head()
        print(f"the ledger of {site!r} had entry {known.sequence if known else 0} and goes on after {head.sequence}")
    kept = Witness(path, "").put_aside(text_of(clock.now())[:19].replace(":", ""))
    print(f"the witness of before is kept as {kept}" if kept else "there is no witness; nothing to do")
    return 0


def _erase(args: argparse.Namespace) -> int:
    try:
        client_of(args).ledger.erase(args.values, args.reason)
    except client.Refused as refusal:
        print(f"keyarea ledger erase: {in_words(refusal)}", file=sys.stderr)
        return 1
    print(f"{len(args.values)} values are erased; the ledger says so")
    return 0


def _disclose(args: argparse.Namespace) -> int:
    try:
        found = client_of(args).ledger.disclose(args.values, args.reason)
    except client.Refused as refusal:
        print(f"keyarea ledger disclose: {in_words(refusal)}", file=sys.stderr)
        return 1
    for each in found:
        print(f"{each.entry:>7}  {_plain(f'{each.field}: {each.value}')}")
    return 0


def _wipe(folder: Path | None) -> int:
    """What the gateway itself leaves to a person where the file is large."""
    FolderLock(folder or Path("data"), "series.lock").release()  # raises where a gateway runs
    with _opened(folder) as database:
        wipe(database, Documents(database), None, sys.maxsize)
    print("nothing that was erased is left in the records' file")
    return 0


def _verify_export(file: Path, expected: Head | None) -> int:
    with file.open("rb") as lines:
        try:
            header = read_header(lines.readline())
        except ChainBroken as broken:
            print(f"BROKEN {file}: {broken.reason}")
            return 1
        entries = ends_at(read_entries(lines), header.head)
        return _report(header.site, entries, header.head.sequence, [expected] if expected is not None else [])


def _report(site: str, entries: Iterator[Entry], total: int, heads: Sequence[Head], *, is_whole: bool = False) -> int:
    """Prints the verdict; ``total`` is how far the progress bar goes, ``heads`` are those that must be reached.

    ``is_whole``: every value beside the chain must be there, or an entry say why it is gone.
    """
    beside = ValuesBeside()
    try:
        head = verify(beside.passing(_attested(_with_progress(entries, total), heads)), site)
    except ChainBroken as broken:
        print(f"BROKEN ledger of {site!r}: {broken}")
        print(f"The {max(0, broken.sequence - 1)} entries before it fit. Keep this copy; compare it with an export.")
        return 1
    report = beside.report()
    is_broken = is_whole and bool(report.missing or report.still)
    print(f"{'BROKEN' if is_broken else 'OK'} ledger of {site!r}: {head.sequence} entries verified")
    _tell_values(report, is_whole)
    print(f"head {head.sequence}:{head.hash}")
    return int(is_broken)


def _tell_values(report: Report, is_whole: bool) -> None:
    if not (report.there or report.gone):
        return
    print(f"{report.there} values beside the chain give their commitments, {len(report.gone)} are gone")
    missing = "MISSING: nothing says that it was erased" if is_whole else "not in this file"
    why = {"erased": "erased, says entry {}", "retention_ended": "retention ended, says entry {}", "missing": missing}
    for (number, name), gone in report.gone.items():
        print(f"  entry {number}, {_plain(name)}: {why[gone.why].format(gone.entry)}")
    for (number, name), gone in report.still.items():
        print(f"  entry {number}, {_plain(name)}: still there, although entry {gone.entry} says that it was erased")


def _attested(entries: Iterable[Entry], heads: Sequence[Head]) -> Iterator[Entry]:
    """The entries. Raises ChainBroken where they do not pass by each of the heads."""
    last = 0
    for entry in entries:
        last = entry.sequence
        if noted := next((head.hash for head in heads if head.sequence == last and head.hash != entry.hash), None):
            raise ChainBroken(last, f"its hash is {entry.hash}, but {noted} was attested")
        yield entry
    furthest = max((head.sequence for head in heads), default=0)
    if last < furthest:
        raise ChainBroken(last + 1, f"missing: the chain was {furthest} entries long")


def _with_progress(entries: Iterable[Entry], total: int) -> Iterator[Entry]:
    if total < _LONG:
        yield from entries
        return
    shown = Progress(
        *Progress.get_default_columns()[:3],
        TextColumn("{task.completed} of {task.total}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with shown as progress:
        task = progress.add_task("verifying", total=total)
        for place, entry in enumerate(entries, start=1):
            yield entry
            if place % 1_000 == 0:
                progress.update(task, completed=place)


def _export(folder: Path | None, file: Path, words: Path | None, values: Values) -> int:
    with _opened(folder) as database:
        sites = sites_of(database)
        if len(sites) != 1:
            print(f"keyarea ledger: {len(sites)} ledgers are there; an export is of one", file=sys.stderr)
            return 1
        records, books = RecordsReader(database, sites[0]), read_books()
        head = records.ledger_head()
        with _new(file) as out:
            out.writelines(lines_of(records, head, clock.now(), books, values))
        if words is not None:
            with _new(words) as out, file.open("rb") as exported:
                exported.readline()
                out.writelines(_as_json(entry, books) + b"\n" for entry in map(_masked(books), read_entries(exported)))
    print(f"{head.sequence} entries of {records.site!r} written to {file}")
    print(f"head {head.sequence}:{head.hash}")
    return 0


def _new(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _show(folder: Path | None, book: str | None, last: int, as_json: bool) -> int:
    books = read_books()
    with _opened(folder) as database:
        for site in sites_of(database):
            for entry in map(
                _masked(books), RecordsReader(database, site).ledger_newest(book=book, limit=max(1, last))
            ):
                print(_plain(_as_json(entry, books).decode()) if as_json else _line(entry, books))
    return 0


def _masked(books: Mapping[str, Book]) -> Callable[[Entry], Entry]:
    """What is read by people has numbers of documents by their end alone; what proves, the export, has them whole."""
    return lambda entry: masked(entry, books[entry.draft.book]) if entry.draft.book in books else entry


def _line(entry: Entry, books: Mapping[str, Book]) -> str:
    draft, book, language = entry.draft, books.get(entry.draft.book), spoken()
    words = " · ".join(f"{title}: {value}" for title, value in entry_in_words(entry, book, language))
    title = title_of(book, draft.book, language)
    said = f"{text_of(draft.at)}  {title}  {draft.area or '-'}  {signers(draft) or 'gateway'}  {words}"
    return f"{entry.sequence:>7}  {_plain(said)}"


def _as_json(entry: Entry, books: Mapping[str, Book]) -> bytes:
    """The codes as they stand in the entry, and beside them the words."""
    draft, book, language = entry.draft, books.get(entry.draft.book), spoken()
    told = {
        "sequence": entry.sequence,
        "at": text_of(draft.at),
        "recorded": text_of(entry.recorded),
        "book": draft.book,
        "title": title_of(book, draft.book, language),
        "area": draft.area,
        "by": draft.by,
        "second": draft.second,
        "corrects": draft.corrects,
        "fields": draft.fields,
        "gone": entry.gone,
        "words": dict(entry_in_words(entry, book, language)),
        "hash": entry.hash,
    }
    return msgspec.json.encode(told)


def _plain(text: str) -> str:
    """The text with everything escaped that could steer a terminal, or that this one cannot show."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    encoding = sys.stdout.encoding or "ascii"
    return shown.encode(encoding, "backslashreplace").decode(encoding)
