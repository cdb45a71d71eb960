"""The InfluxDB store against a server that refuses, stumbles and stays away on request."""

import json
import logging
import zlib

import msgspec
import pytest

from devices.errors import StoreUnavailable
from devices.reading import SECOND, Reading
from gateway.ports import Point, Receipt
from gateway.site.model import Influx
from gateway.stores import series_influx
from gateway.stores.series_influx import SeriesInflux
from gateway.stores.series_lines import line
from gateway.stores.spool import Spool, write_durably
from tests.gateway.stores.line_server import LineServer
from tests.gateway.stores.series_examples import NOON, reading, sensors
from tests.gateway.stores.test_series_flux import FLAGS, LATEST, NUMBERS_AND_QUALITY
from tests.rim.processes import PATIENCE_S, wait_until
from tests.words import refused, words

TOKEN = "a-token-that-nobody-should-see"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Retries at once."""
    monkeypatch.setattr(series_influx, "_FIRST_RETRY_S", 0.01)
    monkeypatch.setattr(series_influx, "_LONGEST_RETRY_S", 0.02)


@pytest.fixture
def server():
    found = LineServer()
    yield found
    found.close()


@pytest.fixture
def open_influx(tmp_path, server):
    opened = []

    def open_again(url=None, folder="spool", megabytes=16):
        while opened:
            opened.pop().close()
        where = Influx(url=url or server.url, org="works", bucket="readings", spool_megabytes=megabytes)
        opened.append(SeriesInflux(where, TOKEN, tmp_path / folder, lambda: NOON))
        return opened[-1]

    yield open_again
    while opened:
        opened.pop().close()


def sent_all(store):
    return lambda: store.sending().bytes_waiting == 0


def test_every_reading_arrives_once_and_in_order(open_influx, server):
    store = open_influx()
    readings = [r for burst in sensors(20, 20) for r in burst]
    for burst in sensors(20, 20):
        store.append(burst)
    assert list(map(line, readings)) == server.wait_for(len(readings))
    wait_until(sent_all(store), "the spool is empty")
    path, query, headers = server.requests[0]
    assert ("/api/v2/write", ["readings"], ["works"], ["ns"]) == (
        path,
        query["bucket"],
        query["org"],
        query["precision"],
    )
    assert ("gzip", f"Token {TOKEN}") == (headers["Content-Encoding"], headers["Authorization"])


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_what_the_server_may_take_later_is_kept(status, open_influx, server, caplog):
    server.refuse = lambda _: status
    store = open_influx()
    store.append([reading(value=1.0)])
    wait_until(lambda: store.sending().last_error, "the failure is told")
    assert f"{status} said {status}" in words(store.sending().last_error)
    assert store.sending().bytes_waiting > 0
    store.upkeep(NOON + 29 * SECOND)
    with refused("readings from 2026-11-24 12:00:00 UTC on wait", StoreUnavailable):
        store.upkeep(NOON + 30 * SECOND)
    server.refuse = lambda _: 204
    server.wait_for(1)
    wait_until(sent_all(store), "the spool is empty")
    wait_until(lambda: not store.sending().last_error, "all is well again")
    store.upkeep(NOON + 3600 * SECOND)
    assert store.sending().rejected_bytes == 0
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_server_never_takes_is_set_aside_and_blocks_nothing(status, open_influx, server, tmp_path, caplog):
    caplog.set_level(logging.ERROR)
    server.refuse = lambda lines: status if any("poison" in one for one in lines) else 204
    store = open_influx()
    good = [reading(value=float(n), at=n) for n in range(40)]
    bad = [reading("poison", "credential", "x", at=1), reading("poison", value=2.0, at=2)]
    store.append([*good[:13], bad[0], *good[13:29], bad[1], *good[29:]])
    store.append([reading("d2")])
    assert sorted(map(line, [*good, reading("d2")])) == sorted(server.wait_for(41))
    wait_until(sent_all(store), "the spool is empty")
    folder = tmp_path / "spool" / "rejected"
    kept = [json.loads(row) for path in folder.iterdir() for row in path.read_text().splitlines()]
    assert bad == [msgspec.convert(row["reading"], Reading) for row in kept]
    assert {f"{status} said {status}"} == {row["reason"] for row in kept}
    assert 0 < store.sending().rejected_bytes == open_influx().sending().rejected_bytes
    assert "refused 2 readings" in caplog.text


def test_a_server_that_refuses_everything_is_not_asked_for_ever(open_influx, server, monkeypatch):
    monkeypatch.setattr(series_influx, "_MOST_HALVINGS", 10)
    server.refuse = lambda _: 400
    store = open_influx()
    store.append([reading(value=float(n), at=n) for n in range(500)])
    wait_until(sent_all(store), "the spool is empty")
    assert store.sending().rejected_bytes > 500 * 50
    assert len(server.requests) < 20


def test_a_server_that_is_away_is_waited_for_across_restarts(open_influx, server):
    store = open_influx(url="http://127.0.0.1:9")
    bursts = sensors(5, 30)
    for burst in bursts[:20]:
        store.append(burst)
    wait_until(
        lambda: "does not answer (NewConnectionError)" in str(words(store.sending().last_error)), "the failure is told"
    )
    with refused("does not answer", StoreUnavailable):
        store.range("sd-1", "temperature", 0, NOON)
    store = open_influx()
    for burst in bursts[20:]:
        store.append(burst)
    readings = [r for burst in bursts for r in burst]
    assert list(map(line, readings)) == server.wait_for(len(readings))


def test_a_full_spool_refuses(open_influx):
    store = open_influx(url="http://127.0.0.1:9", megabytes=1)
    with refused("spool_megabytes", StoreUnavailable):
        for burst in sensors(600, 600):
            store.append(burst)
    assert store.sending().bytes_waiting > 900_000


def test_the_latest_survives_many_segments_and_needs_no_server(open_influx, server, tmp_path):
    store = open_influx(megabytes=1)
    early = [reading("early", "door", value=True, quality=1, received=NOON + 3)]
    store.append(early)
    expected = {("early", "door"): early[0]}
    for burst in sensors(200, 60):
        store.append(burst)
        expected |= {(r.device, r.signal): r for r in burst}
        wait_until(sent_all(store), "the spool is empty")
    assert len(list((tmp_path / "spool").glob("*.spool"))) < 3
    assert expected == store.latest()
    assert expected == open_influx(url="http://127.0.0.1:9", megabytes=1).latest()


def test_receipts_survive_the_segments_that_they_came_in(open_influx, server, tmp_path):
    """They are needed after the server has long had the readings."""
    store = open_influx(megabytes=1)
    kept = [Receipt(1_000 * n, 3, b"%d" % n) for n in range(100)]
    bursts = sensors(200, len(kept))
    for burst, receipt in zip(bursts, kept, strict=True):
        store.append(burst, [receipt])
        wait_until(sent_all(store), "the spool is empty")
    assert len(list((tmp_path / "spool").glob("*.spool"))) < 3
    for again in (store, open_influx(megabytes=1)):
        assert kept[59:] == list(again.receipts())


def test_what_a_release_without_receipts_left_is_read(open_influx, server, tmp_path):
    """A segment and the file of the latest readings, as they were written."""
    old = reading(value=1.0)
    row = (old.device, old.signal, old.value, old.time, old.received, old.quality)
    spool = Spool(tmp_path / "spool", 1 << 20)
    spool.put(zlib.compress(msgspec.msgpack.encode((NOON, [row])), 1))
    spool.close()
    write_durably(tmp_path / "spool" / "latest", msgspec.msgpack.encode((0, [("early", *row[1:])])))
    store = open_influx()
    assert [line(old)] == server.wait_for(1)
    assert {"early", "d1"} == {device for device, _ in store.latest()}
    assert [] == list(store.receipts())


def test_in_a_new_folder_the_latest_is_asked_of_the_server(open_influx, server):
    server.answer = (200, LATEST)
    store = open_influx()
    assert {("gate 1", "temperature"), ("d1", "humidity"), ("d1", "smoke")} == set(store.latest())
    assert 1 == len(server.queries)
    assert [True] == [r.value for r in store.latest_of("d1") if r.signal == "smoke"]
    store.append([reading("gate 1", value=22.0, at=60)])
    assert 22.0 == store.latest()["gate 1", "temperature"].value


@pytest.mark.parametrize("answer", [(500, "{}"), (200, "#datatype,string\n,error\n,broken\n")])
def test_a_start_does_not_wait_for_a_server_that_cannot_say(answer, open_influx, server, caplog):
    server.answer = answer
    assert {} == open_influx().latest()
    assert "starting without stored readings" in caplog.text


def test_a_range_is_asked_of_the_server(open_influx, server):
    server.answer = (200, NUMBERS_AND_QUALITY)
    store = open_influx()
    expected = [Point(NOON + 123_456_789, 20.5), Point(NOON + 30 * SECOND, -0.1, 5)]
    assert expected == store.range("d1", "temperature", NOON, NOON + 60 * SECOND)
    assert 'r.device == "d1"' in server.queries[-1]
    server.answer = (200, FLAGS)
    assert [False, True] == [p.value for p in store.range("d1", "smoke", NOON, NOON + 60 * SECOND, 10**9, "last")]
    assert "aggregateWindow(every: 1000000000ns" in server.queries[-1]
    assert [] == store.range("d1", "smoke", NOON, NOON)


def test_a_question_that_the_server_refuses_is_said(open_influx, server):
    server.answer = (400, json.dumps({"code": "invalid", "message": "error @1:1:\nno such function"}))
    with refused("400 error @1:1: no such function", StoreUnavailable):
        open_influx().range("d1", "smoke", NOON, NOON + 1)


def test_a_record_that_cannot_be_read_is_set_aside(open_influx, server, tmp_path):
    store = open_influx(url="http://127.0.0.1:9")
    store.append([reading()])
    store._spool._spool.put(b"from another release")
    store.append([reading(at=1)])
    store = open_influx()
    server.wait_for(2)
    wait_until(sent_all(store), "the spool is empty")
    (kept,) = (tmp_path / "spool" / "rejected").iterdir()
    assert b"from another release" == kept.read_bytes()


def test_a_second_gateway_is_kept_out(open_influx, tmp_path, server):
    open_influx()
    with refused("works in the data folder", StoreUnavailable):
        SeriesInflux(Influx(url=server.url), TOKEN, tmp_path / "spool", lambda: NOON)


def test_a_dead_sender_is_noticed(open_influx):
    store = open_influx()
    store._stop.set()
    store._news.set()
    store._sender.join(PATIENCE_S)
    with pytest.raises(RuntimeError, match="has died"):
        store.upkeep(NOON)


def test_the_library_is_loaded_only_by_those_who_use_it():
    import subprocess
    import sys

    code = "import sys, gateway.stores.series_influx; sys.exit('influxdb_client' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
