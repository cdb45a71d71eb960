"""A visitor's name is written, seen by those who may, erased by a manager's order, and gone from every byte."""

import subprocess
import sys
from pathlib import Path

from gateway.stores.database import FILE_NAME
from tests.rim.conftest import Running
from tests.rim.processes import wait_until

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_ledger.py"
NAME, DOCUMENT = "王五 of the works", "ID 110101199001011234"


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{FILE_NAME}*")))


def test_a_value_is_erased_by_order_and_the_chain_verifies(own_gateway: Running, tmp_path: Path) -> None:
    operator, manager, admin = (own_gateway.client(user) for user in ("olga", "mia", "ada"))
    fields = {"person": NAME, "document": DOCUMENT, "action": "arrived"}
    operator.post("/api/records", {"area": "store", "book": "visitors", "fields": fields})
    manager.post(
        "/api/records",
        {"book": "certificates", "fields": {"person": NAME, "certificate": "c", "expires": "2030-01-01"}},
    )
    visit, *_ = operator.get("/api/ledger?book=visitors")["entries"]
    assert (visit["fields"], visit["gone"], sorted(visit["commitments"])) == (fields, {}, ["document", "person"])
    assert {"title": "Name", "value": NAME} in visit["words"]
    certificate, *_ = operator.get("/api/ledger?book=certificates")["entries"]
    assert ("person" in certificate["fields"], certificate["gone"]["person"]["why"]) == (False, "withheld")

    values = [{"entry": visit["sequence"], "field": name} for name in ("person", "document")]
    values.append({"entry": certificate["sequence"], "field": "person"})
    order = {"values": values, "reason": "asked for by the visitor"}
    assert [admin.try_post("/api/ledger/erasures", order)[0], operator.try_post("/api/ledger/erasures", order)[0]] == [
        403,
        403,
    ]
    manager.post("/api/ledger/erasures", order)
    (erasure,) = manager.get("/api/ledger?book=erasures")["entries"]
    assert (erasure["by"], erasure["fields"]["reason"]) == ("mia", "asked for by the visitor")
    visit, *_ = operator.get("/api/ledger?book=visitors")["entries"]
    assert visit["gone"]["person"] == {"why": "erased", "entry": erasure["sequence"]}
    assert manager.try_post("/api/ledger/erasures", order)[0] == 409

    folder = own_gateway.data
    wait_until(
        lambda: NAME.encode() not in bytes_of(folder) and DOCUMENT.encode() not in bytes_of(folder), "the file anew"
    )
    assert [] == [fault for fault in admin.get("/api/health")["faults"] if "records" in fault.lower()]
    operator.post("/api/records", {"area": "store", "book": "visitors", "fields": {**fields, "person": "someone else"}})

    verified = own_gateway.gateway.keyarea("ledger", "verify", "--data", str(folder))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"entry {visit['sequence']}, person: erased, says entry {erasure['sequence']}" in verified.stdout
    for words in ([], ["--without-personal"]):
        file = tmp_path / f"export{len(words)}"
        own_gateway.gateway.keyarea("ledger", "export", str(file), *words, "--data", str(folder))
        outsider = subprocess.run(
            [sys.executable, "-I", "-S", str(SCRIPT), str(file)], capture_output=True, text=True, check=False
        )
        assert outsider.returncode == 0, outsider.stdout + outsider.stderr
        assert ("someone else" in file.read_text()) == (not words)
