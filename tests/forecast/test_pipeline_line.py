"""Open documents: their chance, weight, amount and month, and who sees them."""

from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...engine import forecast
from ..prediction.common import TODAY
from .common import ForecastCommon


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
        self.assertEqual(line.win_probability, round(forecast.DEFAULT_WIN_PROBABILITY, 3))
        self.assertEqual((line.customer_factor, line.weight), (1, line.win_probability))
        self.assertEqual(line.weighted_amount, 270)
        self.assertEqual(line.expected_date, self.today + timedelta(days=14 + 7))
        line = line.with_context(lang="en_US")
        self.assertEqual(
            line.reason,
            "Open for 0 days: 30 of 100 such quotations are won within 120 days (learned from 0).",
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
        self.assertAlmostEqual(line.win_probability, (24 + 3) / 40, 3)
        self.assertEqual((line.age_days, line.quotation_count), (2, 30))
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
        """Who ordered has it open, as in the profile, until an invoice says whose it is."""
        payer = self.shoppers[0]
        self._add_quotation(self.customer, 100, partner_invoice_id=payer.id).action_confirm()
        self.assertEqual(self._rebuild().partner_id, self.customer)

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
        self.assertEqual((line.kind, line.win_probability, line.weighted_amount), ("order", 1, 800))
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

    def test_days_to_the_invoice_are_those_of_the_company(self):
        """Ordered in the evening, invoiced three days later."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        order = self._add_quotation(self.customer, 800)
        order.action_confirm()
        order.date_order = "2026-05-11 03:00:00"  # the tenth, 20:00
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-05-13"
        invoice.action_post()
        self.env.flush_all()
        self.assertEqual(self.lines._get_days_to_invoice(self.company, self.today), 3)

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
