from odoo.tools import SQL

from ..common import CustomerValueCommon

TODAY = "2026-06-15"
NOW = "2026-06-15 09:00:00"
YESTERDAY = "2026-06-14 09:00:00"


class TodayCommon(CustomerValueCommon):
    """Customers with profiles, predictions put in by hand, and those who look after them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.company.customer_retention_contact_uplift_percent = 10
        cls.env["customer.contact.policy"].search([]).active = False
        cls.service = cls._create_user("sima", "customer_value.customer_value_group_user")

    @classmethod
    def _add_known(cls, name, user=None, company=None, **prediction):
        """Create a customer with a profile; the prediction is what a full run would write."""
        customer = cls._create_customer(name, user_id=(user or cls.own_salesperson).id)
        cls._predict(customer, company, **prediction)
        return customer

    @classmethod
    def _predict(cls, customer, company=None, **prediction):
        company = company or cls.company
        profiles = cls.env["customer.profile"].sudo()
        profile = cls._profile(customer, company) or profiles.create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
            }
        )
        cls.env.flush_all()
        for name, value in prediction.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE customer_profile SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    value,
                    profile.id,
                )
            )
        cls.env.invalidate_all()

    def _today(self, user=None, is_team=False, company=None):
        company = company or self.company
        env = self.env(user=user or self.own_salesperson)
        env = env(context={"allowed_company_ids": company.ids, "lang": "en_US"})
        return env["customer.today"].get_day(is_team)

    def _names(self, *args, **values):
        return [row["name"] for row in self._today(*args, **values)["rows"]]
