"""Scores by definition, borders against a naive count, and every segment of every stage."""

import itertools
import unittest
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import standing

# Written out once more from design.md, part 4: FM 1 to 5.
BUYING = "promising potential_loyalists potential_loyalists loyal champions"
GRID = {
    ("new", False): "new new new new new",
    ("active", False): BUYING,
    ("won_back", False): BUYING,
    ("slipping", True): "about_to_sleep " * 2 + "need_attention " * 3,
    ("slipping", False): "hibernating hibernating at_risk at_risk cannot_lose",
    ("lapsed", False): "lost lost hibernating hibernating cannot_lose",
}
SEGMENTS = {name for row in GRID.values() for name in row.split()}

money = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)
few_values = st.integers(0, 6)


def naive_score(population, value):
    """1 + floor(5 x (share worse + half the share of equals)), capped at 5, in fractions."""
    worse = Fraction(sum(1 for other in population if other < value), len(population))
    equal = Fraction(sum(1 for other in population if other == value), len(population))
    return min(1 + int(5 * (worse + equal / 2)), 5)


def scores_of(population, values):
    distinct = Counter(population)
    borders = standing.get_score_cutoffs(list(distinct), list(distinct.values()))
    return list(standing.get_rfm_scores(values, borders))


class TestScore(unittest.TestCase):
    def test_five_customers(self):
        """Worse and half of the equals: 10 -> 0.5/5, 20 -> 2/5, 30 -> 3.5/5, 40 -> 4.5/5."""
        population = [10, 20, 20, 30, 40]
        self.assertEqual(scores_of(population, population), [1, 3, 3, 4, 5])

    def test_ten_customers(self):
        """Two customers per score: 0.5/10 and 1.5/10 -> 1, 2.5/10 and 3.5/10 -> 2 ... -> 5."""
        population = list(range(10))
        expected = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
        self.assertEqual(scores_of(population, population), expected)

    def test_who_ties_with_everybody_stands_in_the_middle(self):
        self.assertEqual(scores_of([7.5], [7.5]), [3])
        self.assertEqual(scores_of([3, 3, 3], [3, 3, 3]), [3, 3, 3])
        self.assertEqual(scores_of([0] * 1000, [0]), [3])

    def test_tie_at_the_top(self):
        """Four of five share the best value: 1/5 + 2/5 make 4; the other one has 0.5/5."""
        self.assertEqual(scores_of([1, 9, 9, 9, 9], [1, 9]), [1, 4])

    def test_tie_at_the_bottom(self):
        """Nobody is worse, half of the four equals is 2/5: 3; the best has 4.5/5."""
        self.assertEqual(scores_of([0, 0, 0, 0, 9], [0, 9]), [3, 5])

    def test_two_customers(self):
        self.assertEqual(scores_of([1, 2], [1, 2]), [2, 4])

    def test_rounding_never_costs_a_point(self):
        """Pairs of equals: n below and 1 of themselves are whole fifths, whatever floats say."""
        for count in range(5, 200, 5):
            population = [value for value in range(count) for _twin in range(2)]
            for value in range(count):
                expected = naive_score(population, value)
                self.assertEqual(scores_of(population, [value]), [expected], (count, value))

    def test_borders_of_nobody(self):
        self.assertEqual(standing.get_score_cutoffs([], []), [None] * 4)
        self.assertEqual(list(standing.get_rfm_scores([5.0], [None] * 4)), [1])

    def test_borders_are_values_somebody_has(self):
        """20 is the lowest that scores 2 or more, and scores 3: the border of both."""
        self.assertEqual(
            standing.get_score_cutoffs([40, 10, 20, 30], [1, 1, 2, 1]), [20, 20, 30, 40]
        )

    def test_newcomers_between_and_beyond_the_borders(self):
        borders = [20.0, 30.0, None, None]
        values = [-1, 19.99, 20, 29.99, 30, 1e9]
        self.assertEqual(list(standing.get_rfm_scores(values, borders)), [1, 1, 2, 2, 3, 3])

    @given(st.lists(money, min_size=1, max_size=60))
    def test_scores_match_a_naive_count(self, population):
        expected = [naive_score(population, value) for value in population]
        self.assertEqual(scores_of(population, population), expected)

    @given(st.lists(few_values, min_size=1, max_size=60))
    def test_scores_match_a_naive_count_with_many_ties(self, population):
        expected = [naive_score(population, value) for value in population]
        self.assertEqual(scores_of(population, population), expected)

    @given(st.lists(money, min_size=1, max_size=40), st.randoms())
    def test_order_and_splitting_do_not_matter(self, population, random):
        values = sorted(set(population))
        shuffled = list(population)
        random.shuffle(shuffled)
        self.assertEqual(scores_of(shuffled, values), scores_of(sorted(population), values))

    @given(st.lists(money, min_size=1, max_size=40), st.lists(money, max_size=20))
    def test_better_never_scores_less(self, population, newcomers):
        scores = scores_of(population, sorted(newcomers))
        self.assertEqual(scores, sorted(scores))
        self.assertLessEqual(set(scores), {1, 2, 3, 4, 5})

    @given(st.lists(money, min_size=1, max_size=40))
    def test_scores_stand_symmetrically_around_the_middle(self, population):
        """Who is as far from the top as another from the bottom stands as far from 3, or beside."""
        low = scores_of(population, population)
        high = scores_of([-value for value in population], [-value for value in population])
        self.assertTrue(all(5 <= a + b <= 7 for a, b in zip(low, high, strict=True)), (low, high))


class TestSegment(unittest.TestCase):
    def test_every_segment_of_every_stage(self):
        for (stage, is_mild), row in GRID.items():
            for f, m in itertools.product(range(1, 6), repeat=2):
                fm = (Decimal(f + m) / 2).quantize(Decimal(1), ROUND_HALF_UP)
                self.assertEqual(
                    standing.get_segment(stage, f, m, is_mild),
                    row.split()[int(fm) - 1],
                    (stage, is_mild, f, m),
                )

    def test_fm_is_rounded_half_up(self):
        """F 2 and M 3 make 2.5, so FM is 3 and not 2 (banker's rounding would give 2)."""
        self.assertEqual(standing.get_segment("slipping", 2, 3), "at_risk")
        self.assertEqual(standing.get_segment("lapsed", 4, 5), "cannot_lose")

    def test_prospect_has_none(self):
        self.assertIsNone(standing.get_segment("prospect", 1, 1))

    def test_mild_is_about_slipping_only(self):
        for stage in ("new", "active", "won_back", "lapsed"):
            self.assertEqual(
                standing.get_segment(stage, 1, 1, True), standing.get_segment(stage, 1, 1)
            )

    def test_there_are_eleven(self):
        found = {name for row in standing.SEGMENTS.values() for name in row}
        self.assertEqual(found, SEGMENTS)
        self.assertEqual(len(found), 11)


# What a word may stand beside: nobody active sleeps, and nobody gone is promising.
SAYS_BUYING = {"champions", "loyal", "potential_loyalists", "promising"}
SAYS_GOING = {"need_attention", "about_to_sleep", "at_risk", "cannot_lose", "hibernating"}
SAYS_GONE = {"cannot_lose", "hibernating", "lost"}
AGREES = {
    "prospect": {None},
    "new": {"new"},
    "active": SAYS_BUYING,
    "won_back": SAYS_BUYING,
    "slipping": SAYS_GOING,
    "lapsed": SAYS_GONE,
}
scores = st.integers(1, 5)
gaps = st.builds(
    lambda *days: standing.CompanyGaps(*sorted(days)), *[st.floats(0, 900, allow_nan=False)] * 3
)
predictions = st.none() | st.builds(standing.StagePrediction, *[st.floats(0, 1)] * 3)
histories = st.lists(st.integers(0, 2_000), max_size=12, unique=True).map(sorted)


class TestSegmentAndStage(unittest.TestCase):
    """For any history, borders and prediction the segment says what the stage says."""

    def read(self, days, company, prediction, today=2_000):
        summary = standing.summarise_gaps(days, today)
        facts = standing.StageFacts(
            len(days),
            today - days[-1] if days else None,
            summary.count,
            summary.p80,
            summary.p95,
            summary.recent_longest,
        )
        stage = standing.get_stage(facts, company, prediction)
        is_mild = stage == "slipping" and standing.is_slipping_mildly(facts, company, prediction)
        return facts, stage, is_mild

    @given(histories, gaps, predictions, scores, scores)
    def test_they_never_contradict(self, days, company, prediction, f, m):
        _facts, stage, is_mild = self.read(days, company, prediction)
        self.assertIn(standing.get_segment(stage, f, m, is_mild), AGREES[stage])

    @given(histories, gaps, predictions, scores, scores)
    def test_who_bought_more_never_stands_lower(self, days, company, prediction, f, m):
        """One score more leads to the same segment or to one further right in the row."""
        _facts, stage, is_mild = self.read(days, company, prediction)
        row = [standing.get_segment(stage, fm, fm, is_mild) for fm in range(1, 6)]
        before = standing.get_segment(stage, f, m, is_mild)
        after = standing.get_segment(stage, min(f + 1, 5), m, is_mild)
        self.assertLessEqual(row.index(before), row.index(after))

    @given(st.integers(3, 10), st.integers(1, 120), st.integers(0, 500))
    def test_the_only_customer_is_judged_by_their_own_rhythm(self, purchases, gap, pause):
        """One customer who buys every ``gap`` days: the company's gaps are theirs."""
        today = 2_000
        days = [today - pause - gap * back for back in reversed(range(purchases))]
        company = standing.CompanyGaps(gap, gap, gap)
        _facts, stage, is_mild = self.read(days, company, None, today)
        [f] = scores_of([purchases], [purchases])
        expected = "potential_loyalists" if pause <= gap else "hibernating"
        self.assertEqual(standing.get_segment(stage, f, f, is_mild), expected)
        self.assertEqual(stage, "active" if pause <= gap else "lapsed")
