from odoo.tests import HttpCase, tagged

from ..common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestTours(CustomerValueCommon, HttpCase):
    """Two people at work, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.salesperson | cls.accountant).lang = "en_US"  # the steps look for English words
        today = cls.env["customer.profile"]._get_today(cls.company)
        cls.invoice = cls._invoice(cls.customer, today, 1234)
        cls._invoice(cls.customer, today, 1111)
        cls._run_nightly()

    def test_salesperson_drills_down(self):
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "customer_value_salesperson",
            login=self.salesperson.login,
        )

    def test_accountant_sees_the_panel(self):
        self.start_tour(
            f"/odoo/m-account.move/{self.invoice.id}",
            "customer_value_accountant",
            login=self.accountant.login,
        )
