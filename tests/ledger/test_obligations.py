"""The count of the ledger's entries is the count of the rule that heard them, also after corrections."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.calendar import Calendar
from alerts.event import SIGNATURES, Corrected, Recorded, Tick
from alerts.obligation import Obligation
from alerts.obligation_progress import progress
from devices.reading import SECOND
from ledger.duties import duties_of, standing_of
from ledger.entry import Draft, Entry
from ledger.projections.obligations import Kept, ObligationEvidence, Watched
from ledger.signers import signature_of
from ledger.standing_duty import StandingDuty
from tests.alerts.timeline import START, rule

HOUR = 3600 * SECOND
CALENDAR = Calendar("Asia/Shanghai")


def duty(**parameters: Any) -> Obligation:
    made = rule("obligation", alert_class="duty", priority=3, books=["inspections"], **parameters)
    assert isinstance(made, Obligation)
    return made


VEHICLES = duty(every="week", times=2, where={"kind": "vehicle"}, tolerance_h=12)
DAYS = duty(every="month", times=4, at_most_one_a="day")

STEPS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from(["vehicle", "funds"]), st.integers(0, 4)), min_size=1, max_size=25
)


def entries(steps: list[tuple[int, str, int]]) -> list[Entry]:
    """Each so many hours after the one before; a number above 0 corrects the entry so many before it."""
    now, found = START, list[Entry]()
    for place, (hours, kind, back) in enumerate(steps, start=1):
        now += hours * HOUR
        corrects = place - back if 0 < back < place else None
        draft = Draft("inspections", now, {"kind": kind}, by="tom", corrects=corrects)
        found.append(Entry(place, "s", now, draft, "", ""))
    return found


PLAN = [*duties_of("safe_enterprise"), *standing_of("safe_enterprise")]
SIGNED = [duty for duty in PLAN if isinstance(duty, Obligation) and duty.signed_by]


def entry_of(duty: Watched, fits: bool) -> dict[str, Any]:
    """The book and the fields of an entry that counts for that duty, or just does not."""
    if isinstance(duty, StandingDuty):
        rule = next(iter(duty.rules or duty.near), "none")
        return {"book": "alerts", "fields": {"rule": rule, "action": "raised" if fits else "closed"}}
    fields: dict[str, Any] = dict(duty.where) if fits else dict.fromkeys(duty.where, "other")
    if duty.books:
        return {"book": duty.books[0], "fields": fields}
    workflow, step = duty.topics[0].split(".")
    return {"book": "inspections", "fields": {**fields, "workflow": workflow, "step": step}}


def recounted(duty: Watched, every: list[Entry]) -> list[tuple[int, int]]:
    """From entry 1, as plainly as it can be said: what nobody corrected, at the time of what it corrects."""
    newest, root = dict[int, Entry](), dict[int, int]()
    signer = duty.signed_by if isinstance(duty, Obligation) else ""
    signed = {
        each.entry: each.signer
        for entry in every
        if (each := signature_of(entry)) is not None and each.signer == signer
    }
    for entry in every:
        was = entry.draft.corrects
        root[entry.sequence] = root[was] if was is not None else entry.sequence
        newest.pop(root[entry.sequence], None)
        newest[root[entry.sequence]] = entry
    at = {entry.sequence: entry.draft.at for entry in every}
    its = [(one, entry) for one, entry in newest.items() if duty.counts(entry.draft.book, entry.draft.fields)]
    return sorted((at[one], 1) for one, entry in its if not signer or entry.sequence in signed)


HISTORIES = st.lists(
    st.tuples(st.integers(0, len(PLAN) - 1), st.sampled_from(["fits", "does not", "signed"]), st.integers(0, 6)),
    min_size=1,
    max_size=40,
)


@given(HISTORIES, st.integers(0, 40))
def test_all_duties_of_the_plan_replayed_are_recounted(history: list[tuple[int, str, int]], cut: int) -> None:
    """Whatever was recorded and corrected, wherever the reading stopped and went on."""
    every = list[Entry]()
    for place, (which, what, back) in enumerate(history, start=1):
        duty, at = PLAN[which], START + place * HOUR
        about = every[place - back - 1] if 0 < back < place else None
        if what == "signed" and about is not None:
            signer = next((one.signed_by for one in SIGNED if about.draft.book in one.books), "other_side")
            fields: dict[str, Any] = {"entry": about.sequence, "hash": "", "signer": signer}
            every.append(Entry(place, "s", at, Draft(SIGNATURES, at, fields, by="ann"), "", ""))
            continue
        fits = what == "fits"
        is_record = isinstance(duty, Obligation) and bool(duty.books)
        corrects = place - back if is_record and 0 < back < place else None
        if corrects is not None and every[corrects - 1].draft.book != entry_of(duty, fits)["book"]:
            corrects = None
        draft = Draft(at=at, by="tom", corrects=corrects, **entry_of(duty, fits))
        every.append(Entry(place, "s", at, draft, "", ""))
    before = ObligationEvidence(PLAN)
    before.read(every[:cut])
    after = ObligationEvidence(PLAN, msgspec.json.decode(msgspec.json.encode(before.kept()), type=Kept))
    after.read(every[cut:])
    assert [recounted(duty, every) for duty in PLAN] == [sorted(after.done(duty)) for duty in PLAN]


def heard(obligation: Obligation, every: list[Entry], until: int) -> Any:
    """The memory of the rule that was told them, woken when it asked for it."""
    memory = obligation.step(obligation.start(), Tick(START, CALENDAR), START)
    done_at = dict[int, int]()
    for entry in [*every, None]:
        at = entry.recorded if entry is not None else until
        while memory.wake_at is not None and memory.wake_at <= at:
            memory = obligation.step(memory, Tick(memory.wake_at, CALENDAR), memory.wake_at)
        if entry is None:
            return memory
        was, number = None, entry.draft.corrects
        if number is not None:
            before = every[number - 1].draft
            was = Corrected(before.book, done_at[number], {"kind": str(before.fields["kind"])})
        done_at[entry.sequence] = at if number is None else done_at[number]
        fields = {"kind": str(entry.draft.fields["kind"])}
        memory = obligation.step(memory, Recorded("", "inspections", "tom", fields, was), at)
    return memory


@given(STEPS, st.sampled_from([VEHICLES, DAYS]), st.integers(1, 25))
def test_read_on_is_read_from_the_first(steps: list[tuple[int, str, int]], obligation: Obligation, cut: int) -> None:
    """Wherever the reading stopped, was stored and went on."""
    every = entries(steps)
    whole = ObligationEvidence([obligation])
    whole.read(every)
    before = ObligationEvidence([obligation])
    before.read(every[:cut])
    kept = msgspec.json.decode(msgspec.json.encode(before.kept()), type=Kept)
    after = ObligationEvidence([obligation], kept)
    after.read(entry for entry in every if entry.sequence > after.position)
    assert whole.done(obligation) == after.done(obligation)


@given(STEPS, st.sampled_from([duty(every="week", times=2, where={"kind": "vehicle"}), duty(every="day", times=1)]))
def test_board_and_rule_count_the_same(steps: list[tuple[int, str, int]], obligation: Obligation) -> None:
    """So often in this period, whatever was corrected meanwhile."""
    every = entries(steps)
    until = every[-1].recorded + HOUR
    book = ObligationEvidence([obligation])
    book.read(every)
    shown = progress(obligation, book.done(obligation), CALENDAR, until, START)
    memory = heard(obligation, every, until)
    assert shown.begins == memory.begins
    assert shown.done == sum(one.times for one in memory.evidence if one.of == memory.begins) + memory.done


def test_what_a_correction_takes_back_counts_no_more() -> None:
    """And counts again, in its own time, once a correction of the correction says so."""
    every = entries([(1, "vehicle", 0), (1, "funds", 1), (1, "vehicle", 1)])
    counts = []
    for number in range(1, 4):
        book = ObligationEvidence([VEHICLES])
        book.read(every[:number])
        counts.append(book.done(VEHICLES))
    first = (every[0].draft.at, 1)
    assert [[first], [], [first]] == counts


def test_what_a_sensor_wrote_is_nobodys_duty_done() -> None:
    """The gateway enters faults into books of people (feeds of a book); a person's entry beside it counts."""
    draft = Draft("inspections", START, {"kind": "vehicle"})
    book = ObligationEvidence([VEHICLES])
    book.read([Entry(1, "s", START, draft, "", ""), Entry(2, "s", START, replace(draft, by="tom"), "", "")])
    assert [(START, 1)] == book.done(VEHICLES)


def test_of_other_rules_all_is_read_anew() -> None:
    """What was stored says for which rules it was counted."""
    book = ObligationEvidence([VEHICLES])
    book.read(entries([(1, "vehicle", 0)]))
    assert 0 == ObligationEvidence([DAYS], book.kept()).position
    assert 1 == ObligationEvidence([VEHICLES], book.kept()).position
