"""People are told by their names, whatever the register's ids and their accounts are."""

from api.roster import names
from devices.message import Name
from workflows.people import Registered

LIANG, WU = Name("Liang Bin", "梁斌"), Name("Wu", "")


def test_people_are_known_by_their_ids_and_by_their_accounts() -> None:
    people = [Registered(id="c7", name="Liang Bin", name_zh="梁斌", account="liang"), Registered(id="c8", name="Wu")]
    assert {"c7": LIANG, "liang": LIANG, "c8": WU} == names(people)


def test_an_id_that_is_also_an_account_is_its_own() -> None:
    people = [Registered(id="wu", name="Wu"), Registered(id="c7", name="Liang Bin", name_zh="梁斌", account="wu")]
    assert {"wu": WU, "c7": LIANG} == names(people)
