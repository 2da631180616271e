import random
from collections import Counter
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..tools.satisfaction_oracle import SatisfactionOracle, read_satisfaction
from .common import SatisfactionCommon

HISTORIES = 500
SEED = 20260615
NOW = datetime(2026, 6, 15, 20, 30)  # the 16th where the company is
ORDERED_ON = [datetime(2025, 2, 3, 9) + timedelta(days=37 * number) for number in range(13)]


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestSatisfactionHistories(SatisfactionCommon):
    """500 random histories of answers, complaints and deliveries against a naive computation.

    Bugs put in on purpose to see it fail are listed in docs/satisfaction_score.md.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Tehran"
        cls.company.customer_delivery_tolerance_days = 1
        cls.random = random.Random(SEED)
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(HISTORIES)]
        )
        cls.contacts = cls.env["res.partner"].create(
            [{"name": "Contact", "parent_id": customer.id} for customer in cls.customers]
        )
        cls.env["customer.feedback"].create(
            [
                cls._make_answer(partner)
                for partner in cls._pick_partners()
                for _answer in range(cls.random.randrange(4))
            ]
        )
        complaints = cls.env["customer.complaint"].create(
            [
                cls._make_complaint(partner)
                for partner in cls._pick_partners()
                for _complaint in range(cls.random.choice((0, 0, 0, 1, 1, 2)))
            ]
        )
        for complaint in complaints:
            chance = cls.random.random()
            if chance < 0.6:
                closed = complaint.open_date + timedelta(hours=cls.random.randrange(24 * 400))
                complaint.close_date = min(closed, NOW)
            elif chance < 0.7:
                same = complaints.filtered(
                    lambda one, complaint=complaint: one.customer_id == complaint.customer_id
                    and one != complaint
                    and not one.duplicate_of_id
                )
                if same and not complaint.duplicate_ids:
                    complaint.duplicate_of_id = same[0]
        cls._trade()

    @classmethod
    def _pick_partners(cls):
        """Customers and contacts; one in five has nothing of a kind."""
        pairs = zip(cls.customers, cls.contacts, strict=True)
        return [cls.random.choice(pair) for pair in pairs if cls.random.random() < 0.8]

    @classmethod
    def _make_moment(cls):
        """Hours around the ends of days, half-lives and the three months of the trend."""
        draw = cls.random
        days = draw.choice((0, 1, 91, 92, 180, 360, draw.randrange(40), draw.randrange(900)))
        return NOW - timedelta(days=days, hours=draw.randrange(24), minutes=draw.randrange(60))

    @classmethod
    def _make_answer(cls, partner):
        draw = cls.random
        kind = draw.choice(("rating", "nps", "gap"))
        values = {
            "kind": kind,
            "partner_id": partner.id,
            "date": cls._make_moment(),
            "is_void": draw.random() < 0.1,
        }
        if kind == "gap":
            factors = draw.sample(list(cls.factors), draw.randrange(1, 5))
            values["line_ids"] = [
                Command.create(
                    {
                        "factor_id": factor.id,
                        "expectation": draw.randint(1, 5),
                        "perception": draw.randint(1, 5),
                    }
                )
                for factor in factors
            ]
        else:
            values[kind] = draw.randint(1, 5) if kind == "rating" else draw.randint(0, 10)
        return values

    @classmethod
    def _make_complaint(cls, partner):
        return {
            "subject": "It creaks",
            "partner_id": partner.id,
            "severity": cls.random.choice("0123"),
            "open_date": cls._make_moment(),
        }

    @classmethod
    def _trade(cls):
        """Half of the customers order on one of 13 days; deliveries: whole, in part, or never."""
        open_orders = []
        for ordered in ORDERED_ON:
            buyers = cls.random.sample(list(cls.customers), HISTORIES // 26)
            with freeze_time(ordered):
                orders = cls.env["sale.order"].create(
                    [cls._make_order(partner, ordered) for partner in buyers]
                )
                orders.action_confirm()
            open_orders += orders
        for order in open_orders:
            for day in cls._make_delivery_days(order):
                with freeze_time(day):
                    picking = order.picking_ids.filtered(lambda p: p.state != "done")[:1]
                    if picking:
                        whole = picking.move_ids.product_uom_qty
                        part = cls.random.choice((whole, whole, 1))
                        picking.move_ids.write({"quantity": part, "picked": True})
                        picking._action_done()

    @classmethod
    def _make_order(cls, partner, ordered):
        draw = cls.random
        return {
            "partner_id": partner.id,
            "commitment_date": ordered + timedelta(days=draw.randrange(60)),
            "order_line": [
                Command.create(
                    {
                        "product_id": cls.product.id,
                        "product_uom_qty": draw.choice((1, 2, 5)),
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    @classmethod
    def _make_delivery_days(cls, order):
        """Around the promise, before and after it, and never later than now."""
        draw = cls.random
        near = [order.commitment_date + timedelta(hours=draw.randrange(-72, 96)) for _ in "12"]
        days = sorted(max(day, order.date_order) for day in near)[: draw.choice((0, 1, 2, 2))]
        return [day for day in days if day <= NOW]

    def test_every_history_is_what_the_oracle_says(self):
        today = date(2026, 6, 16)
        self._drain()
        self._compare(today)
        self.assertGreater(self.seen["complaints"], 10)
        changed = self.env["customer.profile"]._refresh(self.company, self.customers.ids, today)
        self.assertFalse(changed, "incremental is not full")
        # Other settings and another day.
        self.company.write(
            {
                "customer_satisfaction_half_life": 47,
                "customer_satisfaction_weight_rating": 12.5,
                "customer_satisfaction_weight_complaints": 0,
                "customer_satisfaction_delighted": 70,
                "customer_satisfaction_gap": 0.5,
            }
        )
        later = today + timedelta(days=61)
        with freeze_time(NOW + timedelta(days=61)):
            self._run_nightly()
            self._compare(later)

    def _compare(self, today):
        oracle = SatisfactionOracle(self.company, today)
        profiles = self.env["customer.profile"].search([("company_id", "=", self.company.id)])
        profiles = profiles.grouped("partner_id")
        self.seen, wrong = Counter(), {}
        for customer in self.customers:
            expected = oracle.measure(customer)
            profile = profiles.get(customer, self.env["customer.profile"])
            actual = read_satisfaction(profile, expected)
            self.seen[actual["satisfaction_state"]] += 1
            self.seen[actual["satisfaction_basis"]] += 1
            self.seen.update(name for name, value in actual.items() if value is not None)
            if actual != expected:
                wrong[customer.name] = {
                    name: (expected[name], actual[name])
                    for name in expected
                    if expected[name] != actual[name]
                }
        self.assertEqual(wrong, {})
        for name in (None, "delighted", "satisfied", "dissatisfied", "gap", "score"):
            self.assertGreater(self.seen[name], 10, name)
        for name in ("rating", "nps", "gap", "delivery", "complaints", "change"):
            self.assertGreater(self.seen[f"satisfaction_{name}"], 50, name)
