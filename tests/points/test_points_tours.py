from odoo import Command
from odoo.tests import HttpCase, freeze_time, tagged

from .common import PointsCommon


@tagged("post_install", "-at_install")
class TestPointsTours(PointsCommon, HttpCase):
    """A salesperson redeems on a quotation, an accountant books what is outstanding."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Of two rewards one has to be chosen; of one the button takes it at once.
        dearer = {"reward_type": "discount", "discount": 16, "required_points": 150}
        dearer |= {"discount_mode": "per_order", "discount_applicability": "order"}
        cls.program.write({"customer_points_value": 0.1, "reward_ids": [Command.create(dearer)]})

    def _buy(self, day, amount, partner=None):
        """A customer pays an invoice on a day, which earns as many points."""
        with freeze_time(f"{day} 12:00:00"):
            self._pay(self._invoice(partner or self.customer, day, amount), day)
            self._drain()

    def _run(self, language, path, tour, user):
        self.env["res.lang"]._activate_lang(language)
        user.lang = language
        self.start_tour(path, tour, login=user.login)
        self.env.invalidate_all()

    # === A CUSTOMER REDEEMS ===

    def _redeem_in_browser(self, language):
        self._buy("2026-01-20", 180)
        self.assertEqual(self._balance(), 180)
        order = self._quote(self.contact, user_id=self.salesperson.id)
        self._run(language, f"/odoo/sale.order/{order.id}", "customer_points_redeem",
                  self.salesperson)  # fmt: skip
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.coupon_id, self._card())
        self.assertEqual(order.amount_total, 190)
        # Settled: balance, history and lots agree, and the entry names the order.
        self.assertEqual(self._balance(), 80)
        entry = self.env["customer.points.entry"].search([("kind", "=", "redeem")])
        self.assertEqual((entry.points, entry.source_model), (-100, "sale.order"))
        self.assertEqual((entry.source_id, entry.partner_id), (order.id, self.customer))
        path = f"/odoo/res.partner/{self.contact.id}"
        self.start_tour(path, "customer_points_left", login=self.salesperson.login)

    def test_redeeming_english(self):
        self._redeem_in_browser("en_US")

    def test_redeeming_persian(self):
        self._redeem_in_browser("fa_IR")

    # === AN ACCOUNTANT BOOKS ===

    def _book_in_browser(self, language):
        accounts = self._switch_on_booking(self.company)
        self._buy("2025-01-20", 180.5)
        self._buy("2025-01-22", 232, self.other_customer)
        with freeze_time("2025-01-25 12:00:00"):
            self._redeem(self._quote(self.customer))
            self.assertEqual(self._balance(), 80.5)
        lots = self.env["customer.points.lot"].search([("program_id", "=", self.program.id)])
        self.assertEqual(sum(lots.mapped("points")), 312.5)
        self.env.ref("customer_value.customer_points_balance_action").domain = str(
            [("program_id", "=", self.program.id), ("date", "=", "2025-01-31")]
        )
        action = self.env.ref("customer_value.customer_points_balance_action")
        self._run(language, f"/odoo/action-{action.id}", "customer_points_liability",
                  self.accountant)  # fmt: skip
        entry = self.env["account.move"].search(
            [("journal_id", "=", self.company.customer_points_journal_id.id)]
        )
        self.assertEqual((entry.state, entry.create_uid), ("draft", self.accountant))
        # 312.5 points in the lots, at 0.1 each.
        balances = {line.account_id: line.balance for line in entry.line_ids}
        self.assertEqual(balances, dict(zip(accounts, (-31.25, 31.25), strict=True)))

    def test_booking_english(self):
        self._book_in_browser("en_US")

    def test_booking_persian(self):
        self._book_in_browser("fa_IR")
