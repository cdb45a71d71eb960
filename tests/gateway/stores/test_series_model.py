"""The SQLite store against a dictionary: any order of appending, sealing, forgetting and opening again."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from devices.reading import SECOND, Reading
from gateway.stores import series_seal
from gateway.stores.aggregate import aggregated
from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON, points_of, same

NOW = NOON + 5000 * SECOND
"""After all that is said: what a clock that was ahead said is another test's business."""
NAMES = st.sampled_from([("d1", "temperature"), ("d1", "smoke"), ("d2", "temperature"), ("d2", "credential")])
VALUES = {
    "temperature": st.one_of(st.integers(-400, 1200).map(lambda tenths: tenths / 10), st.floats()),
    "smoke": st.booleans(),
    "credential": st.text(max_size=5),
}
TIMES = st.one_of(st.integers(0, 40), st.integers(0, 4000)).map(lambda second: NOON + second * SECOND)
BURSTS = st.lists(
    NAMES.flatmap(
        lambda name: st.builds(
            Reading, *map(st.just, name), VALUES[name[1]], TIMES, st.integers(NOON, NOON + 9), st.integers(0, 7)
        )
    ),
    min_size=1,
    max_size=20,
)


class SeriesModel(RuleBasedStateMachine):
    @initialize(small=st.sampled_from([4, 512]), most=st.sampled_from([8, 2048]))
    def open(self, small, most):
        """Small limits, so that a few readings already make many stretches."""
        self.limits = (series_seal._SMALL, series_seal._CHUNK_READINGS)
        series_seal._SMALL, series_seal._CHUNK_READINGS = small, most
        self.folder = Path(tempfile.mkdtemp(prefix="keyarea-series-"))
        self.readings = []
        self.latest = {}
        self.store = SeriesSqlite(self.folder, lambda: NOW)

    @rule(burst=BURSTS)
    def append(self, burst):
        self.store.append(burst)
        self.readings += burst
        for reading in burst:
            known = self.latest.get((reading.device, reading.signal))
            if known is None or reading.time >= known.time:
                self.latest[reading.device, reading.signal] = reading

    @precondition(lambda self: self.readings)
    @rule(data=st.data())
    def append_again(self, data):
        """As after a crash: the last ones once more."""
        self.append(self.readings[-data.draw(st.integers(1, len(self.readings))) :])

    @rule()
    def seal(self):
        self.store.seal(NOON)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = SeriesSqlite(self.folder, lambda: NOW)

    @rule(before=TIMES)
    def forget(self, before):
        """Only sealed readings go, so all are sealed first; a short stretch of time, so no stretch is cut."""
        self.store.seal(NOON)
        self.store.retain(before)
        kept = []
        for name in self.latest:
            left = {point.time for point in self.store.range(*name, 0, 2**62)}
            mine = [r for r in self.readings if (r.device, r.signal) == name]
            assert {r.time for r in mine if r.time >= before} <= left
            kept += [r for r in mine if r.time in left]
        self.readings = kept

    @rule(start=TIMES, end=TIMES, step=st.integers(1, 700).map(lambda s: s * SECOND // 7), name=NAMES)
    def look(self, start, end, step, name):
        inside = [point for point in points_of(self.readings, *name) if start <= point.time < end]
        assert same(inside, self.store.range(*name, start, end))
        columns = [p.time for p in inside], [p.value for p in inside], [p.quality for p in inside]
        for aggregate in ("count", "last"):
            expected = aggregated(*columns, start, step, aggregate)
            assert same(expected, self.store.range(*name, start, end, step, aggregate))

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "store"):
            return
        for name in self.latest:
            assert same(points_of(self.readings, *name), self.store.range(*name, 0, 2**62))
        assert list(map(repr, self.latest.values())) == [repr(self.store.latest()[name]) for name in self.latest]

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)
            series_seal._SMALL, series_seal._CHUNK_READINGS = self.limits


TestSeriesModel = SeriesModel.TestCase
TestSeriesModel.settings = settings(max_examples=30, stateful_step_count=25)
