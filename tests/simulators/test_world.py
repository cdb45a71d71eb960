"""The simulated world behaves like one, and tells the same story for the same seed."""

import math
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.fire import ALPHA_KW_S2, Fire
from simulators.people import Round
from simulators.runner import Runner
from simulators.scenario import STEPS, ScenarioError, load, names
from simulators.site import SiteEntry, read_site
from simulators.world import HeatElement, Room, SmokeChamber, World, ceiling_jet


@cache
def factory() -> SiteEntry:
    """The sample site."""
    return read_site(Path(__file__).parents[2] / "gateway" / "site" / "sample" / "factory.toml")


@given(growth=st.sampled_from(sorted(ALPHA_KW_S2)), smoulder_s=st.floats(0, 600), peak_kw=st.floats(1, 5000))
def test_a_fire_grows_to_its_peak_and_goes_out(growth: str, smoulder_s: float, peak_kw: float) -> None:
    fire = Fire("room", 0, growth, smoulder_s, peak_kw, burns_s=600)
    heat = [fire.heat_kw(second) for second in range(int(smoulder_s) + 600)]
    assert all(0 <= kw <= max(peak_kw, 1.5) for kw in heat)
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(heat[: int(smoulder_s)]))
    assert fire.heat_kw(-1) == 0
    assert fire.heat_kw(smoulder_s + 600 + 121) == 0


def test_the_growth_is_nfpas() -> None:
    """A medium fire reaches 1,055 kW in 300 s (NFPA 72, B.2.3.2.3)."""
    assert Fire("room", 0, "medium", peak_kw=5000).heat_kw(300) == pytest.approx(1055, rel=0.01)


def test_the_ceiling_jet_is_alperts() -> None:
    """1 MW under a ceiling of 5 m, 2 m from the axis: 5.38 (Q/r)^(2/3)/H."""
    rise, speed = ceiling_jet(1000, 5)
    assert rise == pytest.approx(67.8, rel=0.01)
    assert 0 < speed < 10
    assert ceiling_jet(0, 3) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 300)), max_size=4), st.integers(1, 120))
def test_the_air_stays_air(fires: list[tuple[str, float]], seconds: int) -> None:
    """No NaN, nothing negative, no more than all of the light is taken away."""
    world = World({"a": Room("a", neighbours=("b",)), "b": Room("b")})
    world.fires = [Fire(room, started, "ultrafast", peak_kw=5000) for room, started in fires]
    for _ in range(seconds):
        world.step(1.0)
        for room in world.rooms.values():
            assert 0 <= room.obscuration <= 100
            assert math.isfinite(room.ceiling_c)
            assert room.ceiling_c >= room.ambient_c


def test_smouldering_is_smelt_before_it_is_felt() -> None:
    """Much smoke and little heat: the smoke detector trips, the heat detector doesn't."""
    room = Room("a")
    world = World({"a": room}, fires=[Fire("a", 0, "slow", smoulder_s=600)])
    smoke, heat = SmokeChamber(), HeatElement()
    for _ in range(400):
        world.step(1.0)
        smoke.step(room.obscuration, 1.0)
        heat.step(room.ceiling_c, room.jet_m_s, 1.0)
    assert smoke.alarm
    assert not heat.alarm


def test_a_guard_skips_what_the_story_says() -> None:
    walk = Round("reader", ["gate", "store", "power"], 10, 5, frozenset({"store"}))
    scans = [scan for second in range(40) for scan in walk.scans(second, second + 1)]
    assert scans[:4] == ["gate", "power", "gate", "power"]


@pytest.mark.parametrize("name", names())
def test_every_story_that_we_ship_runs_on_the_sample_site(name: str) -> None:
    """And tells the same with the same seed (but for the time of day in it)."""
    site = factory()

    def story() -> list[tuple[str, str]]:
        runner = Runner(site, load(name, site), seed=7)
        return [
            (said.device.entry.id if said.device is not None else "", said.topic)
            for _ in range(200)
            for said in runner.advance(1.0)
        ]

    first = story()
    assert first == story()
    assert len(first) > 100


def test_the_demo_tells_its_story_in_three_chapters() -> None:
    """A fire in the first minute; by the third a forced door and what the panels tell; only then many at once."""
    site = factory()
    runner = Runner(site, load("demo_story", site), seed=1)
    said = [
        (beat / 4, word.device.entry.id, word.values)
        for beat in range(1, 4 * 200)
        for word in runner.advance(0.25)
        if word.device
    ]

    def first(device: str, signal: str, value: object) -> float:
        return next((at for at, who, values in said if device == who and values.get(signal) == value), 1e9)

    assert first("gate-card", "credential", "20:22591") < 60
    assert first("chemical-smoke-1", "smoke", True) < 60
    for begins, ends, device, signal in [
        (60, 180, "finance-door", "door"),
        (60, 180, "gate-card", "tamper"),
        (60, 180, "warehouse-zone-2", "intrusion.interior"),
        (180, 200, "servers-leak", "leak"),
        (180, 200, "pumps-leak", "leak"),
        (180, 200, "archive-door", "door"),
        (180, 200, "servers-motion", "occupancy"),
        (180, 200, "dormitory-floor-3-call", "call_point"),
    ]:
        assert begins <= first(device, signal, value=True) < ends, device
    assert 1e9 == first("gate-reader", "checkpoint", "chemical store")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[steps]]\nat_s = 1\ndo = "explode"', "do must be one of"),
        ('[[steps]]\nat_s = -1\ndo = "press"', "at_s"),
        ('[[steps]]\nat_s = 1\ndo = "press"', "needs 'device'"),
        ('[[steps]]\nat_s = 1\ndo = "press"\ndevice = "nobody"', "no device 'nobody'"),
        ('[[steps]]\nat_s = 1\ndo = "fire"\narea = "moon"', "no area 'moon'"),
        ('[[steps]]\nat_s = 1\ndo = "fire"\narea = "chemical"\ngrowth = "wild"', "growth"),
        ("steps = [", "bad.toml"),
    ],
)
def test_a_wrong_story_is_refused_in_words(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=complaint):
        load(str(path), factory())


def test_the_manual_tells_of_every_step() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "simulators.md").read_text()
    assert all(f"`{step}`" in manual for step in STEPS)
