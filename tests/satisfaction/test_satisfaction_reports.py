import math
import statistics
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import SatisfactionCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSatisfactionReports(SatisfactionCommon):
    def _group(self, model, groupby, aggregates, domain=(), user=None):
        self.env.flush_all()
        report = self.env[model].with_user(user or self.salesperson)
        return report._read_group(list(domain), groupby, aggregates)

    # === NPS === #

    MEASURES = ("nps:avg", "nps_low:avg", "nps_high:avg", "nps_count:sum")

    @staticmethod
    def _get_interval(answers):
        """NPS and its interval, computed by hand."""
        points = [100 if a >= 9 else -100 if a <= 6 else 0 for a in answers]
        mean = statistics.fmean(points)
        if len(points) < 2:
            return mean, None, None, len(points)
        half = 1.96 * statistics.stdev(points) / math.sqrt(len(points))
        return mean, max(mean - half, -100), min(mean + half, 100), len(points)

    def _assert_interval(self, found, answers):
        for actual, expected in zip(found, self._get_interval(answers), strict=True):
            if expected is None:
                self.assertIs(actual, False)
            else:
                self.assertAlmostEqual(actual, expected, 6)

    def test_nps_with_its_interval_in_every_grouping(self):
        may = [10, 9, 9, 8, 7, 6, 3, 10, 0, 5, 9, 8]
        june = [2, 9]
        for ago, answers in ((40, may), (3, june)):
            for nps in answers:
                self._answer(nps=nps, ago=ago, user_id=(self.accountant.id if nps > 7 else False))
        self._answer(rating=2, ago=3)
        self._answer(nps=0, ago=3, is_void=True)
        months = self._group("customer.answer.report", ["date:month"], self.MEASURES)
        self.assertEqual(len(months), 2)
        self._assert_interval(months[0][1:], may)
        self._assert_interval(months[1][1:], june)
        [total] = self._group("customer.answer.report", [], self.MEASURES)
        self._assert_interval(total, may + june)
        people = dict(
            (user, rest)
            for user, *rest in self._group("customer.answer.report", ["user_id"], self.MEASURES)
        )
        self._assert_interval(
            people[self.accountant.with_user(self.salesperson)], [n for n in may + june if n > 7]
        )
        [one] = self._group(
            "customer.answer.report", [], self.MEASURES, [("rating_count", "=", 0), ("nps", "=", 0)]
        )
        self._assert_interval(one, [8, 7, 8])

    def test_nps_of_one_answer_has_no_interval(self):
        self._answer(nps=10)
        [found] = self._group("customer.answer.report", [], self.MEASURES)
        self._assert_interval(found, [10])

    def test_web_client_groups(self):
        """The pivot of the client gets the interval, too, and empty where there is none."""
        self._answer(nps=10)
        self._answer(nps=3)
        self._answer(rating=4, ago=60)
        report = self.env["customer.answer.report"].with_user(self.salesperson)
        self.env.flush_all()
        june, *_ = [
            group
            for group in report.formatted_read_group([], ["date:month"], list(self.MEASURES))
            if group["nps_count:sum"]
        ]
        self.assertEqual(june["nps:avg"], 0)
        self.assertEqual((june["nps_low:avg"], june["nps_high:avg"]), (-100, 100))
        sets = report.formatted_read_grouping_sets([], [["date:month"], []], list(self.MEASURES))
        self.assertEqual(sets[1][0]["nps:avg"], 0)
        self.assertEqual(sets[1][0]["nps_low:avg"], -100)

    def test_where_an_answer_belongs(self):
        categories = self.env["product.category"].create([{"name": "Desks"}, {"name": "Chairs"}])
        north = self.env["stock.warehouse"].create({"name": "North", "code": "NO"})
        self.customer.user_id = self.own_salesperson
        order = self._order(self.customer, warehouse_id=north.id)
        picking = self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        complaint = self._complain(picking_id=picking.id)
        for document in (order, picking, invoice, complaint):
            self._answer(
                nps=9,
                res_model=document._name,
                res_id=document.id,
                category_ids=[Command.set(categories.ids)],
            )
        self._answer(nps=0)
        self._drain()
        found = self._group(
            "customer.answer.report", ["warehouse_id"], ["nps:avg", "nps_count:sum"]
        )
        self.assertEqual(
            [(warehouse.name or "", nps, count) for warehouse, nps, count in found],
            [("North", 100, 4), ("", -100, 1)],
        )
        found = self._group("customer.answer.report", ["category_ids"], ["nps_count:sum"])
        self.assertEqual(
            {category.name or "": count for category, count in found},
            {"Desks": 4, "Chairs": 4, "": 1},
        )
        [(salesperson, count)] = self._group(
            "customer.answer.report", ["salesperson_id"], ["nps_count:sum"]
        )
        self.assertEqual((salesperson.login, count), ("olga", 5))
        for groupby in ("carrier", "tier_id", "satisfaction_state", "customer_id", "company_id"):
            rows = self._group("customer.answer.report", [groupby], ["nps_count:sum"])
            self.assertEqual(sum(count for _key, count in rows), 5, groupby)

    # === GAP === #

    def test_gap_side_by_side(self):
        self._answer(levels=[(4, 5), (5, 2)])
        self._answer(self.other_customer, levels=[(2, 2), (3, 3)])
        self._answer(levels=[(1, 5)], is_void=True)
        rows = self._group(
            "customer.gap.report",
            ["factor_id", "side"],
            ["level:avg", "gap:avg", "feedback_id:count_distinct"],
        )
        finish, punctuality = self.factors[:2]
        self.assertEqual(
            [(factor.id, *rest) for factor, *rest in rows],
            [
                (finish.id, "expected", 3, 0.5, 2),
                (finish.id, "perceived", 3.5, 0.5, 2),
                (punctuality.id, "expected", 4, -1.5, 2),
                (punctuality.id, "perceived", 2.5, -1.5, 2),
            ],
        )
        [(expectation, perception, gap, answers)] = self._group(
            "customer.gap.report",
            [],
            ["expectation:avg", "perception:avg", "gap:avg", "feedback_id:count_distinct"],
        )
        self.assertEqual((expectation, perception, gap, answers), (3.5, 3, -0.5, 2))

    # === EFFECTS === #

    def _snapshot(self, partner, day, score, state="satisfied", stage="active"):
        return self.env["customer.profile.snapshot"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "date": day,
                "satisfaction": score,
                "satisfaction_state": state,
                "stage": stage,
            }
        )

    def _effects(self, groupby, aggregates, user=None):
        return self._group("customer.satisfaction.effect", groupby, aggregates, user=user)

    def _refer(self, name, **values):
        """Create a lead of December 2025 that somebody is said to have sent."""
        lead = self.env["crm.lead"].create({"name": "Lead", "referred": name, **values})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2025-12-01' WHERE id = %s", [lead.id]
        )

    def test_effects_by_state(self):
        """What came in the 180 days after the month end counts, and nothing else."""
        category = self.env["product.category"].create({"name": "Chairs"})
        chair = self.product.create(
            {
                "name": "Chair",
                "type": "consu",
                "categ_id": category.id,
                "standard_price": 60.0,
                "invoice_policy": "order",
            }
        )
        happy, sad = self.customer, self.other_customer
        for partner in (happy, sad):
            self._invoice(partner, "2025-06-01", 100)
        self._snapshot(happy, "2025-09-30", 90, "delighted")
        self._snapshot(sad, "2025-09-30", 40, "dissatisfied")
        self._snapshot(happy, "2026-01-31", 90, "delighted")  # not over: left out
        self._snapshot(happy, "2026-03-31", 90, "delighted")
        self._snapshot(sad, "2026-03-31", 40, "dissatisfied", stage="lapsed")
        self._invoice(happy, "2025-10-01", 100)
        self._invoice(happy, "2026-03-29", 300, product=chair)  # the 180th day
        self._invoice(sad, "2026-03-30", 100, product=chair)  # one too late
        self._invoice(sad, "2025-09-30", 100)  # too early
        for name in ("azure interior ", "Nobody"):
            self._refer(name)
        rows = self._effects(
            ["satisfaction_state"],
            [
                "partner_id:count_distinct",
                "repeat_percent:avg",
                "new_category_count:avg",
                "referral_count:avg",
                "churn_percent:avg",
                "gross_profit:avg",
            ],
            user=self.manager,
        )
        self.assertEqual(
            rows,
            [("delighted", 1, 100, 1, 1, 0, 280), ("dissatisfied", 1, 0, 0, 0, 100, 0)],
        )
        [slopes] = self._effects(
            [], ["repeat_per_10:avg", "churn_per_10:avg", "profit_per_10:avg"], user=self.manager
        )
        self.assertEqual(slopes, (20, -20, 56))

    def test_half_a_year_of_the_companys_months(self):
        """Shahrivar to Esfand, and Mehr to Farvardin; a Gregorian month end is no end of these."""
        self.company.customer_calendar = "jalali"
        self._snapshot(self.customer, "2025-09-22", 90)
        self._snapshot(self.other_customer, "2025-10-22", 40)
        self._snapshot(self.customer, "2026-03-20", 90)
        self._snapshot(self.other_customer, "2026-03-31", 40)
        self._snapshot(self.other_customer, "2026-04-20", 40, stage="lapsed")
        rows = self._effects(["partner_id"], ["churn_percent:avg"])
        self.assertEqual({row[0]: row[1] for row in rows},
                         {self.customer: 0, self.other_customer: 100})  # fmt: skip

    def test_referrals_told_to_a_branch(self):
        branch, _below = self._create_branches(self.company)
        self._snapshot(self.customer, "2025-09-30", 50)
        self._refer(self.customer.name, company_id=branch.id)
        [(referrals,)] = self._effects([], ["referral_count:avg"])
        self.assertEqual(referrals, 1)

    def test_slope_is_that_of_least_squares(self):
        scores = (10, 35, 50, 80, 95)
        partners = [self._create_customer(f"C{score}") for score in scores]
        for number, (partner, score) in enumerate(zip(partners, scores, strict=True)):
            self._snapshot(partner, "2025-09-30", score)
            if number in (1, 3, 4):
                self._invoice(partner, "2025-11-01", 100)
        [(slope,)] = self._effects([], ["repeat_per_10:avg"])
        expected = statistics.linear_regression(scores, [0, 100, 0, 100, 100]).slope * 10
        self.assertAlmostEqual(slope, expected, 6)

    def test_reversed_invoice_is_no_effect(self):
        self._snapshot(self.customer, "2025-09-30", 50)
        invoice = self._invoice(self.customer, "2025-10-10", 100)
        self._credit(invoice, "2025-10-11")
        rows = self._effects(
            [], ["repeat_percent:avg", "new_category_count:avg", "gross_profit:avg"], self.manager
        )
        self.assertEqual(rows[0][:2], (0, 0))

    def test_profit_is_not_for_everybody(self):
        self._snapshot(self.customer, "2025-09-30", 50)
        for measure in ("gross_profit:avg", "profit_per_10:avg"):
            with self.assertRaises(AccessError):
                self._effects([], [measure])
            self._effects([], [measure], user=self.manager)

    def test_referrer_with_a_common_name_is_nobody(self):
        self._create_customer(self.customer.name)
        self._snapshot(self.customer, "2025-09-30", 50)
        self._refer(self.customer.name)
        [(referrals,)] = self._effects([], ["referral_count:avg"])
        self.assertEqual(referrals, 0)

    # === WHO === #

    def test_companies_do_not_mix(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._answer(nps=10, levels=[(3, 3)])
        self._answer(nps=0, levels=[(3, 3)], company_id=other.id)
        self._drain()
        for model in ("customer.answer.report", "customer.gap.report"):
            rows = self.env[model].with_user(self.salesperson).search([])
            self.assertEqual(rows.company_id, self.company, model)

    def test_views_load_for_readers(self):
        self._answer(nps=10, levels=[(3, 3)])
        self._snapshot(self.customer, "2025-09-30", 50)
        self._drain()
        for model in (
            "customer.answer.report",
            "customer.gap.report",
            "customer.satisfaction.effect",
            "customer.satisfaction.fact",
        ):
            for user in (self.salesperson, self.accountant, self.manager):
                report = self.env[model].with_user(user)
                fields = report.get_views([(False, "list")])["models"][model]["fields"]
                report.web_search_read([], {name: {} for name in fields})
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.stock_user).search([])

    def test_effects_are_those_of_today(self):
        """A window that ends today is not over."""
        self._snapshot(self.customer, "2025-12-17", 50)  # 180 days ago
        self._snapshot(self.customer, "2025-12-16", 50)
        [(count,)] = self._effects([], ["__count"])
        self.assertEqual((count, datetime.now().date().isoformat()), (1, "2026-06-15"))
