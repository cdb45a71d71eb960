"""A document is masked wherever it is read; who sees it in full says why, and the ledger says so."""

from tests.rim.conftest import Running

NUMBER = "330102199001017777"
FIELDS = {"person": "钱七", "document_number": NUMBER, "action": "arrived"}


def test_the_whole_number_costs_a_reason_and_an_entry(running_gateway: Running) -> None:
    operator, manager = running_gateway.client("olga"), running_gateway.client("mia")
    operator.post("/api/records", {"area": "store", "book": "visitors", "fields": FIELDS})
    for client in (operator, manager):
        visit = client.get("/api/ledger?book=visitors")["entries"][-1]
        assert ("*" * 14 + "7777", "钱七") == (visit["fields"]["document_number"], visit["fields"]["person"])
        assert NUMBER not in str(visit)
    order = {"values": [{"entry": visit["sequence"], "field": "document_number"}], "reason": "asked by the police"}
    assert 403 == operator.try_post("/api/ledger/disclosures", order)[0]
    assert 409 == manager.try_post("/api/ledger/disclosures", {**order, "reason": " "})[0]
    assert [NUMBER] == [each["value"] for each in manager.post("/api/ledger/disclosures", order)["values"]]
    kept = manager.get("/api/ledger?book=disclosures")["entries"][-1]
    assert ("mia", order["reason"], order["values"]) == (kept["by"], kept["fields"]["reason"], kept["fields"]["values"])
    said = running_gateway.gateway.keyarea("ledger", "show", "--book", "visitors", "--data", str(running_gateway.data))
    assert ("7777" in said.stdout, NUMBER in said.stdout) == (True, False)
