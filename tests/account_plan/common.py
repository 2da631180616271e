from odoo import Command

from ..common import CustomerValueCommon

TODAY = "2026-06-15"
NOW = "2026-06-15 09:00:00"


class AccountPlanCommon(CustomerValueCommon):
    """A customer of Olga's with a purchase, somebody else's customer, and plans made by people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = cls.env["customer.account.plan"]
        cls.aims = cls.env["customer.account.aim"]
        cls.customer.user_id = cls.own_salesperson
        cls.other_customer.user_id = cls.salesperson
        cls.paint, cls.varnish = cls.env["product.category"].create(
            [{"name": "Paint"}, {"name": "Varnish"}]
        )
        cls.varnish.parent_id = cls.paint
        cls.tin = cls.env["product.product"].create(
            {"name": "Tin", "type": "consu", "categ_id": cls.varnish.id, "taxes_id": False}
        )
        cls._sell(cls.customer, "2026-03-01", 400)
        cls._sell(cls.other_customer, "2026-03-01", 900)
        cls._refresh_all()

    @classmethod
    def _sell(cls, customer, day, amount, **values):
        values.setdefault("invoice_user_id", cls.own_salesperson.id)
        return cls._invoice(customer, day, amount, **values)

    @classmethod
    def _refresh_all(cls, *companies):
        cls.env.flush_all()
        for company in companies or (cls.company,):
            profiles = cls.env["customer.profile"].with_company(company)
            profiles._refresh(company, (cls.customer | cls.other_customer).ids)
        cls.env.invalidate_all()

    def _plan(self, *aims, user=None, customer=None, **values):
        """Make a plan as a user; an aim is (measure, target) with optional values."""
        made = [
            Command.create({"measure": measure, "target": target, **dict(*more)})
            for measure, target, *more in aims
        ]
        customer = customer or self.customer
        return self.plans.with_user(user or self.manager).create(
            {"partner_id": customer.id, "aim_ids": made, **values}
        )

    def _review(self, plan, note="We spoke.", user=None, **values):
        wizard = self.env["customer.account.review.make"].with_user(user or self.manager)
        wizard.create({"plan_id": plan.id, "note": note, **values}).action_save()
        self.env.invalidate_all()
