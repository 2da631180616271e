"""Real invoices in Odoo: what is recommended is what the engine says on the same file."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import numpy as np

from odoo.tests import freeze_time, tagged

from ...engine.recommendation import PurchaseLines, fit_affinity, get_reorders, suggest_new_products
from ..prediction.test_prediction_real import ONLINE_RETAIL, TODAY
from .common import RecommendationCommon

EVERY = 4
SHOWN = 5


def read_lines(path):
    """Return (invoice, customer number, day) -> product code -> [quantity, amount]."""
    documents = defaultdict(lambda: defaultdict(lambda: [Decimal(0), Decimal(0)]))
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            number = row["CustomerID"].removesuffix(".0")
            if not number or int(number) % EVERY:
                continue
            try:
                quantity, price = Decimal(row["Quantity"]), Decimal(row["UnitPrice"])
            except InvalidOperation:
                continue
            if quantity < 0:  # what is given back has an oracle of its own
                continue
            day = datetime.fromisoformat(row["InvoiceDate"].strip()).date()
            cell = documents[row["InvoiceNo"], int(number), day][row["StockCode"].strip()]
            cell[0] += quantity
            cell[1] += (quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return documents


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRealRecommendation(RecommendationCommon):
    def test_odoo_recommends_what_the_engine_says(self):
        if not ONLINE_RETAIL.exists():
            self.skipTest(f"{ONLINE_RETAIL} is not there")
        documents = read_lines(ONLINE_RETAIL)
        numbers = sorted({number for _invoice, number, _day in documents})
        codes = sorted({code for lines in documents.values() for code in lines})
        # Ties are broken by the order of keys: ids in the order of the codes.
        partners = dict(zip(numbers, self._add_customers(len(numbers), "Retail"), strict=True))
        products = dict(
            zip(codes, self._add_products(*codes, list_price=10, standard_price=1), strict=True)
        )
        self._add_purchases(
            [
                (
                    partners[number].id,
                    day,
                    [(products[c].id, quantity, amount) for c, (quantity, amount) in lines.items()],
                )
                for (_invoice, number, day), lines in documents.items()
            ]
        )
        self._analyze()
        self._run_nightly()
        model = self._make_model()
        self.assertEqual(model.state, "active", model.error)
        book = self._make_book(documents, numbers, codes).get_basket_history()
        day = self._day(TODAY).toordinal()
        tables = fit_affinity(book, day)
        self.assertEqual(model.affinity_rule, tables.rule)
        grade = tables.grade
        self.assertAlmostEqual(model.affinity_hit_ratio, grade.hit_rate, places=6)
        self.assertAlmostEqual(model.affinity_popular_hit_ratio, grade.popularity, places=6)
        self.assertGreater(model.affinity_hit_ratio, 0.1)
        self._run_nightly()
        ids = [products[code].id for code in codes]
        found = self._get_found()
        for kind, expected in (
            ("cross_sell", self._suggest(tables, book, day)),
            ("reorder", self._remind(book, day)),
        ):
            self.assertGreater(len(expected), 500)
            for customer, positions in expected.items():
                partner = partners[numbers[customer]].id
                wanted = [ids[position] for position in positions]
                self.assertEqual(found[kind].get(partner, []), wanted, (kind, numbers[customer]))
        before = self._read_recommendation_versions()
        self._run_nightly()
        self.assertEqual(self._read_recommendation_versions(), before)

    def _make_book(self, documents, numbers, codes):
        """The purchases of the file, by position of customer and product."""
        totals = defaultdict(lambda: [Decimal(0), Decimal(0)])
        place = {code: position for position, code in enumerate(codes)}
        spot = {number: position for position, number in enumerate(numbers)}
        for (_invoice, number, day), lines in documents.items():
            for code, (quantity, amount) in lines.items():
                cell = totals[spot[number], place[code], day.toordinal()]
                cell[0] += quantity
                cell[1] += amount
        keys = np.array(list(totals))
        cells = np.array([[float(q), float(a)] for q, a in totals.values()])
        return PurchaseLines.of(*keys.T, cells[:, 0], cells[:, 1], cells[:, 1])

    def _get_found(self):
        found = defaultdict(lambda: defaultdict(list))
        rows = self.env["customer.recommendation"].search(
            [("state", "=", "open")], order="kind, partner_id, rank"
        )
        for row in rows:
            # Best sellers without an own product behind them only fill up.
            if row.kind != "cross_sell" or row.because_product_id:
                found[row.kind][row.partner_id.id].append(row.product_id.id)
        return found

    def _suggest(self, tables, book, day):
        customers = np.arange(len(book.customer_keys))
        found = suggest_new_products(tables, book, customers, day, SHOWN)
        places = {}
        for row, customer in enumerate(customers):
            real = (found.products[row] >= 0) & (found.because[row] >= 0)
            positions = book.product_keys[found.products[row][real]]
            places[int(book.customer_keys[customer])] = positions.tolist()
        return places

    def _remind(self, book, day):
        found = get_reorders(book, day)
        places = {int(customer): [] for customer in book.customer_keys}
        for row in np.flatnonzero(found.overdue):
            positions = places[int(book.customer_keys[found.customers[row]])]
            if len(positions) < SHOWN:
                positions.append(int(book.product_keys[found.products[row]]))
        return places
