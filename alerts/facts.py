"""The vocabulary in which workflows meet: facts that one states and others hear, and questions that others answer.

A fact says what happened and never what must follow: rules that listen to its topic make an alert of it. Whoever hears
a fact does not know who said it, so a workflow can be added or taken away without its neighbours noticing.
"""

from typing import TypeAlias

import msgspec

from devices.message import Text
from devices.reading import Instant, Origin

Scalar: TypeAlias = str | int | float | bool | None
Item: TypeAlias = Scalar | dict[str, Scalar]
FieldValue: TypeAlias = Scalar | tuple[Item, ...]
"""A list holds plain values, or rows: a checklist, gas readings, the persons who took part."""

# Topics, with the fields that a fact of each carries.
SCAN = "scan"
"""Somebody was at a place: ``checkpoint``."""
PRESENCE = "presence"
"""Somebody is in the area, or has left it: ``person``, ``is_present``."""
SUPPRESSION_BEGUN = "suppression_begun"
"""From now on devices are held back by the case: ``devices`` of the fact, ``reason``, ``until``."""
SUPPRESSION_ENDED = "suppression_ended"
"""They are held back no more: ``reason``."""
EVIDENCE = "evidence"
"""Something was kept that shows what happened: ``kind``; ``seal`` of the fact is its SHA-256."""
DISPATCH = "dispatch"
"""Somebody was sent, or has arrived: ``person``, ``is_there``."""
FIRE_WATCH_ROUND = "fire_watch_round"
"""A round of a fire watch is due, was walked, or was missed: ``state`` is one of these."""
FIRE_WATCH_ENDED = "fire_watch_ended"
"""The last round after the work is done: ``for_case`` says whose watch it was."""
PERMIT = "permit"
"""A permit to work has moved: whoever keeps another one for the same place looks at both anew."""
DEVICE_TESTED = "device_tested"
"""Somebody made ``devices`` of the fact speak, live, by its ``signal``: they work."""
CENTRE_TEST = "centre_test"
"""Receiving centres are told that a test begins, or is over: ``is_on``. Nothing of the test itself leaves."""
FINDING = "finding"
"""Somebody found what is not as it must be, and whoever keeps hazards registers it: ``description``, ``place``, and
where known ``source``, ``category``, ``level`` (general, major), ``attachment`` (the id of the photo),
``is_corrected`` (on the spot, at once)."""
SHIFT = "shift"
"""A stint of the roster begins, or is over: ``post``, ``person``, ``begins``, ``until``, ``is_on``."""
ROSTER = "roster"
"""The plan of who is on duty has changed, or what a post needs."""
VEHICLE_PASSED = "vehicle_passed"
"""A vehicle of the site's own passed the gate: ``plate``, ``way`` (in, out, "": nobody says which), ``is_closed``: in
the hours in which nothing drives, ``closes_at``: when these begin next (an instant; 0: never), ``device``."""
MODE_WANTED = "mode_wanted"
"""An area is to be in the ``mode`` in which it stands already: whoever changed it for a while gives it back so."""
PATROL_DEVIATION = "patrol_deviation"
"""A round of a patrol is not as it must be: ``deviations`` says how, in words like ``missed``, ``too_fast``; the text
names the ``checkpoints``, and if known the ``route`` and its start. ``SCAN`` of a round watched for a lone guard's sign
of life has ``sign_within_s``; 0: no more is waited for."""
PATROL_SET_RIGHT = "patrol_set_right"
"""What was missed was scanned in time after all, and handed in late: the text names the ``checkpoints``."""
PATROL_CLOSED = "patrol_closed"
"""Nothing more will be handed in of that round."""
DUTY_ASKED = "duty_asked"
"""A receiving centre wants to know whether somebody is on duty: ``centre``, ``minutes`` to answer; ``case`` of the fact
is the centre's own name for the question."""
DUTY_ANSWERED = "duty_answered"
"""Somebody on duty has answered it: ``centre``, ``operator`` (the number of whoever answered, 0 for none)."""
GOODS_MOVED = "goods_moved"
"""Somebody has taken something into a ``store`` of guarded goods, out of it, or counted it, for a ``purpose``."""
TO_BE_FILED = "to_be_filed"
"""What happened is told to an authority within ``days``: ``kind`` of filing; ``about``: what, in words of a book."""
TOPICS = (
    *(SCAN, PRESENCE, SUPPRESSION_BEGUN, SUPPRESSION_ENDED, EVIDENCE, DISPATCH),
    *(FIRE_WATCH_ROUND, FIRE_WATCH_ENDED, PERMIT, DEVICE_TESTED, CENTRE_TEST, FINDING),
    *(SHIFT, ROSTER, VEHICLE_PASSED, MODE_WANTED),
    *(PATROL_DEVIATION, PATROL_SET_RIGHT, PATROL_CLOSED),
    *(DUTY_ASKED, DUTY_ANSWERED),
    *(GOODS_MOVED, TO_BE_FILED),
)

# Questions, with what is asked about and what an answer is.
ON_DUTY = "on_duty"
"""``role``, ``area``, ``at`` -> user names, who is asked first in front."""
PRESENT = "present"
"""``area`` -> user names; ``person`` (an id) -> whether there is a sign of them on duty."""
ROSTERED = "rostered"
"""``since``, ``until``, with or without ``post`` and ``person`` -> ledger.roster.Stints, in time order."""
POSTS = "posts"
"""``role``, ``area`` or neither -> ledger.posts.Posts that people are rostered for."""
RAISED = "raised"
"""``on`` (a date), or nothing -> ledger.posts.Raised: sensitive periods, and what they ask for."""
NEAREST_GUARD = "nearest_guard"
"""``area`` -> user names, the nearest in front."""
COVERAGE = "coverage"
"""``area`` -> the share of it that is watched, 0 to 1."""
PERMITS_AT = "permits_at"
"""``area``, ``names`` (what the place is called) -> tuple of alerts.permit.Beside, each permit to work that is open
there."""
PLACE_NEEDS = "place_needs"
"""``area``, ``names``, ``workflow`` (whose permit it is) -> Texts: what must be in force there before anybody works."""
CONFINED_SPACE = "confined_space"
"""``area``, ``names`` or ``space`` (its number) -> alerts.confined.SpaceFacts of the register."""
PERSON_OF = "person_of"
"""``person`` (an id), ``account`` or ``card`` -> alerts.person.Person, also of somebody who has left."""
PEOPLE_IN = "people_in"
"""``post`` or ``department``, or both -> Persons who have not left, in the order of their ids."""
WAYS_TO = "ways_to"
"""``person`` (an id, or an account without one) -> alerts.contact.Ways: how they are told of what happens."""
CERTIFIED = "certified"
"""``person`` (an id), ``kind``, ``on`` (a date) -> whether a certificate of that kind counts on that day."""
ALSO_ARMS = "also_arms"
"""``device`` -> the areas that a keypad arms together with its own."""
KEY_AREA = "key_area"
"""``area`` -> alerts.key_area.KeyArea."""
OWN_VEHICLE = "own_vehicle"
"""``plate`` as alerts.plates writes it -> the id of the site's own vehicle that has it."""
FACILITIES = "facilities"
"""``area`` -> alerts.facility.Facility, each that stands there."""
HAZARDS_DUE = "hazards_due"
"""``area`` or nothing -> one alerts.hazards.HazardsDue: how many stand, and which, the most urgent in front."""
COLD_RECORD = "cold_record"
"""``device``, ``since``, ``until`` -> alerts.cold_record.Proof: what a fridge's own record says of that time."""
SAMPLE_FRIDGES = "sample_fridges"
"""nothing -> the ids of the devices in whose fridges food samples are kept."""
FORBIDDEN_FOOD = "forbidden_food"
"""``text`` -> ledger.forbidden_foods.Forbidden, each that is named in it."""
LAST_PLACE = "last_place"
"""nothing -> alerts.last_place.LastPlace of each guard who was seen of late."""
LAST_PATROLLED = "last_patrolled"
"""``area`` -> when a checkpoint in it was scanned last, in a round of the last days."""
MISSED_ROUNDS = "missed_rounds"
"""``area`` or nothing -> Texts: which rounds of the last days have checkpoints (in it) that were missed."""
ROSTER_FAULTS = "roster_faults"
"""``area`` or nothing -> Texts: what is wrong with the roster in the days that this is told ahead."""
GOODS_STORE = "goods_store"
"""``store`` -> alerts.goods_store.GoodsStore: who keeps that store of guarded goods, and whose card was read there."""
LICENCE = "licence"
"""``number`` -> alerts.filing.Filing: the licence of that number, while anybody keeps it."""
GATE_READER = "gate_reader"
"""``device`` -> alerts.passages.Way: which way in or out of the site that reader leads."""
VISITOR_CARD = "visitor_card"
"""``card`` -> whether it is a visitor's, or of a pass for visitors."""
QUESTIONS = (
    *(ON_DUTY, PRESENT, ROSTERED, POSTS, RAISED, NEAREST_GUARD, COVERAGE, OWN_VEHICLE),
    *(PERMITS_AT, PLACE_NEEDS, CONFINED_SPACE),
    *(PERSON_OF, PEOPLE_IN, WAYS_TO, CERTIFIED, ALSO_ARMS, KEY_AREA, FACILITIES, HAZARDS_DUE),
    *(COLD_RECORD, SAMPLE_FRIDGES, FORBIDDEN_FOOD),
    *(LAST_PLACE, LAST_PATROLLED, MISSED_ROUNDS, ROSTER_FAULTS),
    *(GOODS_STORE, LICENCE),
    *(GATE_READER, VISITOR_CARD),
)


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened in a case of a workflow; the ledger, the stream and whoever listens are given it.

    ``step``: a word of the workflow's own (``begun``); ``<workflow>.<step>`` is always one of its topics, ``topics``
    are those of the vocabulary. ``by`` whom, "" for the clock; ``second``: who consented. ``at``: when it was done,
    ``recorded``: when the gateway learnt of it, if later. ``fields`` are typed and stand in the ledger; ``personal``
    names those of them that say something of a person: their values stand beside the chain, can be erased, and must
    not be told in ``text``. ``seal``: the SHA-256 of what was kept as evidence.
    ``book``: where it is written; None: in the workflow's own book, "": nowhere. ``position``: of a projection that
    hands in a result, how far it had read. ``is_kept``: the newest of each of its ``devices`` under each of its
    ``topics`` is kept, for whoever asks for it.
    """

    workflow: str
    case: str
    step: str
    at: Instant
    text: Text
    by: str = ""
    second: str = ""
    area: str = ""
    devices: tuple[str, ...] = ()
    origin: Origin = "real"
    fields: dict[str, FieldValue | Text] = {}
    personal: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    recorded: Instant | None = None
    seal: str = ""
    book: str | None = None
    position: int | None = None
    is_kept: bool = False

    @property
    def heard_as(self) -> tuple[str, ...]:
        """Every topic that it is heard under."""
        return (f"{self.workflow}.{self.step}", *self.topics)
