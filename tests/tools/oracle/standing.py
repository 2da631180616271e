"""The naive oracle of what compares customers: scores, segment, value class, stage."""

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .numbers import exact, quantile

SCORE_FIELDS = ("rfm_recency", "rfm_frequency", "rfm_monetary")
SCORE_SOURCES = ("last_occasion_date", "occasion_count_365", "revenue_365")
RELATIVE_FIELDS = (
    *SCORE_FIELDS,
    "fm_score",
    "segment",
    "value_class",
    "stage",
    "lapsed_after_days",
)
# How the customer stands to their own rhythm -> segment for FM 1 to 5.
SEGMENT_GRID = {
    "prospect": (None, None, None, None, None),
    "new": ("new", "new", "new", "new", "new"),
    "active": ("promising", "potential_loyalists", "potential_loyalists", "loyal", "champions"),
    "won_back": ("promising", "potential_loyalists", "potential_loyalists", "loyal", "champions"),
    "mild": ("about_to_sleep", "about_to_sleep", *("need_attention",) * 3),
    "severe": ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    "lapsed": ("lost", "lost", "hibernating", "hibernating", "cannot_lose"),
}
# stage -> segments that say the same
SEGMENTS_OF_STAGE = {stage: set(SEGMENT_GRID[stage]) for stage in ("prospect", "new", "active")} | {
    "won_back": set(SEGMENT_GRID["won_back"]),
    "slipping": {*SEGMENT_GRID["mild"], *SEGMENT_GRID["severe"]},
    "lapsed": set(SEGMENT_GRID["lapsed"]),
}


class StandingOracle:
    """Part of the oracle: each customer against all others."""

    def compare(self):
        """Return customer id -> relative measures, each customer against all others."""
        facts = {partner: self.measure(partner) for partner in self.customer_ids}
        buyers = {partner: fact for partner, fact in facts.items() if fact["occasion_count"]}
        gaps = self._get_company_gaps()
        classes = self._get_value_classes(buyers)
        result = {}
        for partner, fact in facts.items():
            row = dict.fromkeys(RELATIVE_FIELDS)
            row |= self.get_definition()
            row["stage"] = self._get_stage(fact, *gaps)
            if partner in buyers:
                for name, source in zip(SCORE_FIELDS, SCORE_SOURCES, strict=True):
                    row[name] = self._rank(fact, source, buyers)
                row["fm_score"] = self._get_fm_score(row["stage"], fact, buyers)
                row["segment"] = self._get_segment(row["stage"], fact, row["fm_score"], gaps)
                row["value_class"] = classes[partner]
            result[partner] = row
        return result

    def get_definition(self):
        """Return the days after which a customer has left, where the company has set them."""
        own = self.company.customer_leaving_rule == "days"
        return {"lapsed_after_days": self.company.customer_lapsed_days if own else None}

    def get_window(self):
        """Return the days ahead that are foretold: set by the company, else two median gaps."""
        own = self.company.customer_leaving_rule == "days"
        if own and self.company.customer_leaving_window_days:
            return self.company.customer_leaving_window_days
        gaps = self._read_gaps()
        return max(90, math.ceil(2 * quantile(gaps, "0.5"))) if gaps else 90

    def _read_gaps(self):
        gaps = []
        for moves in self.moves.values():
            days = self.occasion_days(moves)
            gaps += [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
        return gaps

    def _get_company_gaps(self):
        """Return median, 80 % and 95 % quantile of the gaps of all customers, in days."""
        gaps = self._read_gaps()
        if not gaps:
            return 90, 180, 360
        return tuple(quantile(gaps, share) for share in ("0.5", "0.8", "0.95"))

    @staticmethod
    def _rank(fact, name, buyers):
        """Score 1 to 5 among all who bought: whom one ties with counts half."""
        population = [other[name] for other in buyers.values()]
        worse = len([other for other in population if other < fact[name]])
        equal = len([other for other in population if other == fact[name]])
        return min(1 + int(5 * Fraction(2 * worse + equal, 2 * len(population))), 5)

    def _get_fm_score(self, stage, fact, buyers):
        names = SCORE_SOURCES[1:]
        if stage in ("slipping", "lapsed"):
            names = ("occasion_count_before_pause", "revenue_before_pause")
        scores = [self._rank(fact, name, buyers) for name in names]
        return int((Decimal(sum(scores)) / 2).quantize(Decimal(1), ROUND_HALF_UP))

    def _get_segment(self, stage, fact, fm, gaps):
        if stage == "slipping":
            pause = (self.today - fact["last_occasion_date"]).days
            middle = round(sum(self._get_limits(fact, *gaps)) / 2, 6)
            stage = "mild" if pause < middle else "severe"
        return SEGMENT_GRID[stage][fm - 1]

    @staticmethod
    def _get_value_classes(buyers):
        """Best first, customers of equal profit together, until the share is reached."""
        profits = {partner: fact["net_profit_365"] for partner, fact in buyers.items()}
        amounts = [exact(profit) for profit in profits.values() if profit and profit > 0]
        classes = {}
        for partner, profit in profits.items():
            if profit is None:
                classes[partner] = None
            elif profit <= 0:
                classes[partner] = "N"
            else:
                better = sum(amount for amount in amounts if amount > exact(profit))
                classes[partner] = next(
                    (
                        name
                        for name, share in (("A", "0.5"), ("B", "0.8"), ("C", "0.95"))
                        if better < Decimal(share) * sum(amounts)
                    ),
                    "D",
                )
        return classes

    def _get_stage(self, fact, median, p80, p95):
        if not fact["occasion_count"]:
            return "prospect"
        longest = fact["recent_longest_gap_days"]
        pause = (self.today - fact["last_occasion_date"]).days
        if self.company.customer_leaving_rule == "days":
            return self._get_stage_by_days(fact, pause, longest, median)
        if longest is not None and longest > max(365, 3 * median):
            return "won_back"
        if fact["occasion_count"] == 1 and pause < median:
            return "new"
        p80, p95 = self._get_limits(fact, median, p80, p95)
        if pause > p95:
            return "lapsed"
        return "slipping" if pause > p80 else "active"

    def _get_stage_by_days(self, fact, pause, longest, median):
        """What the company has set decides alone, before everything that is learned."""
        if pause > self.company.customer_lapsed_days:
            return "lapsed"
        if pause > self.company.customer_slipping_days:
            return "slipping"
        if longest is not None and longest > self.company.customer_lapsed_days:
            return "won_back"
        return "new" if fact["occasion_count"] == 1 and pause < median else "active"

    def _get_limits(self, fact, _median, p80, p95):
        """Pauses at which a customer slips and lapses: the own ones from three gaps on."""
        if self.company.customer_leaving_rule == "days":
            return self.company.customer_slipping_days, self.company.customer_lapsed_days
        own = fact["gap_p80_days"], fact["gap_p95_days"]
        return own if fact["gap_count"] >= 3 else (p80, p95)
