"""Two stores with their keepers, and what tests ask of them: a vault, and a poison store with two locks."""

from datetime import date
from typing import Any

from alerts.ask import Ask
from alerts.calendar import Calendar
from alerts.kernel.consent import Decline, Give
from alerts.person import Person
from alerts.site_facts import Place, SiteFacts
from alerts.stock_account import Stock
from alerts.stock_asks import Count, Enter, Issue, Receive
from alerts.store_table import StoresConfig, StoreTable
from alerts.workflow import Workflow
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START, device
from tests.workflows.register import Register
from workflows.stock import Stocks
from workflows.stores import Stores

HOUR, DAY = 3_600, 86_400
DEVICES = (
    device("reader", kind="reader", signals=("credential",)),
    device("door", kind="door", signals=("door",)),
    device("lock", kind="lock", signals=("lock",)),
)
KEEPERS = Register(
    *(Person(id=f"p-{name}", name=name.title(), account=name, cards=(f"1:{name}",)) for name in ("li", "wang", "zhao")),
    Person(id="p-chen", name="Chen", account="chen"),
    Person(id="p-old", name="Old", account="old", cards=("1:old",), left=date(2026, 11, 24)),
)
SITE = SiteFacts(areas={"store": Place("store", Name("Store"))}, calendar=Calendar("Asia/Shanghai"))
VAULT = StoreTable(id="vault", area="store", name="Vault", keepers=("li", "wang", "zhao"))
POISON = StoreTable(
    id="poison",
    area="store",
    name="Poison store",
    keepers=("li", "p-wang"),
    readers=("reader",),
    doors=("door",),
    lock="lock",
)


class StoreRoom(KernelRoom):
    """``two``: one keeper asks, another consents; a refusal is told by its field, and nothing waits then."""

    def __init__(self, *others: Workflow[Any], stores: tuple[StoreTable, ...] = (VAULT, POISON), **config: Any) -> None:
        flows = (Stores(StoresConfig(stores=stores, **config)), Stocks(), KEEPERS, *others)
        super().__init__(*flows, rules=(), devices=DEVICES, site=SITE)
        self.t = 1.0
        self.step(self.t)

    def next(self) -> float:
        self.t += 0.01
        return self.t

    def two(self, ask: Ask, second: str = "wang", role: str = "operator") -> str:
        effects = self.step(self.next(), ask)
        if effects.refused:
            return self.refusal()
        (answer,) = effects.answered
        if answer.waits:
            self.step(self.next(), Give(case=answer.case, by=second, role=role))
            if said := self.refusal():
                self.step(self.next(), Decline(case=answer.case, by=ask.by, role="operator"))
                return said
        return self.refusal()

    def refusal(self) -> str:
        """``field: key`` of what was refused last; "" for nothing."""
        effects = self.effects
        faults = [f"{field}: {text.key}" for _, field, text in effects.faults.get(0, ())]
        return ", ".join(faults) or ", ".join(getattr(text, "key", str(text)) for _, text in effects.refused)

    def stock(self, case: str) -> Stock:
        found = self.kernel.cases.of("stock")[case]
        assert isinstance(found, Stock)
        return found

    def enter(self, item: str, goods: str, store: str = "vault", unit: str = "g") -> str:
        case = Enter(store=store, item=item, title=item.title(), goods=goods, unit=unit, by="boss", role="manager")  # type: ignore[arg-type]
        return self.ask(self.next(), case)

    def active(self, rule: str) -> list[str]:
        return [alert.key for alert in self.open(rule) if alert.active]


def receive(case: str, quantity: str = "10", **changed: Any) -> Receive:
    said = {"unit": "g", "document": "d1", "supplier": "Works", "licence": "l1", "by": "li", "role": "operator"}
    return Receive(**{**said, "case": case, "quantity": quantity, **changed})


def issue(case: str, quantity: str = "1", **changed: Any) -> Issue:
    said = {"unit": "g", "document": "i1", "purpose": "etching", "receiver": "Gu", "approver": "Boss"}
    said |= {"destination": "hall 2", "by": "li", "role": "operator"}
    return Issue(**{**said, "case": case, "quantity": quantity, **changed})


def count(*counted: str, store: str = "vault", **changed: Any) -> Count:
    return Count(**{"store": store, "counted": counted, "by": "li", "role": "operator", **changed})


def at(seconds: float) -> int:
    return START + int(seconds * SECOND)
