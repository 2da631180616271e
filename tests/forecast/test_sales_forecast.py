"""The sales forecast: against the engine, by hand, as business users."""

from calendar import monthrange
from datetime import date
from unittest.mock import patch

import numpy as np

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...engine import forecast
from ...engine.prediction import OccasionLog, fit_prediction
from ..prediction.common import TODAY
from .common import ForecastCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSalesForecast(ForecastCommon):
    def test_four_months_from_this_one(self):
        rows = self._make()
        self.assertEqual([str(row.month) for row in rows], [
            "2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01"
        ])  # fmt: skip
        self.assertEqual(rows.mapped("months_ahead"), [0, 1, 2, 3])
        self.assertEqual(set(rows.mapped("made_month")), {date(2026, 6, 1)})
        self.assertTrue(all(rows.mapped("is_current")))
        self.assertEqual(rows.model_id, self.model)
        self.assertIn("2026", rows[0].name)

    def test_usual_purchases_are_those_of_the_engine(self):
        """Nothing open: the sum over customers of what the engine says, given the sales alone."""
        customers, days, amounts = zip(*self.sales, strict=True)
        log = OccasionLog.of(
            customers, [day.toordinal() for day in days], amounts, [a * 0.4 for a in amounts]
        )
        today = self.today.toordinal()
        model = fit_prediction(log, today, self.model.horizon_days)
        ends = [
            date(2026, month, monthrange(2026, month)[1]).toordinal() - today
            for month in (6, 7, 8, 9)
        ]
        found = forecast.get_repeat_sales(model, log.as_of(today), ends)
        season = self._get_season(log)
        for row, amount, factor in zip(
            self._make(), found.amounts.sum(axis=0), season[5:9], strict=True
        ):
            self.assertAlmostEqual(row.repeat_amount, amount * factor, delta=0.02 + 1e-5 * amount)

    def _get_season(self, log):
        """Naive: mean of month / trend over the two years before June 2026, and 1."""
        sums = {}
        for day, amount in zip(log.days, log.revenues, strict=True):
            day = date.fromordinal(int(day))
            sums[day.year, day.month] = sums.get((day.year, day.month), 0) + amount
        ratios = {month: [1.0] for month in range(1, 13)}
        years = [
            [(begin, month) for month in range(6, 13)] + [(begin + 1, m) for m in range(1, 6)]
            for begin in (2024, 2025)
        ]
        means = [sum(sums.get(key, 0) for key in year) / 12 for year in years]
        growth = min(max(means[1] / means[0], 0.5), 2)
        shape = [growth ** ((place - 5.5) / 12) for place in range(12)]
        for year, mean in zip(years, means, strict=True):
            for place, key in enumerate(year):
                trend = mean * shape[place] / np.mean(shape)
                ratios[key[1]].append(sums.get(key, 0) / trend)
        return [np.mean(ratios[month]) for month in range(1, 13)]

    def test_parts_add_up(self):
        self._add_quotation(self.shoppers[0], 900)
        self._add_lead(500, 40)
        for row in self._make():
            parts = (
                row.billed_amount
                + row.order_amount
                + row.quotation_amount
                + row.opportunity_amount
                + row.repeat_amount
                + row.new_amount
            )
            self.assertAlmostEqual(row.expected_amount, parts, 2)
            self.assertLess(row.low_amount, row.expected_amount)
            self.assertGreater(row.high_amount, row.expected_amount)
            self.assertEqual(row.note, "ok")

    def test_invoiced_so_far_is_part_of_this_month(self):
        row = self._make()[0]
        invoiced = sum(amount for _c, day, amount in self.sales if day >= date(2026, 6, 1))
        self.assertAlmostEqual(row.billed_amount, invoiced, 2)
        self.assertAlmostEqual(row.actual_amount, invoiced, 2)
        self.assertGreaterEqual(row.low_amount, invoiced)

    def test_list_behind_the_documents_adds_up(self):
        stages = self.env["crm.stage"].search([], limit=1)
        self._add_quotation(self.shoppers[0], 900)
        self._add_quotation(self.shoppers[1], 1200, "2026-05-01")
        self._add_lead(500, 40, stage_id=stages.id, date_deadline="2026-07-20")
        order = self._add_quotation(self.shoppers[2], 700)
        order.action_confirm()
        rows = self._make()
        for row in rows.with_user(self.salesperson):
            action = row.action_open_pipeline()
            lines = self.lines.with_user(self.salesperson).search(action["domain"])
            self.assertAlmostEqual(
                sum(lines.mapped("weighted_amount")),
                row.order_amount + row.quotation_amount + row.opportunity_amount,
                2,
            )
        self.assertGreater(sum(rows.mapped("quotation_amount")), 0)
        self.assertEqual(sum(rows.mapped("order_amount")), 700)
        self.assertEqual(rows[1].opportunity_amount, 200)

    def test_invoices_behind_the_actual_add_up(self):
        row = self._make()[0].with_user(self.accountant)
        action = row.action_open_invoices()
        moves = self.env["account.move"].with_user(self.accountant).search(action["domain"])
        self.assertAlmostEqual(sum(moves.mapped("amount_untaxed_signed")), row.actual_amount, 2)

    def test_open_documents_are_not_counted_twice(self):
        """A quotation of a regular customer takes the place of what is usual for it."""
        regular = max(self.shoppers, key=self._get_usual)
        before = self._make().mapped("repeat_amount")
        self._add_quotation(regular, 100_000)
        after = self._make()
        month = next(n for n, row in enumerate(after) if row.quotation_amount)
        self.assertLess(after[month].repeat_amount, before[month])
        others = sum(abs(before[n] - after[n].repeat_amount) for n in range(4) if n != month)
        self.assertAlmostEqual(others, 0, 2)

    def _get_usual(self, customer):
        return self._profile(customer).predicted_revenue or 0

    def test_prospects_take_the_place_of_newcomers(self):
        before = self._make().mapped("new_amount")
        self._add_lead(60_000, 50, date_deadline="2026-07-10")
        after = self._make().mapped("new_amount")
        self.assertGreater(before[1], 0)
        self.assertEqual((after[1], after[2]), (0, before[2]))

    def test_history_stays_as_it_was(self):
        first = self._make()
        kept = {row.month: row.expected_amount for row in first}
        with freeze_time("2026-07-09 12:00:00"):
            self._add_sales([(self.shoppers[0].id, "2026-07-03", 5000)])
            self._run_nightly()
            second = self._make()
        self.assertEqual(str(second[0].month), "2026-07-01")
        self.assertEqual(second[0].billed_amount, 5000)
        self.assertTrue(first.exists())
        for row in first:
            self.assertEqual(row.expected_amount, kept[row.month])
            self.assertFalse(row.is_current)
        over, begun = first[0], first[1]
        self.assertTrue(over.is_over)
        self.assertAlmostEqual(
            over.miss_percent, 100 * (over.actual_amount / over.expected_amount - 1), delta=0.051
        )
        self.assertEqual(over.is_within, over.low_amount <= over.actual_amount <= over.high_amount)
        self.assertFalse(begun.is_within)
        self.assertEqual((begun.actual_amount, begun.is_over), (5000, False))
        self.assertIs(begun.miss_percent, False)
        self.assertIs(first[2].actual_amount, False)

    def test_same_month_is_replaced(self):
        first = self._make()
        self.assertEqual(self._make(), first)
        self.assertEqual(self.forecasts.search([("company_id", "=", self.company.id)]), first)

    def test_own_misses_make_the_range(self):
        made = self._make()
        values = {
            "company_id": self.company.id,
            "date": "2026-01-05",
            "months_ahead": 1,
            "expected_amount": 1000,
            "actual_amount": 1400,
            "is_over": True,
        }
        self.forecasts.create(
            [
                values | {"made_month": f"2026-0{n}-01", "month": f"2026-0{n + 1}-01"}
                for n in (1, 2, 3)
            ]
        )
        error = self.forecasts._get_error(self.company, self.model, 1, None)
        self.assertEqual((round(error[0], 6), error[1]), (0.4, True))
        ratios = [cut.total_ratio for cut in self.model._get_engine_objects()[1].cuts]
        self.assertEqual(
            self.forecasts._get_error(self.company, self.model, 2, None),
            (forecast.get_untried_error(ratios, None), False),
        )
        row = self._make()[1]
        self.assertEqual(row, made[1])
        # Nothing else than the misses, by now of what was really invoiced.
        due = self.forecasts.search([("is_over", "=", True)])
        self.assertEqual(len(due), 3)
        squares = [(one.actual_amount / one.expected_amount - 1) ** 2 for one in due]
        spread = np.sqrt(np.log1p(np.mean(squares)))
        self.assertAlmostEqual(
            row.high_amount / row.expected_amount, np.exp(1.2816 * spread), delta=0.01
        )

    def test_nothing_is_foretold_without_a_prediction(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._add_quotation(self.shoppers[0], 100, company=other)
        rows = self._make(other)
        self.assertEqual(set(rows.mapped("note")), {"no_prediction"})
        self.assertTrue(all(row.expected_amount is False for row in rows))
        self.assertGreater(sum(rows.mapped("quotation_amount")), 0)
        self.assertEqual(rows.currency_id, self.env.ref("base.EUR"))

    def test_due_daily_and_after_a_new_prediction(self):
        self.assertIn(self.company, self.forecasts._get_due_companies())
        self._make()
        self.assertNotIn(self.company, self.forecasts._get_due_companies())
        with freeze_time("2026-06-16 12:00:00"):
            self.assertIn(self.company, self.forecasts._get_due_companies())
        self._make_model()
        self.assertIn(self.company, self.forecasts._get_due_companies())

    def test_cron(self):
        cron = self.env.ref("customer_value.ir_cron_customer_value_forecast")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.forecasts.search([("company_id", "=", self.company.id)])), 4)

    def test_same_queries_for_any_number_of_documents(self):
        for shopper in self.shoppers[:10]:
            self._add_quotation(shopper, 100)
        self._make()
        with self.profile_queries() as few:
            self._make()
        for shopper in self.shoppers[10:100]:
            self._add_quotation(shopper, 100)
        with self.profile_queries() as many:
            self._make()
        self.assertLessEqual(many.count, few.count + 2)

    def profile_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return _Counter(self.env.cr)

    def test_amounts_are_for_who_sees_revenue(self):
        row = self._make()[0]
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        for user in (service, self.own_salesperson):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["expected_amount"])
        for user in (self.salesperson, self.accountant, self.manager):
            self.assertEqual(row.with_user(user).expected_amount, row.expected_amount)
        with self.assertRaises(AccessError):
            row.with_user(self.manager).write({"expected_amount": 1})
        with self.assertRaises(AccessError):
            row.with_user(service).action_open_invoices()

    def test_archived_customers_buy_nothing_more(self):
        before = self._make().mapped("repeat_amount")
        self.shoppers.active = False
        after = self._make()
        self.assertGreater(min(before), 0)
        self.assertEqual(sum(after.mapped("repeat_amount")), 0)

    def test_what_is_dated_later_is_in_neither(self):
        """Posted for the 28th: not invoiced yet, and not in the list behind the number."""
        order = self._add_quotation(self.customer, 700)
        order.action_confirm()
        before = self._make()[0]
        billed = before.billed_amount
        self.assertEqual(before.order_amount, 700)
        move = order._create_invoices()
        self.assertEqual(self._make()[0].order_amount, 700, "a draft is still to come")
        move.invoice_date = "2026-06-28"
        move.action_post()
        row = self._make()[0]
        self.assertEqual((row.order_amount, row.billed_amount), (700, billed))
        moves = self.env["account.move"].search(row.action_open_invoices()["domain"])
        self.assertNotIn(move, moves)
        self.assertAlmostEqual(sum(moves.mapped("amount_untaxed_signed")), row.actual_amount, 2)
        with freeze_time("2026-06-28 12:00:00"):
            row = self._make()[0]
            self.assertEqual(row.order_amount, 0)
            self.assertAlmostEqual(row.billed_amount, billed + 700, 2)

    def test_one_company_that_fails_does_not_stop_the_others(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._add_sales([(self.shoppers[0].id, "2026-06-01", 50)], other)
        self._run_nightly(other)
        self.assertIn(other, self.forecasts._get_due_companies())
        make = type(self.forecasts)._make

        def broken(forecasts, company, today=None):
            if company == self.company:
                raise ValueError("broken")
            return make(forecasts, company, today)

        with (
            patch.object(type(self.forecasts), "_make", broken),
            patch.object(self.env.cr, "rollback"),
            mute_logger("odoo.addons.customer_value.models.forecast.customer_sales_forecast_make"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("customer_value.ir_cron_customer_value_forecast").method_direct_trigger()
        found = self.forecasts.search([])
        self.assertEqual(found.company_id, other)

    def test_companies_do_not_mix(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._add_quotation(self.shoppers[0], 100, company=other)
        self._make()
        self._make(other)
        self.salesperson.company_ids = self.company
        seen = self.forecasts.with_user(self.salesperson).search([])
        self.assertEqual(seen.company_id, self.company)
        self.assertFalse(self.lines.with_user(self.salesperson).search([]))


class _Counter:
    def __init__(self, cr):
        self.cr = cr

    def __enter__(self):
        self.begin = self.cr.sql_log_count
        return self

    def __exit__(self, *_error):
        self.count = self.cr.sql_log_count - self.begin
