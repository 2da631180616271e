"""Cross-sell, reorders, up-sell and category gaps against hand counts and naive loops."""

import unittest
from collections import Counter
from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.recommendation import (
    BasketHistory,
    Suggestions,
    count_customer_pairs,
    evaluate_suggestions,
    fit_affinity,
    get_category_needs,
    get_reorders,
    get_up_sells,
    suggest_new_products,
    suggest_repeats,
)

lines = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 6)), min_size=1, max_size=60
)


def book_of(rows):
    """Rows of (customer, day, product); a basket is a customer's day."""
    customers, days, products = (np.array(column) for column in zip(*rows, strict=True))
    return BasketHistory.of(customers, customers * 1000 + days, products, days)


def positions(book, *products):
    return [int(np.searchsorted(book.product_keys, product)) for product in products]


def make_shop(seed=4, customers=300, twins=15):
    """Products 2k and 2k+1 go together; everybody buys the first of a pair before the second."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        pairs = random.choice(twins, 3, replace=False)
        for day, pair in zip(sorted(random.integers(0, 300, 3)), pairs, strict=True):
            rows.append((customer, int(day), int(2 * pair)))
            if random.random() < 0.7:
                rows.append((customer, int(day), int(2 * pair + 1)))
            else:
                rows.append((customer, int(day) + 60, int(2 * pair + 1)))
        rows.append((customer, int(random.integers(0, 300)), 30 + int(random.integers(0, 3))))
    return book_of(rows)


def naive_weights(rows, today, products):
    """Decayed and plain counts of pairs over customers, and the regression, by loops."""
    last = {}
    for customer, day, product in rows:
        if day <= today:
            last[customer, product] = max(day, last.get((customer, product), day))
    decayed, plain = Counter(), Counter()
    for (customer, one), (other, product) in product_pairs(last):
        if customer == other:
            plain[one, product] += 1
            age = 2 * today - last[customer, one] - last[customer, product]
            decayed[one, product] += 0.5 ** (age / 120)
    customers = len({customer for customer, _product in last})
    weights = {}
    for target in products:
        rest = [product for product in products if product != target]
        if rest:
            ridge = max(100, 0.05 * customers)
            gram = [[decayed[a, b] + ridge * (a == b) for b in rest] for a in rest]
            found = np.linalg.solve(gram, [decayed[a, target] for a in rest])
            weights.update({(own, target): w for own, w in zip(rest, found, strict=True)})
    return decayed, plain, weights


def product_pairs(last):
    return ((one, other) for one in last for other in last)


class TestPairs(unittest.TestCase):
    @settings(deadline=None, max_examples=80)
    @given(lines)
    def test_counts_and_weights_against_naive_loops(self, rows):
        book = book_of(rows)
        products = np.sort(book.get_top_products())
        names = book.product_keys[products].tolist()
        expected, naive_plain, naive = naive_weights(rows, 10, names)
        decayed, plain = count_customer_pairs(book, products, 10)
        for i, one in enumerate(names):
            for j, other in enumerate(names):
                self.assertEqual(plain[i, j], naive_plain[one, other])
                self.assertAlmostEqual(decayed[i, j], expected[one, other], places=9)
        tables = fit_affinity(book, 10, rule="regression")
        for place, one in enumerate(names):
            found = {
                int(book.product_keys[other]): (score, together)
                for other, score, together, _lift in tables.get_neighbours(products[place])
            }
            wanted = [other for other in names if other != one and naive_plain[one, other] >= 3]
            wanted = [other for other in wanted if naive[one, other] > 1e-12]
            self.assertEqual(set(found), set(wanted))
            for other, (score, together) in found.items():
                self.assertAlmostEqual(score, naive[one, other], places=9)
                self.assertEqual(together, naive_plain[one, other])

    def test_owners_of_many_products_are_counted_alike(self):
        """A row of a matrix (above 150 products) and a list of pairs give the same counts."""
        dice = np.random.default_rng(3)
        rows = [(c, int(dice.integers(0, 9)), int(p)) for c, size in enumerate((400, 151, 150, 2))
                for p in dice.choice(500, size, replace=False)]  # fmt: skip
        book = book_of(rows)
        products = np.sort(book.get_top_products())
        decayed, plain = count_customer_pairs(book, products, 9)
        owners, owned, last, _count = book.owned
        matrix = np.zeros((4, len(products)))
        matrix[owners, owned] = 0.5 ** ((9 - last) / 120)
        np.testing.assert_allclose(decayed, matrix.T @ matrix, rtol=1e-5)
        np.testing.assert_array_equal(plain, (matrix > 0).T.astype(float) @ (matrix > 0))

    def test_products_bought_on_different_days_go_together(self):
        """Never in one basket: three customers, two of whom bought nails as well."""
        rows = [(c, c, "saw") for c in range(4)] + [(c, c + 9, "oil") for c in range(3)]
        book = book_of(rows)
        tables = fit_affinity(book, 20)
        oil, saw = positions(book, "oil", "saw")
        [(other, score, together, lift)] = tables.get_neighbours(saw)
        self.assertEqual((other, together), (oil, 3))
        self.assertGreater(score, 0)
        self.assertAlmostEqual(lift, 1.0)  # 3 of the 4 · 3 / 4 that chance would have
        row = np.flatnonzero(tables.products == saw)[0]
        self.assertEqual((tables.in_basket[row, 0], tables.total_baskets), (0, 7))


class TestPopularityIsTheFloor(unittest.TestCase):
    def make_chance(self, seed, customers=400):
        """Everybody buys by chance alone, some products much more often than others."""
        dice = np.random.default_rng(seed)
        share = 1 / np.arange(1, 41)
        return book_of(
            [
                (customer, int(day), int(product))
                for customer in range(customers)
                for day, product in zip(
                    dice.integers(0, 400, 6),
                    dice.choice(40, 6, p=share / share.sum()),
                    strict=True,
                )
            ]
        )

    def test_chance_alone_is_not_ahead_of_best_sellers(self):
        rules = []
        for seed in range(5):
            tables = fit_affinity(self.make_chance(seed), 400)
            grade = tables.grade
            self.assertGreater(grade.customers, 100)
            self.assertEqual(grade.hit_rate - grade.popularity > grade.error,
                             tables.rule == "regression")  # fmt: skip
            rules.append(tables.rule)
            if tables.rule == "popularity":
                self.assertTrue((tables.others == -1).all())
        self.assertGreaterEqual(rules.count("popularity"), 3)

    def test_without_neighbours_best_sellers_are_suggested(self):
        book = self.make_chance(1)
        tables = fit_affinity(book, 400, rule="popularity")
        found = suggest_new_products(tables, book, np.arange(50), 400, 5)
        self.assertTrue((found.because == -1).all())
        ranked = book.get_top_products().tolist()
        for customer, products in enumerate(found.products):
            mine = set(book.products[book.customers == customer].tolist())
            self.assertEqual(products.tolist(), [p for p in ranked if p not in mine][:5])

    def test_pairs_that_hold_are_ahead(self):
        tables = fit_affinity(make_shop(), 300)
        self.assertEqual(tables.rule, "regression")
        self.assertGreater(tables.grade.hit_rate, tables.grade.popularity + 0.1)

    def test_few_customers_are_not_graded(self):
        tables = fit_affinity(make_shop(2, 40), 400)
        self.assertIsNone(tables.grade)
        self.assertEqual(tables.rule, "regression")


class TestCrossSell(unittest.TestCase):
    def test_the_other_half_of_a_pair_is_suggested(self):
        shop = make_shop()
        cut = 220
        past = shop.until(cut)
        owned = set(zip(past.customers.tolist(), past.products.tolist(), strict=True))
        found = suggest_new_products(fit_affinity(shop, cut), shop, np.arange(300), cut, 5)
        wanted = [
            (customer, product + 1)
            for customer, product in owned
            if product < 30 and product % 2 == 0 and (customer, product + 1) not in owned
        ]
        met = sum(product in found.products[customer] for customer, product in wanted)
        self.assertGreater(len(wanted), 50)
        self.assertGreater(met / len(wanted), 0.95)

    def test_hit_rate_and_recall_by_hand(self):
        """Of two suggested, one of three new ones was bought: hit 1, recall 1/2; repeats apart."""
        past = book_of([(1, 0, p) for p in "abcde"] + [(2, 0, "a"), (2, 0, "x"), (2, 0, "y")])
        later = [(1, 5, "a"), (2, 5, "b"), (2, 5, "c"), (2, 5, "d"), (2, 5, "x")]
        known = zip(past.customers + 1, past.days, past.product_keys[past.products], strict=True)
        both = book_of([*known, *later])
        past, future = both.until(0), both.take(np.flatnonzero(both.days > 0))
        b, e = positions(both, "b", "e")
        found = Suggestions(np.array([1]), np.array([[b, e]]), np.zeros((1, 2)), np.zeros((1, 2)))
        result = evaluate_suggestions(found, past, future)
        self.assertEqual((result.hit_rate, result.recall, result.customers), (1.0, 0.5, 1))
        self.assertEqual(evaluate_suggestions(found, past, future, repeats=True).hit_rate, 0.0)

    def test_nothing_later_is_looked_at(self):
        """Poison the future: the tables and suggestions stay as they were."""
        shop = make_shop()
        rows = [(int(c), int(d), int(p)) for c, d, p in zip(
            shop.customers, shop.days, shop.product_keys[shop.products], strict=True)]  # fmt: skip
        poisoned = book_of(rows + [(c, 290, p) for c in range(300) for p in (1, 31)])
        for book in (shop, poisoned):
            tables = fit_affinity(book, 200)
            found = suggest_new_products(tables, book, np.arange(20), 200)
            names = np.where(found.products >= 0, book.product_keys[found.products], -1)
            if book is shop:
                expected, rule = names, tables.rule
        self.assertEqual(rule, tables.rule)
        np.testing.assert_array_equal(names, expected)

    def test_owned_and_blocked_products_are_never_suggested(self):
        shop = make_shop()
        tables = fit_affinity(shop, 400)
        blocked = np.zeros(len(shop.product_keys), dtype=bool)
        blocked[::3] = True
        found = suggest_new_products(tables, shop, np.arange(300), 400, 5, blocked)
        owned = set(zip(shop.customers.tolist(), shop.products.tolist(), strict=True))
        suggested = 0
        for customer, row in zip(found.customers, found.products, strict=True):
            for product in row[row >= 0]:
                suggested += 1
                self.assertNotIn((int(customer), int(product)), owned)
                self.assertFalse(blocked[product])
        self.assertGreater(suggested, 1000)

    def test_reason_is_an_own_product_that_goes_with_it(self):
        shop = make_shop()
        tables = fit_affinity(shop, 220)
        found = suggest_new_products(tables, shop, np.arange(100), 220)
        owned = shop.until(220)
        pairs = set(zip(owned.customers.tolist(), owned.products.tolist(), strict=True))
        for row, because in enumerate(found.because):
            for product, cause in zip(found.products[row], because, strict=True):
                if cause >= 0:
                    self.assertIn((row, int(cause)), pairs)
                    neighbours = [other for other, *_rest in tables.get_neighbours(cause)]
                    self.assertIn(product, neighbours)

    def test_neighbours_by_hand(self):
        """Bread 4 times, 3 of them with butter (5 customers): lift 3 / (4·3/5) = 1.25."""
        rows = [(c, c, "bread") for c in range(4)] + [(c, c, "butter") for c in range(3)]
        book = book_of([*rows, (9, 4, "nails")])
        tables = fit_affinity(book, 5)
        bread, butter = positions(book, "bread", "butter")
        [(other, _score, together, lift)] = tables.get_neighbours(bread)
        self.assertEqual((other, together), (butter, 3))
        self.assertAlmostEqual(lift, 1.25)

    def test_support_below_three_is_no_neighbour(self):
        book = book_of([(c, c, p) for c in range(2) for p in (1, 2)])
        self.assertEqual(fit_affinity(book, 5).get_neighbours(0), [])

    def test_tiny_and_empty_books(self):
        for rows in ([(1, 1, 1)], [(1, 1, 1), (1, 1, 1)], [(1, 500, 1)]):
            book = book_of(rows)
            tables = fit_affinity(book, 100)
            found = suggest_new_products(tables, book, [0], 100)
            self.assertTrue((found.products == -1).all())
        empty = BasketHistory.of([], [], [], [])
        self.assertEqual(fit_affinity(empty, 5).get_neighbours(0), [])

    def test_order_of_rows_does_not_matter(self):
        shop = make_shop(7, 80)
        rows = list(zip(shop.customers, shop.days, shop.products, strict=True))
        order = np.random.default_rng(1).permutation(len(rows))
        first, second = (fit_affinity(book_of([rows[i] for i in index]), 250)
                         for index in (range(len(rows)), order))  # fmt: skip
        self.assertEqual(first.rule, second.rule)
        for name in ("products", "others", "scores", "together", "buyers", "in_basket"):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        self.assertEqual(first.grade, second.grade)


class TestReorders(unittest.TestCase):
    def test_gap_and_pause_by_hand(self):
        """Milk on days 0, 10, 20, today 35: gap 10, pause 15, overdue; salt only once: no row."""
        rows = [(1, day, "milk") for day in (0, 10, 20)] + [(1, 5, "salt"), (2, 0, "milk")]
        book = book_of(rows)
        found = get_reorders(book, 35)
        self.assertEqual(list(found.customers), [0])
        self.assertEqual((found.gap[0], found.pause[0], found.purchases[0]), (10, 15, 3))
        self.assertTrue(found.overdue[0])

    def test_long_forgotten_products_are_left_out(self):
        book = book_of([(1, 0, "milk"), (1, 10, "milk")])
        self.assertEqual(len(get_reorders(book, 60).customers), 1)
        self.assertEqual(len(get_reorders(book, 61).customers), 0)

    def test_repeats_are_ordered_by_pace(self):
        rows = [(1, day, "milk") for day in (80, 90, 100)] + [(1, 95, "salt"), (1, 1, "oil")]
        book = book_of(rows)
        found = suggest_repeats(book, [0], 100, 4)
        names = [book.product_keys[p] if p >= 0 else None for p in found.products[0]]
        self.assertEqual(names, ["milk", "salt", "oil", None])


class TestUpSell(unittest.TestCase):
    def test_followers_against_a_naive_loop(self):
        random = np.random.default_rng(2)
        rows = [tuple(int(n) for n in random.integers(0, (40, 30, 8))) for _row in range(600)]
        book = book_of(rows)
        categories = np.array([0, 0, 0, 0, 1, 1, 1, -1])
        prices, profits = np.arange(8.0), np.array([0, 1, 2, 1.5, 4, 5, np.nan, 7])
        first = {}
        for customer, day, product in rows:
            first[customer, product] = min(day, first.get((customer, product), day))
        expected = {}
        for low, high in permutations(range(7), 2):
            if categories[low] == categories[high] and prices[high] > prices[low]:
                if profits[high] > profits[low]:
                    both = [c for c in range(40) if (c, low) in first and (c, high) in first]
                    count = sum(first[c, high] > first[c, low] for c in both)
                    if count >= 3:
                        buyers = sum((c, low) in first for c in range(40))
                        expected[low, high] = (count, buyers)
        found = get_up_sells(book, 30, categories, prices, profits)
        columns = (found.products, found.others, found.followers, found.buyers)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        self.assertEqual({(p, o): (f, b) for p, o, f, b in rows}, expected)
        self.assertTrue(expected)
        self.assertTrue((found.probability <= 1).all())

    def test_groups_are_counted_alone(self):
        """Four followers in one group, two in the other: too few there, and not added up."""
        rows = [(c, 1, "stool") for c in range(8)] + [(c, 9, "chair") for c in range(6)]
        book = book_of(rows)
        chair, stool = positions(book, "chair", "stool")
        prices = np.zeros(2)
        prices[chair] = 1
        found = get_up_sells(book, 30, [0, 0], prices, prices, [1, 1, 1, 1, 0, 0, 0, 1])
        self.assertEqual(found.products.tolist(), [stool])
        self.assertEqual((found.followers[0], found.buyers[0], found.groups[0]), (4, 5, 1))
        both = get_up_sells(book, 30, [0, 0], prices, prices)
        self.assertEqual((both.followers[0], both.buyers[0]), (6, 8))

    def test_empty(self):
        empty = BasketHistory.of([], [], [], [])
        self.assertEqual(len(get_up_sells(empty, 5, [], [], []).products), 0)


class TestCategoryNeeds(unittest.TestCase):
    def test_a_missing_category_by_hand(self):
        """Six alike spend half on each of two categories; the seventh buys only the first.

        Of 100 spent, customers alike would give 50 to the second: nothing of it is bought here.
        """
        customers = [*range(6), *range(6), 6]
        categories = [0] * 6 + [1] * 6 + [0]
        revenues = [10.0] * 12 + [100.0]
        found = get_category_needs(customers, categories, revenues, [0] * 7)
        [row] = np.flatnonzero(found.is_gap)
        self.assertEqual((found.customers[row], found.categories[row]), (6, 1))
        self.assertEqual((found.expected[row], found.spent[row]), (50, 0))
        self.assertEqual((found.wallet_ratio[row], found.alike[row]), (0, 6))
        self.assertEqual(found.buyer_ratio[row], 1)

    def test_few_alike_say_nothing(self):
        found = get_category_needs([0, 1, 1], [0, 0, 1], [5, 5, 5], [0, 0])
        self.assertFalse(found.is_gap.any())

    def test_refunds_and_strangers(self):
        """A category that was given back is not bought; without a group there is no row."""
        found = get_category_needs([0, 0, 1], [0, 0, 1], [5, -9, 3], [0, -1])
        self.assertEqual(len(found.customers), 0)
        self.assertEqual(len(get_category_needs([], [], [], []).customers), 0)
