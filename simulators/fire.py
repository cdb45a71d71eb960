"""A fire as a heat and soot source: a smouldering phase, growth with the square of time, a peak, decay.

Growth coefficients are NFPA 72's (B.2.3.2.3): the time to 1,055 kW is 600, 300, 150 and 75 s. Soot and heat figures
are orders of magnitude from the SFPE Handbook (Tewarson): good enough to try rules on, not to design a building.
"""

from dataclasses import dataclass

ALPHA_KW_S2 = {"slow": 0.00293, "medium": 0.01172, "fast": 0.0469, "ultrafast": 0.1876}
_HEAT_OF_COMBUSTION_KJ_G = 20.0
_SOOT_YIELD_FLAMING = 0.05
_CO_YIELD_FLAMING = 0.04
_SMOULDER_SOOT_G_S = 0.05
_SMOULDER_CO_G_S = 0.08
_SMOULDER_KW = 1.5
_DECAY_S = 120.0


@dataclass(frozen=True)
class Fire:
    """``started`` in seconds of the world's time; ``smoulder_s`` before it flames; ``peak_kw``: fuel runs short."""

    room: str
    started: float
    growth: str = "medium"
    smoulder_s: float = 0.0
    peak_kw: float = 500.0
    burns_s: float = 1800.0

    def heat_kw(self, now: float) -> float:
        """Heat release in kW; 0 before and long after."""
        age = now - self.started
        if age < 0:
            return 0.0
        if age < self.smoulder_s:
            return _SMOULDER_KW * age / self.smoulder_s
        flaming = age - self.smoulder_s
        grown = min(ALPHA_KW_S2[self.growth] * flaming**2 + (_SMOULDER_KW if self.smoulder_s else 0.0), self.peak_kw)
        over = flaming - self.burns_s
        return grown if over <= 0 else max(0.0, grown * (1 - over / _DECAY_S))

    def soot_g_s(self, now: float) -> float:
        """Soot in grams a second: smouldering makes much of it with little heat."""
        return self._source(now, _SMOULDER_SOOT_G_S, _SOOT_YIELD_FLAMING)

    def co_g_s(self, now: float) -> float:
        """Carbon monoxide in grams a second."""
        return self._source(now, _SMOULDER_CO_G_S, _CO_YIELD_FLAMING)

    def _source(self, now: float, smouldering: float, flaming_yield: float) -> float:
        age = now - self.started
        if age < 0:
            return 0.0
        if age < self.smoulder_s:
            return smouldering * age / self.smoulder_s
        return self.heat_kw(now) / _HEAT_OF_COMBUSTION_KJ_G * flaming_yield
