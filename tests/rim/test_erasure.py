"""A visitor's name is written, seen by those who may, erased by a manager's order, and gone from every byte."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from gateway.stores.database import FILE_NAME
from tests.rim.browsing import sign_in
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


def test_a_manager_erases_on_the_console(browser: Browser, running_gateway: Running) -> None:
    """What is chosen, why, and that it is meant; whoever is no manager finds no such page."""
    operator, manager = running_gateway.client("olga"), running_gateway.client("mia")
    fields = {"person": "赵六", "document": "ID 42", "action": "arrived"}
    operator.post("/api/records", {"area": "store", "book": "visitors", "fields": fields})
    page = sign_in(browser, running_gateway.url, "mia", "zh", at="")
    page.goto(f"{running_gateway.url}/manager")
    page.get_by_role("link", name="删除个人数据").click()
    page.get_by_label("赵六").check()
    page.get_by_label("原因").fill("本人要求")
    page.get_by_role("button", name="永久删除").click()
    expect(page.get_by_role("alert").filter(has_text="请查看下方")).to_be_visible()
    expect(page.get_by_text("请先确认")).to_be_visible()
    expect(page.get_by_label("赵六")).to_be_checked()
    page.get_by_label("确认删除").check()
    page.get_by_role("button", name="永久删除").click()
    expect(page.get_by_role("status").filter(has_text="已删除 1 项")).to_be_visible()
    expect(page.get_by_label("赵六")).to_have_count(0)
    (visit,) = [each for each in manager.get("/api/ledger?book=visitors")["entries"] if each["commitments"]][-1:]
    assert ("erased", "ID 42") == (visit["gone"]["person"]["why"], visit["fields"]["document"])
    page.context.close()
    page = sign_in(browser, running_gateway.url, "olga", at="")
    answer = page.goto(f"{running_gateway.url}/console/ledger/erase")
    assert answer is not None
    assert 403 == answer.status
    page.context.close()
