"""Sales forecast and open documents: against the engine, by hand, as business users."""

from calendar import monthrange
from datetime import date, timedelta
from unittest.mock import patch

import numpy as np

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..engine import prediction, quotation_odds, sales_forecast
from ..engine.occasion_log import OccasionLog
from .prediction_common import TODAY, PredictionCommon


class ForecastCommon(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([]).unlink()
        cls.env["crm.lead"].search([]).unlink()
        cls.shoppers = cls._add_customers(250)
        cls.sales = cls._add_history(cls.shoppers)
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()
        cls.today = cls._day(TODAY)
        cls.forecasts = cls.env["customer.sales.forecast"]
        cls.lines = cls.env["customer.pipeline.line"]

    @classmethod
    def _add_quotation(cls, partner, amount, created=TODAY, company=None, **values):
        company = company or cls.company
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        cls._set_created(order, created)
        return order

    @classmethod
    def _set_created(cls, record, day):
        record.flush_recordset()
        cls.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s",  # pylint: disable=sql-injection
            (f"{day} 08:00:00", record.id),
        )
        record.invalidate_recordset(["create_date"])

    @classmethod
    def _add_lead(cls, amount, probability, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Lead",
                "type": "opportunity",
                "expected_revenue": amount,
                "probability": probability,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _make(self, company=None, today=None):
        rows = self.forecasts._make(company or self.company, today)
        self.env.invalidate_all()
        return rows.sorted("month")

    def _get_lines(self, company=None):
        return self.lines.search([("company_id", "=", (company or self.company).id)])


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
        model = prediction.fit(log, today, self.model.horizon_days)
        ends = [
            date(2026, month, monthrange(2026, month)[1]).toordinal() - today
            for month in (6, 7, 8, 9)
        ]
        found = sales_forecast.get_repeat_sales(model, log.as_of(today), ends)
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
        self.assertEqual(
            over.is_within, over.low_amount <= over.actual_amount <= over.high_amount
        )
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
            (sales_forecast.get_untried_error(ratios, None), False),
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
            mute_logger("odoo.addons.customer_value.models.customer_sales_forecast_make"),
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


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPipelineLine(ForecastCommon):
    def _rebuild(self, company=None):
        lines = self.lines._rebuild(company or self.company, self.today)
        self.env.invalidate_all()
        return lines

    def test_new_quotation_by_default_chance(self):
        order = self._add_quotation(self.customer, 900)
        line = self._rebuild()
        self.assertEqual((line.kind, line.order_id, line.amount), ("quotation", order, 900))
        self.assertEqual(line.chance, round(quotation_odds.DEFAULT_CHANCE, 3))
        self.assertEqual((line.customer_factor, line.weight), (1, line.chance))
        self.assertEqual(line.weighted_amount, 270)
        self.assertEqual(line.expected_date, self.today + timedelta(days=14 + 7))
        line = line.with_context(lang="en_US")
        self.assertEqual(
            line.reason,
            "Open for 0 days: 30 of 100 such quotations are won within 120 days "
            "(learned from 0).",
        )

    def test_chance_is_learned_from_past_quotations(self):
        """30 quotations of last year, 24 of them won after ten days."""
        for number in range(30):
            order = self._add_quotation(self.customer, 100, "2025-09-01")
            if number < 24:
                order.action_confirm()
                order.date_order = "2025-09-11 08:00:00"
            else:
                order.action_cancel()
        quotation = self._add_quotation(self.other_customer, 1000, "2026-06-13")
        line = self._rebuild().filtered(lambda line: line.order_id == quotation)
        self.assertAlmostEqual(line.chance, (24 + 3) / 40, 3)
        self.assertEqual((line.age_days, line.chance_count), (2, 30))
        self.assertEqual(line.weighted_amount, 675)
        self.assertEqual(line.expected_date, self.today + timedelta(days=10 + 7))

    def test_customer_who_has_rather_left_counts_less(self):
        profiles = self.env["customer.profile"].search(
            [("company_id", "=", self.company.id), ("alive_probability", "!=", False)]
        )
        ordered = profiles.sorted("alive_probability")
        gone, there = ordered[0].partner_id, ordered[-1].partner_id
        for partner in (gone, there, self.customer):
            self._add_quotation(partner, 1000)
        lines = {line.partner_id: line for line in self._rebuild()}
        common = (ordered[0].alive_probability + ordered[-1].alive_probability) / 2
        factor = ordered[0].alive_probability / common
        self.assertAlmostEqual(lines[gone].customer_factor, factor, delta=0.002)
        self.assertAlmostEqual(lines[gone].weighted_amount, 300 * factor, delta=0.6)
        self.assertIn("are still there", lines[gone].with_context(lang="en_US").reason)
        factor = ordered[-1].alive_probability / common
        self.assertAlmostEqual(lines[there].weighted_amount, 300 * factor, delta=0.6)
        self.assertIn("more than", lines[there].with_context(lang="en_US").reason)
        self.assertEqual(lines[self.customer].customer_factor, 1)
        self.assertNotIn("still", lines[self.customer].with_context(lang="en_US").reason)
        self.assertIs(lines[self.customer].alive_probability, False)

    def test_opportunity_by_its_stage(self):
        lead = self._add_lead(2000, 35, partner_id=self.customer.id, date_deadline="2026-08-10")
        line = self._rebuild()
        self.assertEqual((line.lead_id, line.stage_id), (lead, lead.stage_id))
        self.assertEqual(line.kind, "opportunity")
        self.assertEqual((line.amount, line.weighted_amount), (2000, 700))
        self.assertEqual(str(line.expected_date), "2026-08-17")
        self.assertEqual(
            line.with_context(lang="en_US").reason, "35 of 100: the probability of the opportunity."
        )

    def test_late_and_undated_opportunities(self):
        self._add_lead(100, 50, date_deadline="2025-01-01")
        undated = self._add_lead(200, 50)
        self._set_created(undated, "2026-06-10")
        late, soon = self._rebuild().sorted("amount")
        self.assertEqual(late.expected_date, self.today + timedelta(days=7))
        self.assertEqual(soon.expected_date, date(2026, 6, 10) + timedelta(days=30 + 7))

    def test_opportunity_with_a_quotation_counts_by_it(self):
        lead = self._add_lead(2000, 35, partner_id=self.customer.id)
        first = self._add_quotation(self.customer, 500, opportunity_id=lead.id)
        second = self._add_quotation(self.customer, 900, opportunity_id=lead.id)
        lines = self._rebuild()
        self.assertEqual(lines.order_id, second, "the last of several quotations")
        (first | second)._action_cancel()
        self.assertEqual(self._rebuild().kind, "opportunity")
        self._add_quotation(self.customer, 0, opportunity_id=lead.id)
        self.assertEqual(self._rebuild().kind, "opportunity", "nothing on it yet")

    def test_quotations_of_decided_opportunities_are_left_out(self):
        won, lost = self._add_lead(100, 50), self._add_lead(100, 50)
        values = {"partner_id": self.customer.id}
        (won | lost).write(values)
        chosen = self._add_quotation(self.customer, 100, opportunity_id=won.id)
        self._add_quotation(self.customer, 120, opportunity_id=won.id)
        self._add_quotation(self.customer, 500, opportunity_id=lost.id)
        chosen.action_confirm()
        lost.action_set_lost()
        self.assertEqual(self._rebuild().order_id, chosen)
        won.action_set_won()
        self.assertEqual(self._rebuild().order_id, chosen)

    def test_revisions_are_learned_as_one_quotation(self):
        """Ten opportunities with three quotations each, one of them confirmed: all are won."""
        for _number in range(10):
            lead = self._add_lead(100, 50, partner_id=self.customer.id)
            for place in range(3):
                order = self._add_quotation(
                    self.customer, 100, "2025-09-01", opportunity_id=lead.id
                )
                if place == 1:
                    order.action_confirm()
                    order.date_order = "2025-09-11 08:00:00"
                else:
                    order.action_cancel()
        odds = self.lines._get_odds(self.company, self.today)
        self.assertEqual((odds.counts[0], odds.won[0]), (10, 10))

    def test_quotations_too_old_to_judge_are_left_out(self):
        self._add_quotation(self.customer, 100, "2021-01-01")
        self.assertFalse(self._rebuild())

    def test_invoiced_to_somebody_else(self):
        """It takes the place of what is usual for whom the invoice goes to."""
        self._add_quotation(
            self.customer, 100, partner_invoice_id=self.shoppers[0].id
        ).action_confirm()
        self.assertEqual(self._rebuild().partner_id, self.shoppers[0])

    def test_delivered_without_being_ordered(self):
        order = self._add_quotation(self.customer, 100)
        order.action_confirm()
        service = self.env["product.product"].create(
            {"name": "Assembly", "type": "service", "invoice_policy": "delivery"}
        )
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": service.id,
                "name": "Assembly",
                "product_uom_qty": 0,
                "price_unit": 40,
                "tax_ids": [Command.clear()],
            }
        )
        line.qty_delivered = 2
        self.assertEqual((line.product_uom_qty, line.untaxed_amount_to_invoice), (0, 80))
        self.assertEqual(self._rebuild().amount, 180)

    def test_down_payment_with_included_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "21 % in", "amount": 21, "price_include_override": "tax_included"}
        )
        order = self._add_quotation(self.customer, 1210)
        order.order_line.tax_ids = tax
        order.action_confirm()
        self.assertEqual(self._rebuild().amount, 1000)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id)
            .create({"advance_payment_method": "percentage", "amount": 50})
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.assertAlmostEqual(self._rebuild().amount, 500, 1)

    def test_what_is_lost_or_worthless_is_left_out(self):
        lead = self._add_lead(100, 50)
        lead.action_set_lost()
        won = self._add_lead(100, 50)
        won.action_set_won()
        self._add_lead(0, 50)
        self._add_lead(100, 50, type="lead")
        self._add_quotation(self.customer, 0)
        self.assertFalse(self._rebuild())

    def test_order_counts_until_it_is_invoiced(self):
        order = self._add_quotation(self.customer, 800)
        order.action_confirm()
        line = self._rebuild()
        self.assertEqual((line.kind, line.chance, line.weighted_amount), ("order", 1, 800))
        self.assertEqual(line.expected_date, self.today + timedelta(days=7))
        order.commitment_date = "2026-07-20 10:00:00"
        self.assertEqual(str(self._rebuild().expected_date), "2026-07-20")
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id)
            .create({"advance_payment_method": "fixed", "fixed_amount": 300})
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.assertEqual(self._rebuild().amount, 500)
        order._create_invoices(final=True).action_post()
        self.assertFalse(self._rebuild())

    def test_amounts_in_company_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "name": "2026-06-01",
                "rate": 0.5,
                "currency_id": euro.id,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create({"name": "€", "currency_id": euro.id})
        order = self._add_quotation(self.customer, 400, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, euro)
        self.assertEqual(self._rebuild().amount, 800)
        order.action_confirm()
        line = self._rebuild()
        self.assertEqual((line.kind, line.amount), ("order", 800))

    def test_who_sees_which_documents(self):
        mine = self._add_quotation(self.customer, 100, user_id=self.own_salesperson.id)
        nobodys = self._add_quotation(self.customer, 200, user_id=False)
        others = self._add_quotation(self.customer, 300, user_id=self.salesperson.id)
        self._rebuild()
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        for user, expected in (
            (self.own_salesperson, mine | nobodys),
            (self.salesperson, mine | nobodys | others),
            (self.manager, mine | nobodys | others),
            (self.accountant, mine | nobodys | others),
            (service, self.env["sale.order"]),
        ):
            found = self.lines.with_user(user).search([])
            self.assertEqual(found.sudo().order_id, expected, user.login)
        line = self.lines.search([("order_id", "=", others.id)])
        action = line.with_user(self.salesperson).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", others.id))
        with self.assertRaises(AccessError):
            line.with_user(self.own_salesperson).action_open_document()
        lead = self._add_lead(100, 50)
        line = self._rebuild().filtered(lambda line: line.lead_id == lead)
        self.assertFalse(self.lines.with_user(self.accountant).search([("id", "=", line.id)]))
        both = self._create_user(
            "bita", "sales_team.group_sale_salesman,account.group_account_invoice"
        )
        found = self.lines.with_user(both).search([])
        self.assertNotIn(others, found.sudo().order_id)
        self.assertIn(nobodys, found.sudo().order_id)

    def test_document_that_may_not_be_opened(self):
        """A manager without sales rights sees the numbers, not the documents."""
        manager = self._create_user("majid", "customer_value.customer_value_group_manager")
        self._add_lead(100, 50)
        line = self._rebuild().with_user(manager)
        self.assertEqual(line.weighted_amount, 50)
        with self.assertRaisesRegex(AccessError, "Ask its salesperson"):
            line.action_open_document()

    def test_leads_of_no_company_count_where_the_salesperson_is(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        lead = self._add_lead(100, 50, company_id=False, user_id=self.salesperson.id)
        lead.company_id = False
        self._add_lead(100, 50, user_id=False).company_id = False
        self.assertEqual(self._rebuild().lead_id, lead)
        self.assertFalse(self._rebuild(other))

    def test_merged_customers_keep_their_documents(self):
        order = self._add_quotation(self.customer, 100)
        line = self._rebuild()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer | self.other_customer).ids, self.other_customer
        )
        self.assertEqual((line.partner_id, line.order_id), (self.other_customer, order))
        order.action_cancel()
        order.unlink()
        self.assertFalse(line.exists())
