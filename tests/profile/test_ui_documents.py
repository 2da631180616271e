from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon

# metric -> column of the opened list whose sum is the number; None: the number of rows
SUMS = {
    "revenue_total": "amount_untaxed_signed",
    "revenue_365": "amount_untaxed_signed",
    "revenue_previous_365": "amount_untaxed_signed",
    "gross_profit_total": "customer_profit",
    "gross_profit_365": "customer_profit",
    "net_profit_total": "amount",
    "net_profit_365": "amount",
    "cost_to_serve_total": "cost",
    "cost_to_serve_365": "cost",
    "overdue_amount": "amount_residual",
    "bad_debt_amount_total": "customer_written_off_amount",
    "bad_debt_amount_365": "customer_written_off_amount",
    "cash_discount_amount_total": "balance",
    "cash_discount_amount_365": "balance",
    "open_quotation_amount": "customer_untaxed_amount",
    "open_order_amount": "customer_open_amount",
    "open_quotation_count": None,
    "open_order_count": None,
    "invoice_count": None,
    "credit_note_count": None,
    "paid_invoice_count_365": None,
    "delivery_count_365": None,
    "return_count_365": None,
    "otif_line_count": None,
    "otif_on_time_count": "customer_on_time",
    "order_line_count_total": None,
    "order_line_count_365": None,
}


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestUiDocuments(CustomerValueCommon):
    """From each number to documents that add up to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contact = cls.env["res.partner"].create({"name": "Ana", "parent_id": cls.customer.id})
        cls._invoice(cls.customer, "2024-01-10", 70)
        cls._invoice(contact, "2025-01-10", 90, 15)
        cls._invoice(cls.customer, "2026-04-01", 300, invoice_date_due="2026-05-01")
        credited = cls._invoice(cls.customer, "2026-05-01", 200)
        cls._credit(credited, "2026-05-10", 40)
        cls._pay(cls._invoice(cls.customer, "2026-05-02", 55), "2026-05-20")
        cls._pay(
            cls._invoice(cls.customer, "2026-05-02", 30, invoice_date_due="2026-05-04"),
            "2026-05-03",
        )
        cls._pay(cls._invoice(cls.customer, "2026-05-20", 80), "2026-06-01", 20)
        cls._invoice(cls.other_customer, "2026-05-01", 999)
        cls.company.write(
            {
                "customer_cost_per_order_line": 1.005,
                "customer_cost_per_delivery": 2.345,
                "customer_capital_cost_percent": 7,
            }
        )
        cls._order(contact, quantity=3, confirm=False)
        order = cls._order(cls.customer, quantity=2, price=110)
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, order.warehouse_id.lot_stock_id, 10
        )
        cls._deliver(order)
        cls._run_nightly()
        cls.profile = cls._profile(cls.customer)

    def _open(self, metric, user):
        action = self.profile.with_user(user).with_context(metric=metric).action_open_documents()
        documents = self.env[action["res_model"]].with_user(user).search(action["domain"])
        return action, documents

    def test_sums_equal_the_numbers(self):
        for metric, column in SUMS.items():
            with self.subTest(metric=metric):
                action, documents = self._open(metric, self.manager)
                total = sum(documents.mapped(column)) if column else len(documents)
                self.assertAlmostEqual(total, self.profile[metric], places=2)
                self.assertLessEqual(len(documents), action["limit"])
        self.assertEqual(self.profile.revenue_365, 625)
        self.assertEqual(self.profile.gross_profit_365, 300 + 160 + 55 + 110 - 300)
        self.assertGreater(self.profile.cost_to_serve_365, 3.35)
        self.assertEqual(self.profile.open_quotation_amount, 300)
        self.assertEqual(self.profile.overdue_amount, 300)

    def test_purchase_days_are_the_groups_of_the_list(self):
        for metric in ("occasion_count", "occasion_count_365"):
            with self.subTest(metric=metric):
                action, documents = self._open(metric, self.manager)
                groups = documents._read_group(action["domain"], action["context"]["group_by"])
                self.assertEqual(len(groups), self.profile[metric])
        self.assertEqual(self.profile.occasion_count_365, 4)

    def test_days_late_follow_from_the_columns(self):
        action, paid = self._open("payment_days_late", self.manager)
        self.assertEqual(sorted(paid.mapped("customer_days_late")), [-26, -14, -1])
        mean = sum(paid.mapped("customer_late_amount_days")) / sum(
            paid.mapped("customer_paid_amount_365")
        )
        self.assertAlmostEqual(mean, self.profile.payment_days_late, places=5)
        self.assertEqual(paid.customer_paid_by_id, self.customer)
        arch = paid.get_view(action["views"][0][0], "list")["arch"]
        self.assertIn('name="customer_late_amount_days"', arch)

    def test_paid_share_follows_from_the_columns(self):
        _action, billed = self._open("paid_ratio_365", self.manager)
        share = sum(billed.mapped("customer_paid_amount")) / sum(
            billed.mapped("customer_owed_amount")
        )
        self.assertAlmostEqual(share, self.profile.paid_ratio_365, places=5)

    def test_otif_follows_from_the_columns(self):
        _action, lines = self._open("otif_ratio", self.manager)
        self.assertTrue(lines)
        mean = sum(lines.mapped("customer_on_time")) / len(lines)
        self.assertAlmostEqual(mean, self.profile.otif_ratio, places=5)
        late = sum(lines.mapped("customer_delivery_days_late")) / len(lines)
        self.assertAlmostEqual(late, self.profile.delivery_days_late, places=5)

    def test_parts_of_the_profit_open_their_documents(self):
        _action, parts = self._open("net_profit_365", self.accountant)
        opened = {}
        for part in parts.filtered(lambda p: p.part != "late_amount_days"):
            action = part.action_open_documents()
            opened[part.part] = self.env[action["res_model"]].search_count(action["domain"])
        self.assertEqual(opened["delivery_count"], self.profile.delivery_count_365)
        self.assertEqual(opened["order_line_count"], self.profile.order_line_count_365)
        with self.assertRaisesRegex(UserError, "no documents"):
            parts.filtered(lambda p: p.part == "late_amount_days").action_open_documents()
        with self.assertRaises(AccessError):
            parts.with_user(self.salesperson).read(["amount"])

    def test_salesperson_gets_the_same_sum(self):
        _action, documents = self._open("revenue_365", self.salesperson)
        self.assertEqual(sum(documents.mapped("amount_untaxed_signed")), 625)

    def test_lists_show_the_column_of_the_sum(self):
        for metric, column in SUMS.items():
            if column:
                action, documents = self._open(metric, self.manager)
                arch = documents.get_view(action["views"][0][0], "list")["arch"]
                self.assertRegex(arch, rf'name="{column}"[^>]* sum=|sum="[^>]*name="{column}"')

    def test_every_metric_opens_readable_documents(self):
        profile = self.profile.with_user(self.manager)
        for metric in profile._get_metric_documents():
            with self.subTest(metric=metric):
                action, documents = self._open(metric, self.manager)
                documents.get_view(action["views"][0][0], "list")
                self.assertIn(self.customer.name, action["name"])

    def test_large_lists_are_grouped_so_that_sums_are_complete(self):
        with patch(
            "odoo.addons.customer_value.models.profile.customer_profile_document.MAX_UNGROUPED_DOCUMENTS",
            2,
        ):
            for metric, column in (
                ("revenue_total", "amount_untaxed_signed"),
                ("gross_profit_total", "customer_profit"),
            ):
                action, documents = self._open(metric, self.manager)
                groups = action["context"]["group_by"]
                self.assertTrue(groups)
                sums = documents.formatted_read_group(
                    action["domain"], groups[:1], [f"{column}:sum"]
                )
                total = sum(group[f"{column}:sum"] for group in sums)
                self.assertAlmostEqual(total, self.profile[metric], places=2)
        action, _documents = self._open("revenue_total", self.manager)
        self.assertFalse(action["context"]["group_by"])

    def test_unknown_metric(self):
        profile = self.profile.with_user(self.manager)
        for metric in ("nonsense", "partner_id", False, None):
            with self.assertRaisesRegex(UserError, "no documents"):
                profile.with_context(metric=metric).action_open_documents()

    def test_hidden_metric(self):
        with self.assertRaises(AccessError):
            self._open("gross_profit_365", self.salesperson)
        with self.assertRaises(AccessError):
            self._open("revenue_365", self.own_salesperson)
