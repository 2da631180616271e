"""A generated history against loops over documents in plain Python."""

import random
from collections import Counter, defaultdict
from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.addons.customer_value.models.profile import customer_work_table
from odoo.addons.customer_value.models.recommendation import (
    customer_profile as recommendation_profile,
)
from odoo.addons.customer_value.models.recommendation.recommendation_columns import FIGURES
from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from .common import RecommendationCommon

SHOWN = 5
NEIGHBOURS = 20


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendationOracle(RecommendationCommon):
    def test_generated_history(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._check(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def _check(self, dice):
        today = self._day(TODAY)
        names = [f"Product {number}" for number in range(12)]
        products = self._add_products(*names)
        for product in products:
            product.lst_price = dice.choice((50, 100, 200, 400))
            product.standard_price = product.lst_price * dice.choice((0.5, 0.8))
        self.other_category = self.env["product.category"].create({"name": "Other"})
        products[::3].categ_id = self.other_category
        customers = self._add_customers(12, "Random")
        history = self._make_history(dice, customers, products, today)
        self._add_purchases(history)
        self._run_nightly()
        model = self._make_model()
        self.assertEqual(model.affinity_rule, "regression")
        self._refresh(customers)
        groups = {c.id: self._profile(c).value_class in ("A", "B") for c in customers}
        self.assertEqual(set(groups.values()), {True, False})
        oracle = Oracle(history, today, {p.id: p for p in products}, groups)
        found = 0
        for customer in customers:
            again = self._get(customer, kind="win_back").product_id.ids
            for kind, expected in oracle.get(customer.id, again).items():
                rows = self._get(customer, kind=kind)
                got = [
                    (
                        row.product_id.id,
                        row.because_product_id.id or 0,
                        row.support_count,
                        row.base_count,
                        round(row.gap_days or 0, 1),
                        row.last_purchase_date or None,
                        round(row.expected_profit, 2),
                    )
                    for row in rows
                ]
                self.assertEqual(got, expected, (customer.name, kind))
                found += len(got)
        self.assertGreater(found, 60)
        self._check_many(customers)

    def _check_many(self, customers):
        """With the documents in work tables, as for many customers, the same is recommended."""
        offers = self.env["customer.recommendation"].sudo()
        domain = [("partner_id", "in", customers.ids), ("state", "=", "open")]
        names = ("partner_id", "kind", "product_id", "state", *FIGURES)
        known = sorted(map(str, offers.search(domain).mapped(lambda row: [row[n] for n in names])))
        with (
            patch.object(recommendation_profile, "FEW_CUSTOMERS", 0),
            patch.object(customer_work_table, "FEW_DOCUMENTS", 0),
        ):
            self.assertFalse(offers._refresh(self.company, customers.ids))
            offers.search(domain).unlink()
            self.assertTrue(offers._refresh(self.company, customers.ids))
        again = offers.search(domain).mapped(lambda row: [row[n] for n in names])
        self.assertEqual(sorted(map(str, again)), known)

    def _make_history(self, dice, customers, products, today):
        """Four visits or so per customer, each a basket around a theme; some things come back."""
        history = []
        for customer in customers:
            theme = dice.choice((products[:6], products[6:], products[3:9]))
            day = today - timedelta(days=dice.randrange(60, 300))
            while day <= today and sum(1 for c, _d, _l in history if c == customer.id) < 4:
                chosen = dice.sample(theme, dice.randrange(1, 5))
                lines = [
                    (product.id, quantity := dice.randrange(1, 5), quantity * product.lst_price)
                    for product in chosen
                ]
                history.append((customer.id, day, lines))
                if dice.random() < 0.2:
                    product, quantity, amount = lines[0]
                    later = min(day + timedelta(days=1), today)
                    history.append((customer.id, later, [(product, quantity, -amount)]))
                day += timedelta(days=dice.choice((7, 20, 40)))
        return history


class Oracle:
    """Everything by loops, from the documents that were written."""

    def __init__(self, history, today, products, groups):
        self.today, self.products, self.groups = today, products, groups
        bought = defaultdict(lambda: [0, 0.0])  # customer, product, day: quantity, amount
        for customer, day, lines in history:
            for product, quantity, amount in lines:
                if amount > 0:
                    cell = bought[customer, product, day]
                    cell[0] += quantity
                    cell[1] += amount
        for customer, day, lines in history:
            for product, quantity, amount in lines:
                if amount < 0:
                    self._give_back(bought, customer, product, day, quantity, -amount)
        self.bought = {key: cell for key, cell in bought.items() if cell[1] > 0.005}
        self.baskets = defaultdict(set)
        self.days = defaultdict(lambda: defaultdict(list))  # customer: product: days
        for customer, product, day in sorted(self.bought):
            self.baskets[customer, day].add(product)
            self.days[customer][product].append(day)

    def _give_back(self, bought, customer, product, day, quantity, amount):
        earlier = [d for c, p, d in bought if (c, p) == (customer, product) and d <= day]
        for when in sorted(earlier, reverse=True):
            cell = bought[customer, product, when]
            part = min(amount, cell[1])
            if part > 0:
                returned = quantity * part / amount
                cell[0], cell[1] = max(cell[0] - returned, 0), cell[1] - part
                quantity, amount = quantity - returned, amount - part
            if amount <= 0:
                return

    def get(self, customer, again):
        """Return kind -> rows; ``again``: what is offered as not bought any more."""
        if not self.days[customer]:
            return {"reorder": [], "cross_sell": [], "up_sell": []}  # everything came back
        up = self._get_up_sells(customer)[:SHOWN]
        cross = self._get_cross_sells(customer)
        cross = [row for row in cross if row[0] not in {one[0] for one in up}][:SHOWN]
        taken = {row[0] for row in cross + up}
        best = [row for row in self._get_best_sellers(customer) if row[0] not in taken]
        return {
            "reorder": [row for row in self._get_reorders(customer) if row[0] not in again][:SHOWN],
            "cross_sell": (cross + best)[:SHOWN],
            "up_sell": up,
        }

    def _profit(self, product, quantity, share=1.0):
        unit = self.products[product].lst_price - self.products[product].standard_price
        return round(unit * quantity * share + 1e-9, 2)  # halves go up, as in Odoo

    def _usual(self, product):
        cells = [cell[0] for (_c, p, _d), cell in self.bought.items() if p == product]
        mean = sum(cells) / len(cells)
        return mean if mean > 0 else 1.0

    def _get_reorders(self, customer):
        rows = []
        for product, days in self.days[customer].items():
            if len(days) < 2:
                continue
            gap = (days[-1] - days[0]).days / (len(days) - 1)
            pause = (self.today - days[-1]).days
            pace = sum(0.5 ** ((self.today - day).days / 120) for day in days)
            if gap < pause <= 5 * gap:
                usual = sum(self.bought[customer, product, day][0] for day in days) / len(days)
                profit = self._profit(product, usual)
                rows.append((-pace, (product, 0, 0, 0, round(gap, 1), days[-1], profit)))
        return [row for _pace, row in sorted(rows)]

    def _count(self, decayed):
        """Customers with both products; decayed: Σ of the products of both weights."""
        counts = defaultdict(float)
        for products in self.days.values():
            weights = {p: 0.5 ** ((self.today - d[-1]).days / 120) for p, d in products.items()}
            for one in products:
                for other in products:
                    counts[one, other] += weights[one] * weights[other] if decayed else 1
        return counts

    def _get_neighbours(self):
        """Ridge regression of each product on the others: solved one by one, not by an inverse."""
        decayed, plain = self._count(True), self._count(False)
        rank = sorted(p for p in self.products if plain[p, p])
        weights = {}
        for other in rank:
            rest = [p for p in rank if p != other]
            gram = [[decayed[a, b] + (100 if a == b else 0) for b in rest] for a in rest]
            found = np.linalg.solve(gram, [decayed[a, other] for a in rest])
            weights.update({(own, other): w for own, w in zip(rest, found, strict=True)})
        result = {}
        for one in rank:
            scores = [
                (-weights[one, other], other)
                for other in rank
                if other != one and plain[one, other] >= 3 and weights[one, other] > 1e-12
            ]
            result[one] = [(-score, other) for score, other in sorted(scores)[:NEIGHBOURS]]
        return result, plain, rank

    def _get_cross_sells(self, customer):
        neighbours, plain, rank = self._get_neighbours()
        total, best = defaultdict(float), {}
        for own, days in self.days[customer].items():
            weight = 0.5 ** ((self.today - days[-1]).days / 120)
            for score, other in neighbours.get(own, ()):
                gain = score * weight
                total[other] += gain
                if gain > best.get(other, (0, 0))[0]:
                    best[other] = (gain, own)
        rows = []
        for other in total:
            if other not in self.days[customer]:
                because = best[other][1]
                count, base = int(plain[because, other]), int(plain[because, because])
                profit = self._profit(other, self._usual(other), count / base)
                row = (other, because, count, base, 0, None, profit)
                rows.append((-total[other], rank.index(other), row))
        return [row for _score, _rank, row in sorted(rows)]

    def _get_up_sells(self, customer):
        best = {}
        for own, days in self.days[customer].items():
            weight = 0.5 ** ((self.today - days[-1]).days / 120)
            for other in self.products:
                if other in self.days[customer] or not self._is_better(own, other):
                    continue
                group = self.groups[customer]
                buyers = [c for c in self.days if own in self.days[c] and self.groups[c] == group]
                followers = sum(
                    1
                    for c in buyers
                    if other in self.days[c] and self.days[c][other][0] > self.days[c][own][0]
                )
                if followers >= 3:
                    share = followers / len(buyers)
                    row = (
                        *(other, own, followers, len(buyers), 0, None),
                        self._profit(other, self._usual(other), share),
                    )
                    best.setdefault(other, []).append((-share * weight, other, own, row))
        return [min(rows)[-1] for rows in sorted(best.values(), key=min)]

    def _is_better(self, own, other):
        low, high = self.products[own], self.products[other]
        return (
            low.categ_id == high.categ_id
            and high.lst_price > low.lst_price
            and high.lst_price - high.standard_price > low.lst_price - low.standard_price
        )

    def _get_best_sellers(self, customer):
        purchases = Counter(product for basket in self.baskets.values() for product in basket)
        rows = []
        for product in sorted(purchases, key=lambda p: (-purchases[p], p)):
            if product not in self.days[customer]:
                buyers = sum(1 for c in self.days if product in self.days[c])
                total = sum(1 for c in self.days if self.days[c])
                profit = self._profit(product, self._usual(product), buyers / total)
                rows.append((product, 0, buyers, total, 0, None, profit))
        return rows
