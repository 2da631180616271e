"""Scores by definition, borders against a naive count, and every cell of the segment table."""

import itertools
import unittest
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import standing

# Written out once more from design.md, part 4: rows are recency 5 to 1, columns FM 1 to 5.
GRID = {
    5: "new potential_loyalists potential_loyalists champions champions",
    4: "promising potential_loyalists potential_loyalists loyal champions",
    3: "about_to_sleep need_attention need_attention loyal loyal",
    2: "hibernating hibernating at_risk at_risk cannot_lose",
    1: "lost lost hibernating at_risk cannot_lose",
}

money = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)
few_values = st.integers(0, 6)


def naive_score(population, value):
    """1 + floor(5 x share strictly worse), capped at 5, counted one by one in integers."""
    worse = sum(1 for other in population if other < value)
    return min(1 + 5 * worse // len(population), 5)


def scores_of(population, values):
    distinct = Counter(population)
    borders = standing.get_score_cutoffs(list(distinct), list(distinct.values()))
    return list(standing.get_rfm_scores(values, borders))


class TestScore(unittest.TestCase):
    def test_five_customers(self):
        """Shares strictly worse: 10 -> 0/5, 20 and 20 -> 1/5, 30 -> 3/5, 40 -> 4/5."""
        population = [10, 20, 20, 30, 40]
        self.assertEqual(scores_of(population, population), [1, 2, 2, 4, 5])

    def test_ten_customers(self):
        """Two customers per score: 0/10 and 1/10 -> 1, 2/10 and 3/10 -> 2, ... 9/10 -> 5."""
        population = list(range(10))
        expected = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
        self.assertEqual(scores_of(population, population), expected)

    def test_score_is_one_if_nobody_is_worse(self):
        self.assertEqual(scores_of([7.5], [7.5]), [1])
        self.assertEqual(scores_of([3, 3, 3], [3, 3, 3]), [1, 1, 1])

    def test_tie_at_the_top(self):
        """Four of five share the best value: 1/5 is worse, so all four score 2, nobody 5."""
        self.assertEqual(scores_of([1, 9, 9, 9, 9], [1, 9]), [1, 2])

    def test_rounding_never_costs_a_point(self):
        """3 of 5, 6 of 10, 21 of 35 ... are exactly 60 %: score 4, whatever 5 x 0.6 is in floats.

        0.6 x 5 = 3.0 happens to be exact; 5 x (n x 0.2 / n) is not for every n.
        """
        for count in range(5, 400, 5):
            population = list(range(count))
            for fifth in range(1, 5):
                value = count * fifth // 5
                self.assertEqual(scores_of(population, [value, value - 1]), [fifth + 1, fifth])

    def test_borders_of_nobody(self):
        self.assertEqual(standing.get_score_cutoffs([], []), [None] * 4)
        self.assertEqual(list(standing.get_rfm_scores([5.0], [None] * 4)), [1])

    def test_borders_are_values_somebody_has(self):
        """20 is the lowest that scores 2 or more; 30 scores 4, so it is the border of 3 too."""
        self.assertEqual(
            standing.get_score_cutoffs([40, 10, 20, 30], [1, 1, 2, 1]), [20, 30, 30, 40]
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


class TestSegment(unittest.TestCase):
    def test_all_25_cells(self):
        for recency, row in GRID.items():
            for fm, expected in enumerate(row.split(), start=1):
                self.assertEqual(standing.get_segment(recency, fm, fm), expected, (recency, fm))

    def test_fm_is_rounded_half_up(self):
        """F 2 and M 3 make 2.5, so FM is 3 and not 2 (banker's rounding would give 2)."""
        self.assertEqual(standing.get_segment(2, 2, 3), "at_risk")
        self.assertEqual(standing.get_segment(2, 4, 5), "cannot_lose")
        for r, f, m in itertools.product(range(1, 6), repeat=3):
            fm = (Decimal(f + m) / 2).quantize(Decimal(1), ROUND_HALF_UP)
            self.assertEqual(standing.get_segment(r, f, m), GRID[r].split()[int(fm) - 1], (r, f, m))

    def test_eleven_segments_cover_each_cell_once(self):
        cells = [cell for cells in standing.SEGMENTS.values() for cell in cells]
        self.assertEqual(sorted(cells), sorted(itertools.product(range(1, 6), repeat=2)))
        self.assertEqual(len(standing.SEGMENTS), 11)
