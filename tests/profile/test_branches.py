import ast

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestBranches(CustomerValueCommon):
    """The head office counts with its branches; a branch has numbers of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch, cls.lower = cls._create_branches(cls.company)
        cls.group = cls.company | cls.branch | cls.lower
        cls.stranger = cls._create_company("Zagros", cls.env.ref("base.EUR"))
        cls.accountant.write({"company_ids": [Command.set(cls.group.ids)]})
        cls.manager.write({"company_ids": [Command.set(cls.group.ids)]})
        cls.salesperson.write(
            {"company_ids": [Command.set(cls.branch.ids)], "company_id": cls.branch.id}
        )

    @classmethod
    def _sell_everywhere(cls):
        for company, amount in zip(cls.group | cls.stranger, (1000, 200, 30, 4), strict=True):
            values = {"company": company, "invoice_date_due": "2026-05-15"}
            cls._invoice(cls.customer, "2026-05-01", amount, **values)
        cls._drain()

    def _get(self, name, partner=None):
        """Return a measure of head office, branch, branch of the branch and the stranger."""
        profiles = [self._profile(partner or self.customer, c) for c in self.group | self.stranger]
        return [profile[name] for profile in profiles]

    def test_head_office_includes_its_branches(self):
        self._sell_everywhere()
        self.assertEqual(self._get("revenue_total"), [1230, 230, 30, 4])
        self.assertEqual(self._get("invoice_count"), [3, 2, 1, 1])
        self.assertEqual(self._get("occasion_count"), [1, 1, 1, 1])
        self._run_nightly(self.group | self.stranger)
        self.assertEqual(self._get("revenue_total"), [1230, 230, 30, 4])
        self.assertEqual(self.env["customer.profile"].search_count([]), 4)

    def test_agrees_with_what_odoo_has_invoiced_and_is_owed(self):
        self._sell_everywhere()
        due = {"invoice_date_due": "2026-04-10"}
        self._invoice(
            self.customer, "2026-04-01", 15, company=self.lower, move_type="out_refund", **due
        )
        paid = self._invoice(self.customer, "2026-04-02", 500, company=self.branch, **due)
        self._pay(paid, "2026-04-20", 100)
        self._drain()
        partner = self.customer.with_user(self.accountant).with_context(
            allowed_company_ids=self.group.ids
        )
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_total, partner.total_invoiced)
        self.assertEqual(profile.overdue_amount, partner.credit)
        branch = partner.with_context(allowed_company_ids=(self.branch | self.lower).ids)
        own = self._profile(self.customer, self.branch)
        branch.invalidate_recordset(["total_invoiced"])
        self.assertEqual(own.revenue_total, branch.total_invoiced)

    def test_sum_over_customers_is_what_the_company_sold(self):
        self._sell_everywhere()
        self._invoice(self.other_customer, "2026-03-01", 77, company=self.lower)
        self._drain()
        for company in self.group | self.stranger:
            sold = self.env["account.move"].search(
                [("company_id", "child_of", company.id), ("move_type", "like", "out_")]
            )
            profiles = self.env["customer.profile"].search([("company_id", "=", company.id)])
            self.assertEqual(
                sum(profiles.mapped("revenue_total")), sum(sold.mapped("amount_untaxed_signed"))
            )

    def test_document_of_a_branch_queues_the_companies_above(self):
        queue = self.env["customer.refresh.queue"]
        self._invoice(self.customer, "2026-05-01", 10, company=self.lower)
        self.assertEqual(queue.search([]).company_id, self.group)
        self._drain()
        self._invoice(self.customer, "2026-05-01", 10)
        self.assertEqual(queue.search([]).company_id, self.company)

    def test_orders_deliveries_talks_and_complaints(self):
        order = self._order(self.customer, company_id=self.lower.id)
        warehouse = order.warehouse_id
        self.assertTrue(warehouse)
        self._deliver(order)
        self._order(self.customer, confirm=False, company_id=self.branch.id, price=70)
        values = {"partner_id": self.customer.id, "company_id": self.branch.id}
        self.env["customer.interaction"].create({**values, "subject": "Desk"})
        self.env["customer.complaint"].create({**values, "subject": "Scratched"})
        self.env["customer.feedback"]._register_answer(
            self.lower, self.customer, "rating", {"rating": 4}, source="agent"
        )
        self._drain()
        for name, expected in {
            "open_order_amount": [100, 100, 100],
            "order_line_count_total": [1, 1, 1],
            "delivery_count_total": [1, 1, 1],
            "open_quotation_amount": [70, 70, 0],
            "interaction_count_total": [1, 1, 0],
            "complaint_count_total": [1, 1, 0],
            "satisfaction_answer_count": [1, 1, 1],
        }.items():
            found = [self._profile(self.customer, company)[name] for company in self.group]
            self.assertEqual(found, expected, name)
        self._check_lists()

    def test_lists_add_up_for_each_company(self):
        self._sell_everywhere()
        self._invoice(self.customer, "2026-05-02", 11, company=self.branch)
        self._drain()
        self._check_lists()

    def _check_lists(self):
        """Every list has as many rows, or sums, as its number says, for those who may see all."""
        counted = ("invoice_count", "delivery_count_total", "order_line_count_total")
        counted += ("interaction_count_total", "complaint_count_total")
        for company in self.group:
            profile = self._profile(self.customer, company).with_user(self.manager)
            profile = profile.with_context(allowed_company_ids=self.group.ids)
            documents = profile._get_metric_documents()
            for name in counted:
                model, make_domain = documents[name]
                self.assertEqual(
                    self.env[model].search_count(make_domain()), profile[name], (company, name)
                )
            action = profile.with_context(metric="occasion_count").action_open_documents()
            moves = self.env["account.move"].with_context(**action["context"])
            days = set(moves.search(action["domain"]).mapped("invoice_date"))
            self.assertEqual(len(days), profile.occasion_count, company.name)
            trend = sum(point["amount"] for point in profile.revenue_trend or [])
            self.assertEqual(trend, profile.revenue_365)
            self.assertEqual(profile.own_revenue_365, profile.revenue_365)

    def test_branch_people_see_the_branch(self):
        self._sell_everywhere()
        profiles = self.env["customer.profile"].with_user(self.salesperson).search([])
        self.assertEqual(profiles.company_id, self.branch)
        shown = self.customer.with_user(self.salesperson)
        self.assertEqual(shown.customer_profile_id.company_id, self.branch)
        self.assertEqual(shown.customer_profile_id.revenue_total, 230)

    def test_each_company_counts_by_its_own_settings(self):
        self.company.customer_cost_per_order_line = 2
        self.branch.customer_cost_per_order_line = 5
        self._order(self.customer, company_id=self.branch.id)
        self._drain()
        self.assertEqual(self._profile(self.customer).cost_to_serve_total, 2)
        self.assertEqual(self._profile(self.customer, self.branch).cost_to_serve_total, 5)

    def test_lists_of_several_companies_count_nothing_twice(self):
        self._sell_everywhere()
        self._run_nightly(self.group)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_profile_action"
        )
        domain = ast.literal_eval(action["domain"])
        profiles = self.env["customer.profile"].with_user(self.manager)
        for chosen, expected in (
            (self.group, 1230),
            (self.company | self.lower, 1230),
            (self.branch | self.lower, 230),
            (self.lower, 30),
        ):
            found = profiles.with_context(allowed_company_ids=chosen.ids).search(domain)
            self.assertEqual(sum(found.mapped("revenue_total")), expected, chosen.mapped("name"))
        above = self.group.with_context(allowed_company_ids=self.group.ids)
        self.assertEqual(above.mapped("customer_counted_above"), [False, True, True])

    def test_forecast_and_recommendations_of_the_head_office(self):
        self._invoice(self.customer, "2026-06-01", 40, company=self.branch)
        self._order(self.customer, company_id=self.branch.id)
        self._order(self.customer, confirm=False, company_id=self.lower.id)
        self._drain()
        forecasts = self.env["customer.sales.forecast"]
        for company in (self.company, self.branch):
            forecasts._make(company)
            lines = self.env["customer.pipeline.line"].search([("company_id", "=", company.id)])
            self.assertEqual(sorted(lines.mapped("kind")), ["order", "quotation"])
            self.assertEqual(lines.partner_id, self.customer)
            order = lines.filtered(lambda line: line.kind == "order")
            profile = self._profile(self.customer, company)
            self.assertEqual(order.amount, profile.open_order_amount)
            month = forecasts.search(
                [("company_id", "=", company.id), ("month", "=", "2026-06-01")]
            )
            self.assertEqual(month.actual_amount, 40)
            invoices = self.env["account.move"].search(month._get_invoice_domain())
            self.assertEqual(sum(invoices.mapped("amount_untaxed_signed")), 40)
        history = self.env["customer.purchase.history"]
        today = self._day("2026-06-15")
        self.assertEqual(len(history._get_lines(self.company, today).days), 1)
        self.assertEqual(len(history._get_lines(self.stranger, today).days), 0)

    def test_closed_branch_takes_no_sale_away(self):
        self._sell_everywhere()
        self.lower.active = False
        self._run_nightly(self.company)
        self.assertEqual(self._profile(self.customer).revenue_total, 1230)
